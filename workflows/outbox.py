"""Effects promised inside a transaction and delivered after it, again if need be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, Integer, String, Text, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime
from workflows.ports import Effect

if TYPE_CHECKING:
    from workflows.commands import Context

STUCK_AFTER = 12
"""After so many attempts an effect waits for the administrator instead of the worker."""

_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(hours=6)


class OutboxEffect(Base):
    """One promise: kept until delivered, with every failed attempt's reason."""

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


_PROMISE = insert(OutboxEffect)


def promise(ctx: Context, kind: str, **payload: Any) -> None:
    """Promise an effect: it will be delivered only if this transaction commits."""
    ctx.session.execute(
        _PROMISE, {"kind": kind, "payload": payload, "created_at": ctx.now, "due_at": ctx.now, "attempts": 0}
    )


def due(ctx: Context) -> Effect | None:
    """The oldest effect that is due, locked so that no other worker takes it; None when nothing is."""
    row = ctx.session.execute(
        select(OutboxEffect.id, OutboxEffect.kind, OutboxEffect.payload)
        .where(
            OutboxEffect.delivered_at.is_(None),
            OutboxEffect.due_at <= ctx.now,
            OutboxEffect.attempts < STUCK_AFTER,
        )
        .order_by(OutboxEffect.due_at, OutboxEffect.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return Effect(row.id, row.kind, row.payload) if row else None


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
    row.due_at = ctx.now + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (row.attempts - 1))
