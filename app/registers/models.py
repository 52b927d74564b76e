"""Subjects, rows and links of the registers and, for each row, every event that made it what it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime

_LIVE = text("ended_at IS NULL")


class RegisterSubject(Base):
    """Whom rows of several registers are about: a household or person, known by the keyed hash of its number.

    One without a valid number is known by the case (``case:…``) or the row (``row:…``) it came with.
    """

    __tablename__ = "register_subject"
    __table_args__ = (Index("uq_register_subject_key", "kind", "key", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    division: Mapped[str] = mapped_column(String(12))
    division_name: Mapped[str] = mapped_column(String(120))
    identity: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisterRow(Base):
    """One entry of a register: its status and columns as of now.

    ``row_key`` says which entry it is: the subject and the register's ``unique`` columns. While a row is
    open the register holds no second one of that key.
    """

    __tablename__ = "register_row"
    __table_args__ = (
        Index(
            "uq_register_row_key",
            "register",
            "row_key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_register_row_division", "register", "division", "id"),
        Index("ix_register_row_subject", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    row_key: Mapped[str] = mapped_column(String(80))
    division: Mapped[str] = mapped_column(String(12))
    division_name: Mapped[str] = mapped_column(String(120))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("register_subject.id"))
    subject_name: Mapped[str] = mapped_column(String(120))
    identity: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    status: Mapped[str] = mapped_column(String(40))
    fields: Mapped[dict[str, Any]] = mapped_column(JsonText)
    due_on: Mapped[date | None] = mapped_column(Date)
    case_number: Mapped[str | None] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(Integer)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RegisterEvent(Base):
    """One line of a row's history, never changed: who made which change on which ground."""

    __tablename__ = "register_event"

    row_id: Mapped[int] = mapped_column(ForeignKey("register_row.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    event: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(40))
    status_before: Mapped[str | None] = mapped_column(String(40))
    fields: Mapped[dict[str, Any]] = mapped_column(JsonText)
    """The columns this event wrote, as they are since."""
    before: Mapped[dict[str, Any]] = mapped_column(JsonText)
    """The same columns as they were; null where there was nothing."""
    case_number: Mapped[str | None] = mapped_column(String(40))
    step: Mapped[str | None] = mapped_column(String(120))
    clause: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisterValue(Base):
    """What rows are found and narrowed by: one line per value of each column that serves for that."""

    __tablename__ = "register_value"
    __table_args__ = (Index("ix_register_value_found", "name", "value", "row_id"),)

    row_id: Mapped[int] = mapped_column(ForeignKey("register_row.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(120), primary_key=True)


class RegisterLink(Base):
    """Two rows that belong together: a payment and its project, an asset and the project it came from."""

    __tablename__ = "register_link"
    __table_args__ = (Index("ix_register_link_to", "to_id"),)

    from_id: Mapped[int] = mapped_column(ForeignKey("register_row.id"), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("register_row.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisterWithheld(Base):
    """From whom a row is kept: the person or unit complained of, by name."""

    __tablename__ = "register_withheld"

    row_id: Mapped[int] = mapped_column(ForeignKey("register_row.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
