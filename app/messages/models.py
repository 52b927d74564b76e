"""The tables of messages: what people are told, and how they want to be told outside the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime


class Message(Base):
    """One sentence for one person; ``link`` leads to what it is about, inside this system."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_person", "person_id", "id"),
        Index("ix_message_unread", "person_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(200))
    case_number: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageWish(Base):
    """What a person wants to be told outside the system; who never said has no row."""

    __tablename__ = "message_wish"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channels: Mapped[list[str]] = mapped_column(JsonText)
    groups: Mapped[list[str]] = mapped_column(JsonText)
    """Groups of occasions."""
    email: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    """Sealed, like the phone."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
