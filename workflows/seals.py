"""Seals: once a night one signed digest over the heads of all streams, kept in the database and outside it.

A chain alone can be written anew as a whole. A seal says how long each stream was and how it ended; with its
files in other hands nobody can do that unseen. The leaves of a seal are the heads that changed since the
seal before, whose hash it names, so that a night costs what the day wrote; now and then a seal looks
through all streams.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import Index, Integer, String, Text, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows import merkle, seal_files
from workflows.audit import GENESIS, AuditEntry
from workflows.clock import LOCAL
from workflows.commands import SYSTEM, Command, Context
from workflows.db import Base, UtcDateTime
from workflows.errors import Conflict, Invalid, Refusal
from workflows.lasting import only_grows
from workflows.ports import SealKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from workflows.commands import Executor
    from workflows.ports import Sealer

INTRODUCED = "introduced"
"""Under which name a seal's body holds the key of before, and its signature over the rest of the body."""

LOST = "lost"
"""Under which name a body says that the key of before is lost: which it was, from which seal on, and why."""

STREAM = "seals"
"""The audit stream that says which seals were made; the next seal holds its head too."""

LEAST = 4
"""So many characters at least say why a key is lost."""

AT_ONCE = 2000
OVERLAP = timedelta(hours=1)
"""An entry may be seen that long after the instant it carries."""

WHOLE = 30
"""Every so many seals, all streams are looked through, not only those with entries of late."""

NIGHT = 1
"""From this hour on a day's seal is made; later where nobody worked that night."""


class NoSealKey(Refusal):
    """There is nothing to sign with."""

    code = "seal.no_key"
    sentence = "没有配置封存密钥，不能封存；请设置 XIANGSHEN_SEAL_KEY_FILE 或保留数据目录中的 seal.key。"


class RetiredKey(Conflict):
    """Whoever seals still holds the key of before."""

    code = "seal.retired_key"
    sentence = "这把封存密钥已经更换，不能再用；请用新密钥重新启动服务后再封存。"


class NothingLost(Conflict):
    """The key at hand was introduced by the one before it, or never followed another."""

    code = "seal.nothing_lost"
    sentence = "历次封存的密钥首尾相接，没有遗失的密钥要换；更换现在的密钥请用 audit key rotate。"


class Seal(Base):
    """One seal: ``body`` is what was signed, byte for byte."""

    __tablename__ = "trail_seal"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(Text)


class SealLeaf(Base):
    """Where a stream ended when it was sealed."""

    __tablename__ = "trail_seal_leaf"
    __table_args__ = (Index("ix_trail_seal_leaf_stream", "stream", "length"),)

    seal: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    stream: Mapped[str] = mapped_column(String(80))
    length: Mapped[int] = mapped_column(Integer)
    head: Mapped[str] = mapped_column(String(64))


only_grows(Seal.__table__)
only_grows(SealLeaf.__table__)

_entry, _leaf = AuditEntry.__table__, SealLeaf.__table__
_IN_TURN = text("SELECT pg_advisory_xact_lock(hashtext('trail_seal'))")


class Sealed(NamedTuple):
    """What a seal says of itself."""

    number: int
    leaves: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealTrail(Command["Sealed | None"]):
    """封存: sign the heads of all streams that changed. ``nightly``: only where the day has no seal yet."""

    nightly: bool = False
    leaves: Leaves | None = None
    """What was gathered beforehand; used if no seal was made since."""
    successor: Sealer | None = None
    """Who seals from now on: the key in force signs beside the new one, and so introduces it."""
    lost_because: str = ""
    """Why the key of before cannot introduce the one at hand: the seal then says so under its signature."""

    def authorise(self, ctx: Context) -> None:
        """The system by night, whoever keeps the machine by hand."""
        ctx.require(ctx.actor.kind in {"system", "console"})
        ctx.require(ctx.host.sealer is not None, NoSealKey)

    def run(self, ctx: Context) -> Sealed | None:
        """Gather the leaves, sign their root, keep both."""
        session = ctx.session
        if session.get_bind().dialect.name == "postgresql":
            session.execute(_IN_TURN)
        last = newest(session)
        if self.nightly and not is_due(last, ctx.now):
            ctx.on_record = True
            return None
        sealer = ctx.host.sealer
        assert sealer is not None  # noqa: S101 (asked in authorise)
        _require_in_force(session, last, sealer)
        number = last.number + 1 if last else 1
        lost = _lost(session, number, sealer, self.lost_because)
        if self.leaves is not None and self.leaves.fit(last, ctx.now):
            root = self.leaves.root
            _keep(session, self.leaves.rows)
        else:
            root = merkle.Root()
            for rows in _leaves(session, number, last, ctx.now):
                _add(root, rows)
                _keep(session, rows)
        previous = last.hash if last else GENESIS
        made = _signed(ctx.now, number, root, previous, sealer, self.successor, lost)
        session.add(made)
        turned = lost and {"key": sealer.public_key.hex(), LOST: lost}
        if self.successor is not None:
            turned = {"key": own_key(self.successor).public}
        ctx.record(STREAM, seal=number, hash=made.hash, leaves=root.leaves, **turned)
        return Sealed(number, root.leaves, made.hash)


