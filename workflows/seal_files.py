"""What lies outside the database beside the seals: a file for each, and the public keys."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from typing import TYPE_CHECKING

import orjson

from workflows.clock import LOCAL

if TYPE_CHECKING:
    from pathlib import Path

    from workflows.ports import SealKey
    from workflows.seals import Seal


def write_key(key: SealKey, folder: Path) -> None:
    """Keep a public key beside the seals, by the first characters of its digest."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(bytes.fromhex(key.public)).hexdigest()[:16]
    (folder / f"{name}.pub").write_text(f"{key.algorithm} {key.public}\n")


def file_name(made: Seal) -> str:
    """The name of a seal's file, by day and number: the newest stands last in the folder."""
    return f"{made.at.astimezone(LOCAL).date().isoformat()}-{made.number:06d}.json"


def written(made: Seal) -> bytes:
    """What a seal's file holds."""
    said = {"body": made.body, "hash": made.hash, "signature": made.signature}
    return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write(made: Seal, folder: Path) -> None:
    """Write a seal outside the database, where nothing of that name stands; an old file is never touched."""
    folder.mkdir(parents=True, exist_ok=True)
    target, begun = folder / file_name(made), folder / f".{file_name(made)}.{secrets.token_hex(4)}"
    if target.exists():
        return
    with begun.open("wb") as file:
        file.write(written(made))
        file.flush()
        os.fsync(file.fileno())
    # A link is made whole or not at all, and never in the place of another.
    with contextlib.suppress(FileExistsError):
        os.link(begun, target)
    begun.unlink()
