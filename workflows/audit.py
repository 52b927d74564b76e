"""Append-only hash chains: one per stream, each entry naming the hash of the one before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import (
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    bindparam,
    cast,
    insert,
    select,
    text,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import NullType

from workflows.db import Base, UtcDateTime
from workflows.lasting import only_grows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from workflows.commands import Context

GENESIS = "0" * 64
"""The hash before the first entry of every stream."""


class AuditEntry(Base):
    """One fact, stored byte for byte as it was hashed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_at", "at"),)

    stream: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    command: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[int | None] = mapped_column(Integer, index=True)
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


_table = AuditEntry.__table__
only_grows(_table)
_LAST = (
    select(_table.c.seq, _table.c.hash)
    .where(_table.c.stream == bindparam("stream"))
    .order_by(_table.c.seq.desc())
    .limit(1)
)
_APPEND = insert(_table)  # type: ignore[arg-type]
_LOCK_STREAM = text("SELECT pg_advisory_xact_lock(hashtext(:stream))")


def append(ctx: Context) -> None:
    """Add the entry of a command that ran, with the facts it recorded, behind the last of its stream.

    Nothing else orders such a stream's entries, so on PostgreSQL an advisory lock does.
    """
    session, stream = ctx.session, ctx.stream
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK_STREAM, {"stream": stream})
    last = session.execute(_LAST, {"stream": stream}).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    follow(ctx, stream, ctx.facts, seq=seq, previous=previous)


def follow(ctx: Context, stream: str, facts: dict[str, Any], *, seq: int, previous: str) -> str:
    """Add entry ``seq`` to a stream whose last hash the caller holds under lock; gives the new hash."""
    body = orjson.dumps(
        {
            "stream": stream,
            "seq": seq,
            "at": ctx.now.isoformat(),
            "command": ctx.command,
            "actor": _actor(ctx),
            "facts": facts,
            "prev": previous,
        }
    )
    digest = hashlib.sha256(body).hexdigest()
    ctx.session.execute(
        _APPEND,
        {
            "stream": stream,
            "seq": seq,
            "at": ctx.now,
            "command": ctx.command,
            "actor_id": ctx.actor.person_id,
            "body": body.decode(),
            "hash": digest,
        },
    )
    return digest


def _actor(ctx: Context) -> dict[str, Any]:
    actor, absent = ctx.actor, ctx.standing
    said: dict[str, Any] = {
        "kind": actor.kind,
        "name": actor.name,
        "person": actor.person_id,
        "account": actor.account_id,
        "device": actor.device,
    }
    if absent is not None:
        said["for"] = {"person": absent.person_id, "name": absent.name, "absence": absent.absence_id}
    return said


class Head(NamedTuple):
    """Where a stream ends: how many entries it has, and the hash of the last."""

    length: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a stream no longer says what it said."""

    stream: str
    seq: int
    sentence: str


@dataclass(slots=True)
class Verification:
    """How many entries were read, and the first break of each broken stream."""

    entries: int
    streams: int
    breaks: list[Break]

    @property
    def sound(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.breaks


def verify(
    session: Session, *, stream: str | None = None, heads: dict[str, Head] | None = None
) -> Verification:
    """Recompute every chain (or one) and compare it with what is stored.

    ``heads`` says how many entries a stream must have and the hash of its last: entries cut off the end,
    or a chain written anew as a whole, leave no trace in the chain itself, but the case keeps its head.
    """
    found = Verification(0, 0, [])
    broken = False
    current, expected, previous = "", 1, GENESIS
    ends: dict[str, Head] = {}
    for row in _rows(session, stream):
        name, seq, own = row[0], row[1], row[-1]
        if name != current:
            current, expected, previous, broken = name, 1, GENESIS, False
            found.streams += 1
        found.entries += 1
        ends[current] = Head(seq, own)
        if not broken and (fault := _fault(row, expected, previous)):
            broken = True
            found.breaks.append(Break(current, seq, fault))
        expected, previous = seq + 1, own
    known = {each.stream for each in found.breaks}
    found.breaks.extend(each for each in _beheaded(ends, heads or {}) if each.stream not in known)
    return found


def _beheaded(ends: dict[str, Head], heads: dict[str, Head]) -> Iterator[Break]:
    for name, head in heads.items():
        end = ends.get(name, Head(0, GENESIS))
        if end.length != head.length:
            sentence = f"末尾缺少记录：办件共记 {head.length} 步，审计链只有 {end.length} 条"
            yield Break(name, end.length + 1, sentence)
        elif end.hash != head.hash:
            yield Break(name, end.length, "最后一条记录与办件留存的散列值不符，审计链被整体改写")


class _Row(NamedTuple):
    """An entry as it is stored, in text that can always be read."""

    stream: str
    seq: int
    at: str
    command: str
    actor_id: int | None
    body: bytes
    hash: str


_STORED = (
    _table.c.stream,
    _table.c.seq,
    _table.c.at,
    _table.c.command,
    _table.c.actor_id,
    _table.c.body,
    _table.c.hash,
)
_RAW = tuple(
    type_coerce(cast(column, LargeBinary), NullType())
    if isinstance(column.type, String | Text | UtcDateTime)
    else column
    for column in _STORED
)
"""The same as bytes: SQLite's driver gives up on a whole result when one byte of it is no longer text."""


def _rows(session: Session, stream: str | None) -> Iterator[_Row]:
    raw = session.get_bind().dialect.name == "sqlite"
    query = select(*(_RAW if raw else _STORED))
    if stream is not None:
        query = query.where(_table.c.stream == stream)
    query = query.order_by(_table.c.stream, _table.c.seq)
    read = _from_bytes if raw else _from_columns
    for row in session.execute(query.execution_options(yield_per=2000)):
        yield read(row)


def _from_columns(row: Any) -> _Row:
    stream, seq, at, command, actor_id, body, digest = row
    return _Row(stream, seq, at.isoformat(), command, actor_id, body.encode(), digest)


def _from_bytes(row: Any) -> _Row:
    stream, seq, at, command, actor_id, body, digest = row
    # SQLite's spelling of an instant in a body's: 2026-03-16 01:00:00.000000 is 2026-03-16T01:00:00+00:00.
    instant = _text(at).replace(" ", "T", 1).removesuffix(".000000") + "+00:00"
    return _Row(_text(stream), seq, instant, _text(command), actor_id, body, _text(digest))


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


def _fault(row: _Row, expected: int, previous: str) -> str | None:
    if row.seq != expected:
        return f"缺少第 {expected} 条记录"
    if hashlib.sha256(row.body).hexdigest() != row.hash:
        return "内容与其散列值不符，记录被改动"
    try:
        return _misplaced(row, orjson.loads(row.body), previous)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "内容不是有效的记录"


def _misplaced(row: _Row, said: dict[str, Any], previous: str) -> str | None:
    """What is wrong between an entry's words and the place and columns it stands in."""
    if (said["stream"], said["seq"]) != (row.stream, row.seq):
        return "记录被移到了别的位置"
    if said["prev"] != previous:
        return "与前一条记录的散列值接不上"
    columns = (row.command, row.actor_id, row.at)
    if (said["command"], said["actor"]["person"], said["at"]) != columns:
        return "查询用的列与记录内容不符"
    return None