class Leaves(NamedTuple):
    """What a seal is to hold, gathered from what stood at one instant, without holding up who writes.

    Streams only grow: where one ended then stays true. What was written since is in the next seal.
    """

    behind: str
    at: datetime
    rows: list[dict[str, Any]]
    root: merkle.Root

    def fit(self, last: Seal | None, now: datetime) -> bool:
        """Whether they may be sealed now: behind the same seal, and soon enough for the next to miss none."""
        return self.behind == (last.hash if last else GENESIS) and abs(now - self.at) < OVERLAP / 2


def gathered(session: Session, now: datetime) -> Leaves:
    """The leaves of the next seal."""
    last = newest(session)
    root, all_rows = merkle.Root(), list[dict[str, Any]]()
    for rows in _leaves(session, last.number + 1 if last else 1, last, now):
        _add(root, rows)
        all_rows += rows
    return Leaves(last.hash if last else GENESIS, now, all_rows, root)


def _add(root: merkle.Root, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        root.add(merkle.leaf(row["stream"], row["length"], row["head"]))


def _keep(session: Session, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert(_leaf), rows[start : start + AT_ONCE])  # type: ignore[arg-type]


def key_of(said: Mapping[str, Any]) -> SealKey:
    """The key a seal's body, or the introduction in it, names."""
    return SealKey(said["algorithm"], said["key"])


def own_key(sealer: Sealer) -> SealKey:
    """The public key that checks what this sealer signs."""
    return SealKey(sealer.algorithm, sealer.public_key.hex())


def _require_in_force(session: Session, last: Seal | None, sealer: Sealer) -> None:
    """Refuse a key that was replaced; one nobody knows may begin anew, and verification says so."""
    if last is None or key_of(orjson.loads(last.body)) == own_key(sealer):
        return
    mine = sealer.public_key.hex()
    earlier = session.scalars(select(Seal.number).where(Seal.body.contains(f'"key":"{mine}"')).limit(1))
    if earlier.first() is not None:
        raise RetiredKey


def _lost(session: Session, number: int, sealer: Sealer, why: str) -> dict[str, Any]:
    """What a seal says of the key that was lost: its public part, the first seal without it, the reason."""
    if not why:
        return {}
    bodies = [orjson.loads(body) for body in session.scalars(select(Seal.body).order_by(Seal.number.desc()))]
    mine = own_key(sealer)
    since = number
    while bodies and key_of(bodies[0]) == mine:
        said = bodies.pop(0)
        since = said["seal"]
        if INTRODUCED in said or LOST in said:
            raise NothingLost
    if not bodies:
        raise NothingLost
    return {**_named(key_of(bodies[0])), "since": since, "reason": why}


def _signed(
    now: datetime,
    number: int,
    root: merkle.Root,
    previous: str,
    sealer: Sealer,
    successor: Sealer | None,
    lost: dict[str, Any],
) -> Seal:
    signer = successor or sealer
    said = {
        "seal": number,
        "at": now.isoformat(),
        "leaves": root.leaves,
        "root": root.hex(),
        "previous": previous,
        "algorithm": signer.algorithm,
        "key": signer.public_key.hex(),
    }
    if lost:
        said[LOST] = lost
    if successor is not None:
        signature = sealer.sign(orjson.dumps(said)).hex()
        said[INTRODUCED] = {**_named(own_key(sealer)), "signature": signature}
    body = orjson.dumps(said)
    return Seal(
        number=number,
        at=now,
        body=body.decode(),
        hash=hashlib.sha256(body).hexdigest(),
        signature=signer.sign(body).hex(),
    )


def _named(key: SealKey) -> dict[str, str]:
    return {"algorithm": key.algorithm, "key": key.public}


def newest(session: Session) -> Seal | None:
    """The seal made last."""
    return session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).first()


