"""Whether every seal still stands: its chain, its signature, its leaves, its file outside the database."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import and_, select

from workflows import merkle, seal_files, seals
from workflows.audit import GENESIS, AuditEntry, Break
from workflows.seals import STREAM, Seal, SealLeaf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from workflows.ports import Sealer, SealKey

LABEL = "seal"
"""How a break names a seal: this word, and the seal's number."""

_leaf, _entry = SealLeaf.__table__.c, AuditEntry.__table__.c
_LEAVES = (
    select(_leaf.seal, _leaf.place, _leaf.stream, _leaf.length, _leaf.head, _entry.hash)
    .join_from(
        SealLeaf.__table__,
        AuditEntry.__table__,
        and_(_entry.stream == _leaf.stream, _entry.seq == _leaf.length),
        isouter=True,
    )
    .order_by(_leaf.seal, _leaf.place)
    .execution_options(yield_per=seals.AT_ONCE)
)


def verify(session: Session, sealer: Sealer | None, *, stream: str | None = None) -> list[Break]:
    """What is wrong with the seals, or with those that hold ``stream``; each wrong seal or stream once.

    Without a ``sealer`` nobody's signature can be told from another's, and no file is looked at.
    """
    made = list(session.scalars(select(Seal).order_by(Seal.number)))
    found = list(_chained(made, sealer))
    found += _announced(session, made)
    found += _rooted(session, made, stream)
    if sealer is not None:
        found += _outside(made, sealer.folder)
    first: dict[tuple[str, int], Break] = {}
    for each in found:
        key = (each.stream, each.seq) if each.stream == LABEL else (each.stream, 0)
        first.setdefault(key, each)
    return list(first.values())


def _chained(made: list[Seal], sealer: Sealer | None) -> Iterator[Break]:
    expected, previous = 1, GENESIS
    known = lineage(made, sealer)
    for one in made:
        fault = _fault(one, expected, previous, sealer, known.get(one.number))
        if fault is not None:
            yield Break(LABEL, one.number, fault)
        expected, previous = one.number + 1, one.hash


def lineage(made: list[Seal], sealer: Sealer | None) -> dict[int, SealKey]:
    """Which key each seal must be signed by: backwards from the one at hand, as each new one names the last.

    A key counts as an earlier one only where the seal that names it is signed by the key in force then, and
    it signed that seal beside it; or where the key in force says under its signature that it is lost.
    """
    found: dict[int, SealKey] = {}
    if sealer is None:
        return found
    key, gap = seals.own_key(sealer), None
    for one in reversed(made):
        if gap is not None and one.number < gap.since:
            key, gap = gap.key, None
        found[one.number] = key
        gap = _gap(one, key, sealer) or gap
        key = _introducer(one, key, sealer) or key
    return found


class Gap(NamedTuple):
    """A break in the chain of keys: from ``since`` on another key signs, which nobody introduced."""

    since: int
    key: SealKey
    """The one that was lost, as the one after it says."""
    reason: str
    told_in: int
    """The seal that says so."""

    def sentence(self) -> str:
        """What verification says of it."""
        return (
            f"第 {self.since} 次封存起由新密钥签名：原密钥遗失，没有原密钥的副署，密钥链在此中断"
            f"（见第 {self.told_in} 次封存，原因：{self.reason}）。此前的封存按原公钥 "
            f"{self.key.public[:16]}… 核验，请与另存的原公钥比对。"
        )


def gaps(session: Session, sealer: Sealer | None) -> list[Gap]:
    """Where the chain of keys is broken, as the keys themselves say; the oldest first."""
    if sealer is None:
        return []
    made = list(session.scalars(select(Seal).order_by(Seal.number)))
    known = lineage(made, sealer)
    found = (_gap(one, known[one.number], sealer) for one in made)
    return [gap for gap in found if gap is not None]


def _gap(one: Seal, key: SealKey, sealer: Sealer) -> Gap | None:
    """What a seal says of a lost key, if the key in force says it and everything fits."""
    try:
        said = orjson.loads(one.body)
        lost = said.get(seals.LOST)
        if lost is None or seals.key_of(said) != key:
            return None
        gap = Gap(int(lost["since"]), seals.key_of(lost), str(lost["reason"]), one.number)
        bytes.fromhex(gap.key.public)
        holds = sealer.holds(one.body.encode(), bytes.fromhex(one.signature), key)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return gap if holds and gap.since <= one.number else None


def earlier_keys(session: Session, sealer: Sealer) -> list[tuple[SealKey, int]]:
    """The keys that were in force before the one at hand, newest first, each with its last seal."""
    made = list(session.scalars(select(Seal).order_by(Seal.number)))
    lasts = {key: number for number, key in sorted(lineage(made, sealer).items())}
    mine = seals.own_key(sealer)
    return sorted(((key, last) for key, last in lasts.items() if key != mine), key=lambda each: -each[1])


def key_in_force(session: Session, sealer: Sealer, number: int) -> SealKey:
    """The key that seal must be signed by."""
    made = session.scalars(select(Seal).where(Seal.number >= number).order_by(Seal.number))
    return lineage(list(made), sealer).get(number, seals.own_key(sealer))


