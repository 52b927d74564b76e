"""The table of messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime


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