def is_due(last: Seal | None, now: datetime) -> bool:
    """Whether the day ``now`` falls into is to be sealed: it is late enough in the night, and no seal is."""
    local = now.astimezone(LOCAL)
    return local.hour >= NIGHT and (last is None or last.at.astimezone(LOCAL).date() < local.date())


def _leaves(
    session: Session, number: int, last: Seal | None, now: datetime
) -> Iterator[list[dict[str, Any]]]:
    """Where each stream ends that has grown since it was sealed last, so many at a time."""
    place = 0
    found = session.execute(_heads(last, now).execution_options(yield_per=AT_ONCE))
    for rows in found.partitions():
        yield [
            {"seal": number, "place": at, "stream": row.stream, "length": row.seq, "head": row.hash}
            for at, row in enumerate(rows, start=place)
        ]
        place += len(rows)


def _heads(last: Seal | None, now: datetime) -> Select[Any]:
    streams = select(_entry.c.stream).distinct()
    # Somebody may have turned the clock back: then an instant says nothing about what is new.
    if last is not None and last.number % WHOLE and last.at <= now:
        streams = streams.where(_entry.c.at >= last.at - OVERLAP)
    grown = streams.subquery()
    other = _entry.alias()
    ends = select(func.max(other.c.seq)).where(other.c.stream == grown.c.stream).scalar_subquery()
    known = select(func.max(_leaf.c.length)).where(_leaf.c.stream == grown.c.stream).scalar_subquery()
    return (
        select(_entry.c.stream, _entry.c.seq, _entry.c.hash)
        .join_from(grown, _entry, (_entry.c.stream == grown.c.stream) & (_entry.c.seq == ends))
        .where(func.coalesce(known, 0) < _entry.c.seq)
        .order_by(_entry.c.stream)
    )


def nightly(executor: Executor) -> int:
    """Seal the day if that is due, and write what was sealed outside; gives how many seals were made."""
    sealer = executor.host.sealer
    if sealer is None:
        return 0
    with executor.database.reading() as session:
        last = newest(session)
    now = executor.clock.now()
    if last is not None and now - OVERLAP < last.at <= now:
        # Whoever made it may have died before its file was written.
        seal_files.write(last, sealer.folder)
    if not is_due(last, now):
        return 0
    return int(seal(executor, nightly=True) is not None)


def seal(
    executor: Executor,
    *,
    by: Any = SYSTEM,
    nightly: bool = False,
    successor: Sealer | None = None,
    lost_because: str = "",
) -> Sealed | None:
    """Make a seal and write its file; None where the night has its seal already."""
    leaves = None
    if executor.database.engine.dialect.name == "sqlite":
        # Only one writes at a time there, and looking through all that changed takes longer than writing it.
        with executor.database.reading() as session:
            leaves = gathered(session, executor.clock.now())
    command = SealTrail(nightly=nightly, leaves=leaves, successor=successor, lost_because=lost_because)
    made = executor.execute(command, by=by)
    sealer = executor.host.sealer
    if made is not None and sealer is not None:
        with executor.database.reading() as session:
            seal_files.write(session.get_one(Seal, made.number), sealer.folder)
    return made


def rotate(executor: Executor, successor: Sealer, *, by: Any) -> Sealed | None:
    """Seal with a new key, introduced by the one in force; both public keys are written beside the seals.

    None where the new key is in force already: then only what was left undone is done.
    """
    sealer = executor.host.sealer
    if sealer is None:
        raise NoSealKey
    with executor.database.reading() as session:
        last = newest(session)
    made = None
    if last is None or key_of(orjson.loads(last.body)) != own_key(successor):
        made = seal(executor, by=by, successor=successor)
    for key in (own_key(sealer), own_key(successor)):
        seal_files.write_key(key, sealer.folder)
    return made


def begin_anew(executor: Executor, why: str, *, by: Any) -> Sealed | None:
    """Seal with the key at hand where the one before it is lost, and say so under its signature.

    Whoever holds the new key vouches for which public key was the old one; the old one vouches for nothing
    any more, so that the chain of keys has a break there, which verification tells. Raises Invalid without
    a reason, NothingLost, RetiredKey.
    """
    if len(why.strip()) < LEAST:
        raise Invalid({"reason": f"请写明原因，至少 {LEAST} 个字。"})
    made = seal(executor, by=by, lost_because=why.strip())
    sealer = executor.host.sealer
    if sealer is not None:
        seal_files.write_key(own_key(sealer), sealer.folder)
    return made
