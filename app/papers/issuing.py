"""What every letter goes through: it is entered with its hash, and its PDF follows after the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.papers import pdf
from app.papers.models import Document
from workflows import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workflows.commands import Context

PDF = "paper.pdf"
"""The effect that makes a paper's PDF."""


def entered(ctx: Context, document: Document) -> None:
    """Keep a new letter or notice and promise its PDF: it leaves the house."""
    ctx.session.add(document)
    ctx.session.flush()
    outbox.promise(ctx, PDF, document=document.id)


def set_pdf(folder: Path, ctx: Context, payload: Mapping[str, Any]) -> None:
    """Make the PDF of an issued paper, keep it in the data folder and its hash with the paper."""
    document = ctx.session.get_one(Document, int(payload["document"]))
    if document.pdf_sha256 is None:
        made = pdf.made(document.html, document.title, document.sha256)
        document.pdf_sha256 = pdf.keep(folder, made)
