"""Putting a new seal key in the place of the old one, so that a breakdown between two steps loses neither."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import click

from app.cli.office import opened
from app.security import signatures
from app.settings import KEY_BYTES
from workflows import seals
from workflows.commands import CONSOLE

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import Settings
    from workflows.seals import Sealed


def replaced(settings: Settings) -> tuple[bytes, Sealed | None]:
    """The new public key, and the seal that introduced it; None where one broken off was only finished."""
    file = settings.seal_key_file
    if file is None or not settings.seal_key:
        raise seals.NoSealKey
    office = opened(settings)
    waiting = file.with_name(file.name + ".next")
    try:
        successor = signatures.with_key(settings, _made(waiting))
        made = seals.rotate(office, successor, by=CONSOLE)
        waiting.replace(file)
    except OSError as error:
        raise click.ClickException(
            f"密钥文件不能写入 {file.parent}：{error.strerror}。密钥没有更换。"
        ) from error
    return successor.public_key, made


def _made(waiting: Path) -> bytes:
    """The key that is to follow, written before anything is signed with it; only the owner may read it."""
    try:
        handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return waiting.read_bytes()
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
