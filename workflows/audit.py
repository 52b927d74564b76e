"""Append-only hash chains: one per stream, each entry naming the hash of the one before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Index, Integer, String, Text, bindparam, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, UtcDateTime

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
_LAST = (
    select(_table.c.seq, _table.c.hash)
    .where(_table.c.stream == bindparam("stream"))
    .order_by(_table.c.seq.desc())
    .limit(1)
)
_APPEND = insert(_table)  # type: ignore[arg-type]
_LOCK_STREAM = text("SELECT pg_advisory_xact_lock(hashtext(:stream))")


def append(ctx: Context, command: str) -> None:
    """Add the entry of a command that ran, with the facts it recorded, to its stream.

    A case's row lock already orders its entries; other streams take an advisory lock on PostgreSQL.
    """
    session, stream = ctx.session, ctx.stream
    if not stream.startswith("case:") and session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK_STREAM, {"stream": stream})
    last = session.execute(_LAST, {"stream": stream}).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    body = orjson.dumps(
        {
            "stream": stream,
            "seq": seq,
            "at": ctx.now.isoformat(),
            "command": command,
            "actor": _actor(ctx),
            "facts": ctx.facts,
            "prev": previous,
        }
    )
    session.execute(
        _APPEND,
        {
            "stream": stream,
            "seq": seq,
            "at": ctx.now,
            "command": command,
            "actor_id": ctx.actor.person_id,
            "body": body.decode(),
            "hash": hashlib.sha256(body).hexdigest(),
        },
    )


def _actor(ctx: Context) -> dict[str, Any]:
    actor = ctx.actor
    return {
        "kind": actor.kind,
        "name": actor.name,
        "person": actor.person_id,
        "account": actor.account_id,
        "device": actor.device,
    }


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
    session: Session, *, stream: str | None = None, lengths: dict[str, int] | None = None
) -> Verification:
    """Recompute every chain (or one) and compare it with what is stored.

    ``lengths`` maps a stream to the number of entries it must have: an entry cut off the end leaves
    no trace in the chain itself, but the case counts its entries too.
    """
    found = Verification(0, 0, [])
    broken: set[str] = set()
    current, expected, previous = "", 1, GENESIS
    ends: dict[str, int] = {}
    for row in _rows(session, stream):
        if row.stream != current:
            current, expected, previous = row.stream, 1, GENESIS
            found.streams += 1
        found.entries += 1
        ends[current] = row.seq
        if current not in broken:
            fault = _fault(row, expected, previous)
            if fault:
                broken.add(current)
                found.breaks.append(Break(current, row.seq, fault))
        expected, previous = row.seq + 1, row.hash
    found.breaks.extend(_shortened(ends, lengths or {}))
    return found


def _shortened(ends: dict[str, int], lengths: dict[str, int]) -> Iterator[Break]:
    for name, length in lengths.items():
        end = ends.get(name, 0)
        if end != length:
            yield Break(name, end + 1, f"末尾缺少记录：办件共记 {length} 步，审计链只有 {end} 条")


def _rows(session: Session, stream: str | None) -> Iterator[Any]:
    query = select(
        AuditEntry.stream,
        AuditEntry.seq,
        AuditEntry.at,
        AuditEntry.command,
        AuditEntry.actor_id,
        AuditEntry.body,
        AuditEntry.hash,
    )
    if stream is not None:
        query = query.where(AuditEntry.stream == stream)
    query = query.order_by(AuditEntry.stream, AuditEntry.seq)
    yield from session.execute(query.execution_options(yield_per=2000))


def _fault(row: Any, expected: int, previous: str) -> str | None:
    if row.seq != expected:
        return f"缺少第 {expected} 条记录"
    body = row.body.encode()
    if hashlib.sha256(body).hexdigest() != row.hash:
        return "内容与其散列值不符，记录被改动"
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "内容不是有效的记录"
    if (said["stream"], said["seq"]) != (row.stream, row.seq):
        return "记录被移到了别的位置"
    if said["prev"] != previous:
        return "与前一条记录的散列值接不上"
    columns = (row.command, row.actor_id, row.at.isoformat())
    if (said["command"], said["actor"]["person"], said["at"]) != columns:
        return "查询用的列与记录内容不符"
    return None
