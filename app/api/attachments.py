"""Files: in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, request

from app import policy
from app.api.answering import Answer, performed
from app.api.calls import ROW, Call
from app.attachments import content, intake
from app.attachments.commands import Damaged
from app.attachments.queries import UnknownAttachment
from app.attachments.scanning import Infected, ScannerAway
from app.attachments.views import described, show
from workflows.errors import Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.settings import Settings


@Call(
    "POST",
    "/attachments",
    policy.handles_work,
    summary="上传一个文件（multipart 的 file 部分）；得到的 id 填入文件、照片、签名字段",
    body="Upload",
    gives="Attachment",
    status=201,
    refusals=(content.WrongFile, Infected, ScannerAway),
    media="multipart/form-data",
)
def upload() -> ResponseReturnValue:
    """Take in one file; who sees the case may open it once a form names it."""
    sent = request.files.get("file")
    if sent is None:
        raise Invalid({"file": "请以 multipart/form-data 上传，文件放在 file 部分。"})
    settings = cast("Settings", current_app.extensions["settings"])
    with sent.stream as stream:
        data = stream.read()
    command = intake.taken(settings, data, sent.filename or "")
    asked = f"{command.sha256} {command.name}".encode()
    return performed(command, lambda _, row: Answer.of(described(row), 201, _place(row.id)), asked)


def _place(attachment_id: int) -> str:
    return f"/api/v1/attachments/{attachment_id}"


@Call(
    "GET",
    f"/attachments/<{ROW}:attachment_id>",
    policy.reads_cases,
    summary="文件的内容",
    gives="File",
    refusals=(UnknownAttachment, Damaged),
    media="application/octet-stream",
)
def attachment(attachment_id: int) -> ResponseReturnValue:
    """The content, for who handed it in and who may read its case."""
    return show(attachment_id)
