"""Table of disposals: which case somebody proposed to destroy the words of, and who confirmed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime, only_where
from workflows.errors import constraint

OPEN, CONFIRMED, WITHDRAWN = "open", "confirmed", "withdrawn"


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
