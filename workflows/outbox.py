"""Effects promised inside a transaction and delivered after it, again if need be.

Most are delivered inside a transaction of the worker. Those that reach outside (a mail server, a gateway) or
take long (a page set as PDF) are leased, done while no transaction is open, and marked: see
`workflows.sending`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, Index, Integer, Select, String, Text, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime
from workflows.ports import Effect

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement

    from workflows.commands import Context

STUCK_AFTER = 12
"""After so many attempts an effect waits for the administrator instead of the worker."""

_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(hours=6)


class OutboxEffect(Base):
    """One promise: kept until delivered or given up, with the last failed attempt's reason."""

    __tablename__ = "outbox_effect"
    __table_args__ = (Index("ix_outbox_effect_due", "delivered_at", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault: Mapped[str | None] = mapped_column(Text)
    lease: Mapped[str | None] = mapped_column(String(32))
    """Who is sending it now: a word of that one attempt."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """By the machine's clock: afterwards the sender counts as dead and the effect is anybody's again."""
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the administrator decided that it will not be delivered."""


OPEN = (OutboxEffect.delivered_at.is_(None), OutboxEffect.given_up_at.is_(None))
"""The conditions under which an effect still waits."""

_PROMISE = insert(OutboxEffect)


def promise(ctx: Context, kind: str, **payload: Any) -> None:
    """Promise an effect: it will be delivered only if this transaction commits."""
    promise_at(ctx, ctx.now, kind, **payload)


def promise_at(ctx: Context, due_at: datetime, kind: str, **payload: Any) -> None:
    """Promise an effect for a later instant."""
    ctx.session.execute(
        _PROMISE, {"kind": kind, "payload": payload, "created_at": ctx.now, "due_at": due_at, "attempts": 0}
    )


def due(ctx: Context, *, outside: Collection[str] = ()) -> Effect | None:
    """The oldest effect that is due, locked so that no other worker takes it; None when nothing is.

    Effects of the ``outside`` kinds are never delivered inside a transaction and are left to their senders.
    """
    query = _due(ctx.now).where(OutboxEffect.kind.not_in(outside)) if outside else _due(ctx.now)
    row = ctx.session.execute(query.limit(1).with_for_update(skip_locked=True)).one_or_none()
    return Effect(row.id, row.kind, row.payload) if row else None


def _due(now: datetime) -> Select[Any]:
    """Effects whose time has come, the oldest first."""
    return (
        select(OutboxEffect.id, OutboxEffect.kind, OutboxEffect.payload)
        .where(*OPEN, OutboxEffect.due_at <= now, OutboxEffect.attempts < STUCK_AFTER)
        .order_by(OutboxEffect.due_at, OutboxEffect.id)
    )


def _free(machine: datetime) -> ColumnElement[bool]:
    """Nobody is sending it, or whoever was has died."""
    return or_(OutboxEffect.leased_until.is_(None), OutboxEffect.leased_until <= machine)


def anything_to_send(session: Session, kind: str, now: datetime, machine: datetime) -> bool:
    """Whether a sender of that kind has something to do; asked before a transaction is begun for it."""
    query = _due(now).where(OutboxEffect.kind == kind, _free(machine)).limit(1)
    return session.execute(query).first() is not None


def lease(ctx: Context, kind: str, word: str, *, machine: datetime, until: datetime) -> Effect | None:
    """The oldest due effect of that kind, the sender's alone until ``until``; None when there is none.

    ``machine`` and ``until`` are the machine's time: a turned application clock makes nobody die.
    The attempt counts from its beginning, so that one which kills its sender is not tried for ever.
    """
    query = _due(ctx.now).where(OutboxEffect.kind == kind, _free(machine)).limit(1)
    row = ctx.session.execute(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    ctx.session.execute(
        update(OutboxEffect)
        .where(OutboxEffect.id == row.id)
        .values(lease=word, leased_until=until, attempts=OutboxEffect.attempts + 1)
    )
    return Effect(row.id, row.kind, row.payload)


def sent(ctx: Context, effect_id: int, word: str) -> bool:
    """Mark a leased effect as delivered; False when the lease had passed to another sender meanwhile."""
    return _end_lease(ctx, effect_id, word, delivered_at=ctx.now, fault=None)


def unsent(ctx: Context, effect_id: int, word: str, fault: str, *, final: bool = False) -> bool:
    """Give a leased effect back with what was in the way; False when the lease had passed to another.

    After a ``final`` no it counts as tried often enough and waits for the administrator.
    """
    row = ctx.session.get_one(OutboxEffect, effect_id, with_for_update=True)
    attempts = STUCK_AFTER if final else row.attempts
    due_at = ctx.now + _wait(attempts)
    return _end_lease(ctx, effect_id, word, fault=fault[:500], due_at=due_at, attempts=attempts)


def _end_lease(ctx: Context, effect_id: int, word: str, **values: Any) -> bool:
    ended: CursorResult[Any] = ctx.session.execute(  # type: ignore[assignment]
        update(OutboxEffect)
        .where(OutboxEffect.id == effect_id, OutboxEffect.lease == word)
        .values(lease=None, leased_until=None, **values)
    )
    return ended.rowcount == 1


def delivered(ctx: Context, effect: Effect) -> None:
    """Mark an effect as done."""
    ctx.session.execute(
        update(OutboxEffect).where(OutboxEffect.id == effect.id).values(delivered_at=ctx.now, fault=None)
    )


def failed(ctx: Context, effect_id: int, fault: str) -> None:
    """Count a failed attempt and wait longer each time: 15 s, 30 s, 1 min ... at most 6 h."""
    row = ctx.session.get_one(OutboxEffect, effect_id, with_for_update=True)
    row.attempts += 1
    row.fault = fault[:500]
    row.due_at = ctx.now + _wait(row.attempts)


def _wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    doubled: int = 2 ** (max(attempts, 1) - 1)
    return min(_LONGEST_WAIT, _FIRST_WAIT * doubled)


def troubled(kind: str, ways: Collection[str], outside: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a kind's open effects that failed, or have no way out at all."""
    if kind in outside and kind not in ways:
        return (*OPEN, OutboxEffect.kind == kind)
    return (*OPEN, OutboxEffect.kind == kind, OutboxEffect.attempts > 0)


def try_again(ctx: Context, *conditions: ColumnElement[bool]) -> int:
    """Let these open effects be tried at once, as often as new ones; gives how many there were."""
    return _change(ctx, *conditions, due_at=ctx.now, attempts=0)


def give_up(ctx: Context, *conditions: ColumnElement[bool]) -> int:
    """Let these open effects go undelivered; gives how many there were.

    One that is being sent at this moment may still arrive; then it counts as delivered.
    """
    return _change(ctx, *conditions, given_up_at=ctx.now)


def _change(ctx: Context, *conditions: ColumnElement[bool], **values: Any) -> int:
    changed: CursorResult[Any] = ctx.session.execute(  # type: ignore[assignment]
        update(OutboxEffect)
        .where(*OPEN, *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount
