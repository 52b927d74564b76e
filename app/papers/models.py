"""The table of official papers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime


class Document(Base):
    """A paper as it was issued: its text is never changed, its hash shows it."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("unit_id", "number", name="uq_document_unit_id_number"),
        Index("ix_document_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    """发文字号, e.g. 东乡振告〔2026〕1号."""
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    case_number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    html: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the PDF made from it after the issue; None until then."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[str] = mapped_column(String(120))
