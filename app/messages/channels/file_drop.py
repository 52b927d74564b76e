"""Short messages: one file each in the folder that the SMS gateway picks up.

The files are those of SMS Server Tools, which most gateways read: header lines, an empty line, the text.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from workflows.ports import Unsent

if TYPE_CHECKING:
    from pathlib import Path

    from app.messages.channels.letter import Letter

COUNTRY = "86"
MOBILE_DIGITS = 11


class FileDrop:
    """The folder of a gateway."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        """Put the file there whole: the gateway never sees a part of it. Raises Unsent."""
        content = (
            f"To: {_international(letter.to)}\nAlphabet: UTF-8\nMessage-Id: {letter.key}\n\n"
            f"【乡审】{letter.text}。查看：{letter.link}"
        )
        # Named by the key, so that a repetition overwrites what still lies there.
        part, whole = self._folder / f".{letter.key}.part", self._folder / f"{letter.key}.sms"
        try:
            # The gateway runs as somebody else; the folder's group is what they share.
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode())
                file.flush()
                os.fsync(file.fileno())
            part.replace(whole)
            _keep_name(self._folder)
        except OSError as fault:
            part.unlink(missing_ok=True)
            raise Unsent(
                f"短信文件写不进网关目录（{fault.strerror}），请核对 XIANGSHEN_SMS_FOLDER。"
            ) from fault


def _keep_name(folder: Path) -> None:
    """The new name must outlive a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _international(number: str) -> str:
    digits = "".join(sign for sign in number if sign.isdigit())
    return f"{COUNTRY}{digits}" if len(digits) == MOBILE_DIGITS else digits
