"""Table of disposals: which case somebody proposed to destroy the words of, and who confirmed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime, only_where
from workflows.errors import constraint

OPEN, CONFIRMED, WITHDRAWN = "open", "confirmed", "withdrawn"
DONE, REFUSED = "done", "refused"
PROPOSE, CONFIRM = "propose", "confirm"


class Disposal(Base):
    """One line of the 销毁清册: proposed by the system officer, confirmed by the audit officer."""

    __tablename__ = "disposal"
    __table_args__ = (
        CheckConstraint(f"state IN ('{OPEN}', '{CONFIRMED}', '{WITHDRAWN}')", name="known_disposal_state"),
        CheckConstraint(
            f"state <> '{CONFIRMED}' OR closed_by_id <> proposed_by_id",
            name=constraint("four_eyes", "disposal.same_person", "提请的人不能批准销毁。"),
        ),
        Index("uq_disposal_standing", "case_number", unique=True, **only_where(f"state <> '{WITHDRAWN}'")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_number: Mapped[str] = mapped_column(String(40))
    procedure: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(8))
    """The class of retention."""
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column()
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column()
    closed_by: Mapped[str | None] = mapped_column(String(60))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Round(Base):
    """One officer's selection: many cases proposed, or many proposals confirmed, each by itself."""

    __tablename__ = "disposal_round"
    __table_args__ = (CheckConstraint(f"action IN ('{PROPOSE}', '{CONFIRM}')", name="known_disposal_action"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    action: Mapped[str] = mapped_column(String(12))
    why: Mapped[str | None] = mapped_column(Text)
    """The one reason all of them are proposed for; none where they are confirmed."""
    account_id: Mapped[int] = mapped_column(Integer)
    person: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Line(Base):
    """One case of a round and what became of it."""

    __tablename__ = "disposal_line"
    __table_args__ = (
        UniqueConstraint("round_id", "case_number", name="uq_disposal_line_once"),
        CheckConstraint(f"state IN ('{OPEN}', '{DONE}', '{REFUSED}')", name="known_line_state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("disposal_round.id"))
    place: Mapped[int] = mapped_column(Integer)
    case_number: Mapped[str] = mapped_column(String(40))
    """No key of another table: a number somebody made up is refused, and stands here all the same."""
    disposal_id: Mapped[int | None] = mapped_column(BigId)
    """The proposal that was looked at when it was picked; another one of the same case is another matter."""
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    code: Mapped[str | None] = mapped_column(String(60))
    sentence: Mapped[str | None] = mapped_column(Text)
