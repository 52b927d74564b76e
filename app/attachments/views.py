"""Uploading and opening files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, current_app, request, send_file

from app import door, policy
from app.attachments import content, queries
from app.attachments.commands import TakeIn
from app.attachments.models import Attachment
from workflows.commands import Once, Replayed
from workflows.errors import Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage

    from app.settings import Settings

bp = Blueprint("attachments", __name__)

SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""An opened file may run nothing, whatever it turns out to be."""

SHOWN_INLINE = ("image/", "application/pdf")


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
    settings = _settings()
    found = content.check(upload.read(), upload.filename or "", settings.upload_megabytes * 1024 * 1024)
    content.keep(settings.data_dir, found)
    command = TakeIn(sha256=found.sha256, name=found.name, type=found.type, size=found.size)
    key = request.headers.get("Idempotency-Key")
    once = Once(key, found.sha256.encode(), _text) if key else None
    try:
        return _text(door.perform(command, once=once))
    except Replayed as replay:
        return replay.answer


def take_in_upload(_field: object, upload: FileStorage) -> int | str:
    """Take in a file that came with a form; gives its number, or the sentence why it was refused."""
    settings = _settings()
    try:
        found = content.check(upload.read(), upload.filename or "", settings.upload_megabytes * 1024 * 1024)
    except content.WrongFile as refusal:
        return str(refusal)
    content.keep(settings.data_dir, found)
    row = door.perform(TakeIn(sha256=found.sha256, name=found.name, type=found.type, size=found.size))
    return row.id


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
    """The content, in a sandbox; pictures and PDF in place, everything else as a download."""
    row = queries.openable(door.reading(), door.current_actor(), attachment_id)
    inline = row.type.startswith(SHOWN_INLINE)
    answer = send_file(
        content.path_of(_settings().data_dir, row.sha256),
        mimetype=row.type,
        as_attachment=not inline,
        download_name=row.name,
        etag=row.sha256,
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@bp.get("/attachments/<int:attachment_id>/thumb")
@policy.allow(policy.reads_cases)
def thumb(attachment_id: int) -> ResponseReturnValue:
    """A small picture."""
    row = queries.openable(door.reading(), door.current_actor(), attachment_id)
    if not row.type.startswith("image/"):
        raise queries.UnknownAttachment
    answer = Response(content.thumbnail(_settings().data_dir, row.sha256), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
