"""The one way a file comes in: looked into, scanned, kept under its hash, and only then registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.attachments import content, scanning
from app.attachments.commands import TakeIn

if TYPE_CHECKING:
    from app.settings import Settings


def taken(settings: Settings, data: bytes, name: str) -> TakeIn:
    """The command that registers the file; what did not pass the scan is not kept, and the command says so.

    Raises WrongFile for what is no file we take.
    """
    found = content.check(data, name, settings.upload_megabytes * 1024 * 1024)
    verdict = scanning.scanned(settings, found.data)
    if verdict in {scanning.NONE, scanning.CLEAN}:
        content.keep(settings.data_dir, found)
    return TakeIn(sha256=found.sha256, name=found.name, type=found.type, size=found.size, scan=verdict)
