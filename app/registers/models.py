"""A register's rows and, for each, every event that made it what it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime

_LIVE = text("ended_at IS NULL AND subject_key IS NOT NULL")


class RegisterRow(Base):
    """One subject in one register: its status and columns as of now."""

    __tablename__ = "register_row"
    __table_args__ = (
        Index(
            "uq_register_row_subject",
            "register",
            "subject_key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_register_row_division", "register", "division", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(40))
    register_name: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    division: Mapped[str] = mapped_column(String(12))
    division_name: Mapped[str] = mapped_column(String(120))
    subject_key: Mapped[str | None] = mapped_column(String(64))
    subject_name: Mapped[str] = mapped_column(String(60))
    identity: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    status: Mapped[str] = mapped_column(String(40))
    fields: Mapped[dict[str, Any]] = mapped_column(JsonText)
    case_number: Mapped[str] = mapped_column(String(40))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RegisterEvent(Base):
    """One line of a row's history; never changed."""

    __tablename__ = "register_event"

    row_id: Mapped[int] = mapped_column(ForeignKey("register_row.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    event: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(40))
    fields: Mapped[dict[str, Any]] = mapped_column(JsonText)
    case_number: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
