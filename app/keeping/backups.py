"""A backup: a folder with a copy of the database, every file it names, the seals, a manifest of hashes."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from app.attachments import content
from app.attachments.models import Attachment
from app.keeping import snapshots
from app.papers.models import Document
from workflows.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.settings import Settings
    from workflows.db import Database

MANIFEST, FORMAT = "manifest.json", 1
ATTACHMENTS, SEALS, KEYS = "attachments", "seals", "keys"
BLOCK = 1024 * 1024


class NotEmpty(Conflict):
    """A backup goes into a folder of its own."""

    code = "keeping.folder_not_empty"
    sentence = "文件夹 {folder} 不是空的，请换一个新的文件夹存放备份。"


@dataclass(frozen=True, slots=True)
class Made:
    """What was backed up; ``missing`` are files the database names that are gone or damaged."""

    files: int
    size: int
    missing: tuple[str, ...]
    digest: str
    """SHA-256 of the manifest: with it anybody can tell whether the backup is still the same."""


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def keys_of(settings: Settings) -> dict[str, bytes]:
    """The keys without which a backup is of little use, by the file each lies in."""
    found = {"data.key": settings.data_key, "secret.key": settings.secret_key.encode()}
    return found | ({"seal.key": settings.seal_key} if settings.seal_key else {})


def fingerprint(key: bytes) -> str:
    """What tells a key from another without telling the key: it is of 32 random bytes."""
    return hashlib.sha256(b"xiangshen key " + key).hexdigest()[:16]


def back_up(settings: Settings, database: Database, folder: Path, now: datetime, *, keys: bool) -> Made:
    """Fill an empty folder; the office may go on working meanwhile."""
    if folder.exists() and any(folder.iterdir()):
        raise NotEmpty(folder=folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = settings.database_url
    snapshots.take(url, folder / snapshots.NAMES[snapshots.kind_of(url)])
    # After the copy: files only ever come, and each is written before its row.
    with database.reading() as session:
        missing = _copy_contents(session, settings.data_dir, folder)
    if settings.seal_folder and settings.seal_folder.is_dir():
        shutil.copytree(settings.seal_folder, folder / SEALS)
    if keys:
        _write_keys(folder / KEYS, keys_of(settings))
    return _seal(settings, folder, now, missing)


def _copy_contents(session: Session, data_dir: Path, folder: Path) -> tuple[str, ...]:
    missing = []
    for sha256 in sorted(referenced(session)):
        source, target = content.path_of(data_dir, sha256), content.path_of(folder, sha256)
        if not source.is_file() or digest_of_file(source) != sha256:
            missing.append(sha256)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return tuple(missing)


def referenced(session: Session) -> set[str]:
    """The hashes of every file the database names."""
    files = set(session.scalars(select(Attachment.sha256).distinct()))
    return files | set(session.scalars(select(Document.pdf_sha256).where(Document.pdf_sha256.is_not(None))))


def _write_keys(folder: Path, keys: dict[str, bytes]) -> None:
    folder.mkdir(mode=0o700)
    for name, key in keys.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(key)


def _seal(settings: Settings, folder: Path, now: datetime, missing: tuple[str, ...]) -> Made:
    files = {
        str(path.relative_to(folder)): {"sha256": digest_of_file(path), "size": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    said: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "database": snapshots.kind_of(settings.database_url),
        "keys": {name: fingerprint(key) for name, key in keys_of(settings).items()},
        "missing": list(missing),
        "files": files,
    }
    text = orjson.dumps(said, option=orjson.OPT_INDENT_2)
    (folder / MANIFEST).write_bytes(text)
    size = sum((folder / name).stat().st_size for name in files)
    return Made(len(files), size, missing, hashlib.sha256(text).hexdigest())