def _introducer(one: Seal, key: SealKey, sealer: Sealer) -> SealKey | None:
    """The key that introduced ``key`` in this seal, if one did and everything holds."""
    try:
        said = orjson.loads(one.body)
        introduced = said.pop(seals.INTRODUCED, None)
        if introduced is None or seals.key_of(said) != key:
            return None
        earlier = seals.key_of(introduced)
        holds = sealer.holds(one.body.encode(), bytes.fromhex(one.signature), key) and sealer.holds(
            orjson.dumps(said), bytes.fromhex(introduced["signature"]), earlier
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return earlier if holds else None


def _fault(one: Seal, expected: int, previous: str, sealer: Sealer | None, key: SealKey | None) -> str | None:
    if one.number != expected:
        return f"缺少第 {expected} 次封存"
    if hashlib.sha256(one.body.encode()).hexdigest() != one.hash:
        return "封存内容与其散列值不符，被改动"
    try:
        said = orjson.loads(one.body)
        return _said_otherwise(one, said, previous) or _unsigned(one, said, sealer, key)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "封存内容不是有效的记录"


def _said_otherwise(one: Seal, said: Mapping[str, Any], previous: str) -> str | None:
    if (said["seal"], said["at"]) != (one.number, one.at.isoformat()):
        return "封存的次数或时间与其内容不符，被改动"
    return None if said["previous"] == previous else "与前一次封存的散列值接不上"


def _unsigned(one: Seal, said: Mapping[str, Any], sealer: Sealer | None, key: SealKey | None) -> str | None:
    if sealer is None or key is None:
        return None
    if seals.key_of(said) != key:
        return f"封存用的不是本系统当时的密钥（公钥 {str(said['key'])[:16]}…，没有由原密钥引入）"
    if seals.INTRODUCED in said and _introducer(one, key, sealer) is None:
        return "更换密钥的封存没有原密钥的签名，或签名核验不通过"
    if seals.LOST in said and _gap(one, key, sealer) is None:
        return "所记原密钥遗失的内容不是有效的记录，或签名核验不通过"
    try:
        signature = bytes.fromhex(one.signature)
    except ValueError:
        return "签名不是有效的内容，被改动"
    return None if sealer.holds(one.body.encode(), signature, key) else "签名核验不通过"


def _announced(session: Session, made: list[Seal]) -> Iterator[Break]:
    """Each seal left an entry when it was made: one without the other is missed."""
    query = select(_entry.body).where(_entry.stream == STREAM).order_by(_entry.seq)
    standing = {one.number: one.hash for one in made}
    for body in session.scalars(query):
        said = _facts(body)
        number = said.get("seal")
        if isinstance(number, int) and number not in standing:
            yield Break(LABEL, number, "封存记录缺失：审计链记有此次封存")
        elif isinstance(number, int) and standing.pop(number) != said.get("hash"):
            yield Break(LABEL, number, "封存与审计链当时所记的不符，被整体替换")
    for number in standing:
        yield Break(LABEL, number, "审计链没有此次封存的记录")


def _facts(body: str) -> Mapping[str, Any]:
    """An entry's facts; none where it is no record, which the chain names itself."""
    try:
        said = orjson.loads(body)["facts"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return said if isinstance(said, dict) else {}


def _rooted(session: Session, made: list[Seal], stream: str | None) -> Iterator[Break]:
    """The leaves lead to the root that was signed, and each stream still has the entry that was sealed."""
    query = _LEAVES
    if stream is not None:
        held = select(_leaf.seal).where(_leaf.stream == stream)
        query = query.where(_leaf.seal.in_(held))
        wanted = set(session.scalars(held.distinct()))
        made = [one for one in made if one.number in wanted]
    roots: dict[int, merkle.Root] = {one.number: merkle.Root() for one in made}
    for number, place, name, length, head, stored in session.execute(query):
        root = roots.setdefault(number, merkle.Root())
        if place == root.leaves:
            root.add(merkle.leaf(name, length, head))
        if stored != head and stream in {None, name}:
            what = "被取走" if stored is None else "被改写"
            yield Break(name, length, f"第 {number} 次封存的记录已{what}")
    for one in made:
        said = _root_of(one)
        if said is not None and said != (roots[one.number].leaves, roots[one.number].hex()):
            yield Break(LABEL, one.number, "封存的各链末尾与签过名的根不符，被改动")
    for number in roots.keys() - {one.number for one in made}:
        yield Break(LABEL, number, "封存记录缺失，只剩其各链末尾")


def _root_of(one: Seal) -> tuple[int, str] | None:
    try:
        said = orjson.loads(one.body)
        return said["leaves"], said["root"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def _outside(made: list[Seal], folder: Path) -> Iterator[Break]:
    """The files of the seals against their rows."""
    files = {path.name: path for path in sorted(folder.glob("*.json"))} if folder.is_dir() else {}
    for one in made:
        path = files.pop(seal_files.file_name(one), None)
        if path is None:
            yield Break(LABEL, one.number, f"外存文件 {seal_files.file_name(one)} 缺失")
        elif path.read_bytes() != seal_files.written(one):
            yield Break(LABEL, one.number, f"外存文件 {path.name} 与数据库中的封存不符")
    for name in files:
        number = name.removesuffix(".json").rpartition("-")[2]
        yield Break(LABEL, int(number) if number.isdecimal() else 0, f"封存记录缺失：外存文件 {name} 尚在")


def inclusion(session: Session, stream: str) -> dict[str, Any] | None:
    """What proves where a stream ended when it was last sealed; None where it never was."""
    query = select(SealLeaf).where(SealLeaf.stream == stream).order_by(SealLeaf.seal.desc()).limit(1)
    held = session.scalars(query).first()
    if held is None:
        return None
    made = session.get_one(Seal, held.seal)
    rows = session.execute(
        select(_leaf.stream, _leaf.length, _leaf.head).where(_leaf.seal == held.seal).order_by(_leaf.place)
    )
    leaves = [merkle.leaf(row.stream, row.length, row.head) for row in rows]
    return {
        "leaf": [held.stream, held.length, held.head],
        "proof": merkle.proof(leaves, held.place),
        "body": made.body,
        "hash": made.hash,
        "signature": made.signature,
    }
