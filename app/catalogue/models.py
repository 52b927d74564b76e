"""The table of applications that were begun and not yet handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime


class StartDraft(Base):
    """A start form as one person typed it so far: judged by nobody, sealed where it is personal."""

    __tablename__ = "start_draft"
    __table_args__ = (Index("ix_start_draft_person", "person_id", "saved_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"))
    procedure_name: Mapped[str] = mapped_column(String(120))
    division: Mapped[str] = mapped_column(String(12))
    """Empty until a place was chosen."""
    about: Mapped[str] = mapped_column(String(60))
    """By what it is known again in a list: the name typed for whom it is about."""
    answers: Mapped[dict[str, Any]] = mapped_column(JsonText)
    revision: Mapped[int] = mapped_column(Integer)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
