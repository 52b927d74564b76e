"""What every letter goes through: it is entered with its hash, and its PDF follows after the commit.

Setting a page takes about a second; it is done while no transaction is open, so that nobody waits to write.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app.attachments import content
from app.papers import pdf
from app.papers.models import Document
from workflows import outbox
from workflows.ports import Unsent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from workflows.commands import Context
    from workflows.ports import Noting

PDF = "paper.pdf"
"""The effect that makes a paper's PDF."""


def entered(ctx: Context, document: Document) -> None:
    """Keep a new letter or notice and promise its PDF: it leaves the house."""
    ctx.session.add(document)
    ctx.session.flush()
    outbox.promise(ctx, PDF, document=document.id)


def prepare(folder: Path, session: Session, payload: Mapping[str, Any]) -> Callable[[], Noting] | None:
    """What makes the PDF of an issued paper and keeps it in the data folder; its hash goes with the paper.

    None where it is made already. The making raises Unsent where this machine cannot set a page.
    """
    document = session.get_one(Document, int(payload["document"]))
    if document.pdf_sha256 is not None:
        return None
    return partial(_set, folder, document.id, document.html, document.title, document.sha256)


def _set(folder: Path, document_id: int, html: str, title: str, sha256: str) -> Noting:
    try:
        made = pdf.keep(folder, pdf.made(html, title, sha256))
    except pdf.NotSettable as lacking:
        raise Unsent(str(lacking)) from lacking
    return partial(_note, folder, document_id, html, made)


def _note(folder: Path, document_id: int, html: str, pdf_sha256: str, ctx: Context) -> None:
    # Locked, as erasure locks it: whichever comes second sees what the first did.
    document = ctx.session.get_one(Document, document_id, with_for_update=True)
    if document.html == html:
        document.pdf_sha256 = pdf_sha256
    else:
        # Its words were erased by law while it was being set.
        content.path_of(folder, pdf_sha256).unlink(missing_ok=True)
