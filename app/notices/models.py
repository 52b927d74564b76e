"""Tables of the notices: what was posted, who objected, and how often someone guessed at a progress."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime
from workflows.errors import constraint

OPEN, STOPPED, CLOSED = "open", "stopped", "closed"

MOVES = {OPEN: {STOPPED, CLOSED}, STOPPED: set[str](), CLOSED: set[str]()}
"""A notice that has ended stays ended; posting again makes a new one."""

UNDISPUTED, DISPUTED, RECALLED = "无异议", "有异议", "办件终止"

_ROUND_TAKEN = ("notice.round_taken", "这一轮公示已经发布，请刷新查看。")
constraint("UNIQUE constraint failed: notice.case_id, notice.round", *_ROUND_TAKEN)

_OBJECTED = ("objection.repeated", "该电话已对此公示提出过异议，正在核实，无需重复提交。")
constraint("UNIQUE constraint failed: objection.notice_id, objection.phone_hash", *_OBJECTED)


class Notice(Base):
    """One notice as it was posted; its words never change, only whether its period runs."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("case_id", "round", name=constraint("uq_notice_case_id_round", *_ROUND_TAKEN)),
        CheckConstraint("ends_at > posted_at", name="ends_after_posting"),
        CheckConstraint("state IN ('open', 'stopped', 'closed')", name="known_notice_state"),
        Index("ix_notice_state_ends", "state", "ends_at", "id"),
        Index("ix_notice_division", "division", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    case_number: Mapped[str] = mapped_column(String(40))
    round: Mapped[int] = mapped_column()
    division: Mapped[str] = mapped_column(String(12))
    division_name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    """Whose matter it is: the name, or surname and 某."""
    content: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(200))
    days: Mapped[int] = mapped_column()
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starts_on: Mapped[date] = mapped_column()
    last_day: Mapped[date] = mapped_column()
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """24:00 of the last day."""
    rested: Mapped[int] = mapped_column(default=0, server_default="0")
    """By how many days it runs longer because its case was suspended."""
    objections: Mapped[bool] = mapped_column()
    """Whether objections may be raised on the page."""
    state: Mapped[str] = mapped_column(String(12))
    result: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Objection(Base):
    """What someone held against a notice; the telephone is sealed, and one counts once per notice."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint(
            "notice_id", "phone_hash", name=constraint("uq_objection_notice_id_phone_hash", *_OBJECTED)
        ),
        Index("ix_objection_device_at", "device_hash", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[dict[str, Any]] = mapped_column(JsonText)
    phone_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    device_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    """What the check found about it, once the notice was posted again."""


class ProgressMiss(Base):
    """A wrong pair on the progress page; kept for minutes, to slow down guessing."""

    __tablename__ = "progress_miss"
    __table_args__ = (
        Index("ix_progress_miss_device", "device_hash", "at"),
        Index("ix_progress_miss_number", "number_hash", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    device_hash: Mapped[str] = mapped_column(String(64))
    number_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
