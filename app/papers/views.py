"""Reading and printing official papers."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, send_file

from app import policy
from app.attachments import content
from app.door import current_actor, now, perform, reading
from app.pages import page
from app.papers import pdf, queries
from app.papers.commands import ReadPaper, TakePaperPdf, reads_anew
from app.policy import allow

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.settings import Settings

bp = Blueprint("papers", __name__, template_folder="templates")


@bp.get("/papers/<int:document_id>")
@allow(policy.reads_cases)
def show(document_id: int) -> ResponseReturnValue:
    """One paper as it was issued."""
    session, actor = reading(), current_actor()
    document = queries.document(session, actor, document_id)
    if reads_anew(session, actor, document, now()):
        perform(ReadPaper(document_id=document_id))
    return page("papers/show.html", document=document)


@bp.get("/papers/<int:document_id>.pdf")
@allow(policy.reads_cases)
def as_pdf(document_id: int) -> ResponseReturnValue:
    """The paper as PDF: the one kept since its issue, made now where the worker has not come to it yet."""
    document = queries.document(reading(), current_actor(), document_id)
    if not document.unchanged:
        raise pdf.Changed
    folder = cast("Settings", current_app.extensions["settings"]).data_dir
    kept = pdf.kept(folder, document.pdf_sha256) if document.pdf_sha256 else None
    made = kept or pdf.made(document.html, document.title, document.sha256)
    perform(TakePaperPdf(document_id=document.id, pdf_sha256=content.digest(made)))
    name = f"{document.number} {document.title}.pdf"
    return send_file(BytesIO(made), "application/pdf", as_attachment=True, download_name=name)
