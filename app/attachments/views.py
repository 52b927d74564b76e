"""Uploading and opening files."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, current_app, g, request, send_file

from app import door, policy
from app.attachments import content, intake, queries, scanning
from app.attachments.commands import HandOut, SeeFile, sees_anew
from app.attachments.models import Attachment
from app.pages import page
from workflows.cases import Case
from workflows.errors import Invalid
from workflows.once import Once, Replayed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage

    from app.settings import Settings

bp = Blueprint("attachments", __name__, template_folder="templates")

SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""An opened file may run nothing, whatever it turns out to be."""

FRAMED = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""A PDF is drawn by the browser's own viewer, which no sandbox lets in; only our page may frame it."""

PDF = "application/pdf"
SHOWN_INLINE = ("image/", PDF)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def described(row: Attachment) -> dict[str, object]:
    """An attachment as JSON."""
    return {"id": row.id, "sha256": row.sha256, "name": row.name, "size": row.size, "type": row.type}


def take_in() -> str:
    """Check, keep and register the request's ``file``; the same Idempotency-Key gives the same answer."""
    upload = request.files.get("file")
    if upload is None:
        raise Invalid({"file": "请选择要上传的文件。"})
    command = intake.taken(_settings(), upload.read(), upload.filename or "")
    key = request.headers.get("Idempotency-Key")
    once = Once(key, command.sha256.encode(), _text) if key else None
    try:
        return _text(door.perform(command, once=once))
    except Replayed as replay:
        return replay.answer


def take_in_upload(_field: object, upload: FileStorage) -> int | str:
    """Take in a file that came with a form; gives its number, or the sentence why it was refused."""
    try:
        return door.perform(intake.taken(_settings(), upload.read(), upload.filename or "")).id
    except (content.WrongFile, scanning.Infected, scanning.ScannerAway) as refusal:
        return str(refusal)


def _text(row: Attachment) -> str:
    return orjson.dumps(described(row)).decode()


@bp.post("/attachments")
@policy.allow(policy.handles_work)
def upload() -> ResponseReturnValue:
    """Take in one file."""
    return Response(take_in(), 201, content_type="application/json")


@bp.get("/attachments/<int:attachment_id>")
@policy.allow(policy.reads_cases)
def show(attachment_id: int) -> ResponseReturnValue:
    """The content as it was handed in, recorded: pictures and PDF in place, everything else as a download."""
    row = queries.openable(door.reading(), door.current_actor(), attachment_id)
    data = content.read(_settings().data_dir, row.sha256)
    download = bool(request.args.get("download")) or not row.type.startswith(SHOWN_INLINE)
    found = content.digest(data) if data is not None else None
    door.perform(HandOut(attachment_id=row.id, found=found, download=download))
    answer = send_file(
        BytesIO(data or b""),
        mimetype=row.type,
        as_attachment=download,
        download_name=row.name,
        etag=row.sha256,
        conditional=True,
    )
    answer.headers["Content-Security-Policy"] = FRAMED if row.type == PDF else SANDBOX
    if row.type == PDF:
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    # The browser may keep it, but asks each time: each opening is recorded, and what was damaged shows.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _seen(attachment_id: int) -> Attachment:
    """The file, if whoever asks may look at it; that they did is recorded once a day."""
    session, actor = door.reading(), door.current_actor()
    row = queries.openable(session, actor, attachment_id)
    if sees_anew(session, actor, row, door.now()):
        door.perform(SeeFile(attachment_id=attachment_id))
    return row


@bp.get("/attachments/<int:attachment_id>/view")
@policy.allow(policy.reads_cases)
def view(attachment_id: int) -> ResponseReturnValue:
    """One file to look at, with the way to those beside it, its hash, and the way back."""
    row = _seen(attachment_id)
    case = door.reading().get(Case, row.case_id) if row.case_id is not None else None
    beside = request.args.get("of", "")
    before, behind, place, count = queries.among(beside, row.id)
    g.shows_pdf = row.type == PDF
    return page(
        "attachments/view.html",
        file=row,
        case_number=case.number if case else None,
        of=beside,
        before=before,
        behind=behind,
        place=place,
        count=count,
        size=content.size_words(row.size),
    )


@bp.get("/attachments/<int:attachment_id>/thumb")
@policy.allow(policy.reads_cases)
def thumb(attachment_id: int) -> ResponseReturnValue:
    """A small picture."""
    row = _seen(attachment_id)
    if not row.type.startswith("image/"):
        raise queries.UnknownAttachment
    answer = Response(content.thumbnail(_settings().data_dir, row.sha256), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
