"""One row per upload; the content itself lies in the data folder under its hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime


class Attachment(Base):
    """A file as it was handed in: by whom, when, and for which case once a form names it."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_case", "case_id"), Index("ix_attachment_owner", "owner_id", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(Integer)
    owner_id: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scan: Mapped[str] = mapped_column(String(12), server_default="none")
    """What the virus scanners said: clean, or none where there is no scanner."""
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
