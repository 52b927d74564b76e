"""The journal of a case: one row per step taken, never changed; only its words may be blanked, by law."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime
from workflows.lasting import only_grows


class StepRecord(Base):
    """The journal: one row per step taken, by a person, a timer, a message or the system; never changed."""

    __tablename__ = "step_record"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    step: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    round: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int | None] = mapped_column(BigId)
    actor_id: Mapped[int | None] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(60))
    for_id: Mapped[int | None] = mapped_column(Integer)
    for_name: Mapped[str | None] = mapped_column(String(60))
    unit_id: Mapped[int | None] = mapped_column(Integer)
    unit: Mapped[str | None] = mapped_column(String(120))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    conclusion: Mapped[str | None] = mapped_column(String(60))
    opinion: Mapped[str | None] = mapped_column(Text)
    answers: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    salt: Mapped[str | None] = mapped_column(String(32))
    why: Mapped[str | None] = mapped_column(Text)
    late_reason: Mapped[str | None] = mapped_column(Text)
    """逾期说明: why a step was done after its limit."""
    passed: Mapped[list[str]] = mapped_column(JsonText)


WORDS = ("answers", "opinion", "late_reason", "salt")
"""What of a journal row may be blanked when personal data is erased by law; nothing else ever changes."""

ERASING = "erased"
"""Under which name the entry of an erasure keeps the journal rows it blanked."""

only_grows(StepRecord.__table__, blanked=WORDS)

BLANK: dict[str, Any] = {
    "round": 1,
    "item_id": None,
    **dict.fromkeys(("actor_id", "for_id", "for_name")),
    "unit_id": None,
    "unit": None,
    "opened_at": None,
    "conclusion": None,
    "opinion": None,
    "answers": None,
    "salt": None,
    "why": None,
    "late_reason": None,
    "passed": [],
}
"""A row of which nothing is said yet."""
