"""Reads of what was promised and has not arrived: for the system officer, without a word of what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from app.messages.sending import KINDS
from workflows.opening import FILLED_PAPER
from workflows.outbox import OPEN, STUCK_AFTER, OutboxEffect

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

NAMES = {
    "message": "站内消息",
    "absence.over": "离岗委托期满的通知",
    FILLED_PAPER: "办理形成的材料",
    "paper.pdf": "文书的 PDF",
    "relative.declared": "亲属申报后对已办件的回看",
    "batch.item": "批量办理中的一件",
    KINDS["email"]: "电子邮件",
    KINDS["webhook"]: "消息平台",
    KINDS["sms"]: "短信",
}
"""What each kind of effect is called."""

ALL, FAILED, STUCK = "all", "failed", "stuck"

SHOWN: dict[str, ColumnElement[bool] | None] = {
    ALL: None,
    FAILED: OutboxEffect.attempts > 0,
    STUCK: OutboxEffect.attempts >= STUCK_AFTER,
}
"""What the list may be narrowed to."""


def kind_name(kind: str) -> str:
    """A kind in the office's words."""
    return NAMES.get(kind, f"其他（{kind}）")


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One open effect, as the system officer sees it."""

    id: int
    kind: str
    since: datetime
    attempts: int
    due_at: datetime
    fault: str
    state: str

    @property
    def name(self) -> str:
        """Its kind in words."""
        return kind_name(self.kind)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many effects of a kind are open, failed and stuck, and since when the oldest waits."""

    kind: str
    open: int
    failed: int
    stuck: int
    since: datetime
    closed: bool
    """Whether the kind has no way out: nobody tries."""

    @property
    def name(self) -> str:
        """The kind in words."""
        return kind_name(self.kind)

    @property
    def troubled(self) -> int:
        """How many 全部重试 and 全部放弃 concern."""
        return self.open if self.closed else self.failed


def tallies(session: Session, closed: Collection[str] = ()) -> list[Tally]:
    """The open effects by kind, those in most trouble first; ``closed`` are the kinds without a way out."""
    failed = func.sum(case((OutboxEffect.attempts > 0, 1), else_=0))
    stuck = func.sum(case((OutboxEffect.attempts >= STUCK_AFTER, 1), else_=0))
    rows = session.execute(
        select(OutboxEffect.kind, func.count(), failed, stuck, func.min(OutboxEffect.created_at))
        .where(*OPEN)
        .group_by(OutboxEffect.kind)
        .order_by(stuck.desc(), failed.desc(), OutboxEffect.kind)
    )
    return [
        Tally(kind, waiting, bad, worst, since, kind in closed) for kind, waiting, bad, worst, since in rows
    ]


def undelivered(
    session: Session,
    *,
    show: str = ALL,
    kind: str | None = None,
    closed: Collection[str] = (),
    after: int | None = None,
    limit: int = 20,
) -> list[Undelivered]:
    """Open effects, the oldest first."""
    query = select(OutboxEffect).where(*OPEN).order_by(OutboxEffect.id).limit(limit)
    narrowed = SHOWN.get(show)
    if narrowed is not None:
        query = query.where(narrowed)
    if kind:
        query = query.where(OutboxEffect.kind == kind)
    if after is not None:
        query = query.where(OutboxEffect.id > after)
    return [_seen(row, closed) for row in session.scalars(query)]


def one(session: Session, effect_id: int, closed: Collection[str] = ()) -> Undelivered | None:
    """One effect, open or not."""
    row = session.get(OutboxEffect, effect_id)
    return _seen(row, closed) if row is not None else None


def count_failing(session: Session, actor: Actor) -> int:
    """How many effects failed at least once and are still open; nothing for who is not the system officer."""
    if not actor.holds("system_officer"):
        return 0
    return session.scalar(select(func.count()).where(*OPEN, OutboxEffect.attempts > 0)) or 0


def _seen(row: OutboxEffect, closed: Collection[str]) -> Undelivered:
    return Undelivered(
        id=row.id,
        kind=row.kind,
        since=row.created_at,
        attempts=row.attempts,
        due_at=row.due_at,
        fault=_fault(row, closed),
        state=_state(row, closed),
    )


def _state(row: OutboxEffect, closed: Collection[str]) -> str:
    if row.kind in closed:
        return "closed"
    if row.attempts >= STUCK_AFTER:
        return STUCK
    if row.lease is not None:
        return "sending"
    return FAILED if row.attempts else "waiting"


def _fault(row: OutboxEffect, closed: Collection[str]) -> str:
    """Why it has not arrived. Only senders choose their words for this page; other faults may name people."""
    if row.kind in closed:
        return "本系统没有开通这一渠道，不会发送；开通后会自动补发。"
    if row.fault is None:
        return ""
    if row.kind in KINDS.values():
        return row.fault
    return f"系统内部处理出错，原因见运行日志（effect_id={row.id}）。"


def kinds(tallied: Sequence[Tally]) -> list[tuple[str, str]]:
    """The kinds to choose from, with their names."""
    return [(tally.kind, tally.name) for tally in tallied]
