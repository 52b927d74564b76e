"""Restoring a backup: checked whole before anything is touched, refused where something would be lost."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from app.keeping import snapshots
from app.keeping.backups import (
    ATTACHMENTS,
    FORMAT,
    KEYS,
    MANIFEST,
    SEALS,
    digest_of_file,
    fingerprint,
    keys_of,
)
from app.keeping.snapshots import Damaged
from workflows.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.settings import Settings


class NoBackup(NotFound):
    """The folder holds no backup of ours."""

    code = "keeping.no_backup"
    sentence = "文件夹 {folder} 里没有备份（缺少 manifest.json，或不是本系统的备份）。"


class OtherDatabase(Conflict):
    """A copy of one kind of database does not go into the other."""

    code = "keeping.other_database"
    sentence = "这份备份来自 {theirs}，现在设置的数据库是 {ours}；请把 XIANGSHEN_DATABASE_URL 改成同一种。"


class WouldReplace(Conflict):
    """There is an office already."""

    code = "keeping.would_replace"
    sentence = (
        "现在的数据库里已有数据，恢复会全部替换。确定要替换请加 --replace，并先停止服务、另做一份备份。"
    )


class OtherKey(Conflict):
    """What was sealed under one key opens under no other."""

    code = "keeping.other_key"
    sentence = (
        "密钥 {name} 与备份时的不同，恢复后加密的内容和封存将无法核验。请先把备份时的 {name} 放回再恢复。"
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    files: int
    made_at: str
    missing: tuple[str, ...]


def checked(folder: Path) -> dict[str, Any]:
    """The manifest of a backup every file of which is as it was; raises NoBackup or Damaged."""
    try:
        said: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        files: dict[str, dict[str, Any]] = said["files"]
        fits = said["format"] == FORMAT and said["database"] in snapshots.NAMES
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoBackup(folder=folder) from error
    if not fits or snapshots.NAMES[said["database"]] not in files:
        raise NoBackup(folder=folder)
    for name, kept in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Damaged(name=name, why="路径不在备份之内")
        if not path.is_file():
            raise Damaged(name=name, why="文件不见了")
        if path.stat().st_size != kept["size"] or digest_of_file(path) != kept["sha256"]:
            raise Damaged(name=name, why="内容与清单的散列值不符")
    return said


def restore(settings: Settings, folder: Path, *, replace: bool) -> Restored:
    """Put everything back; nothing is touched before everything was checked."""
    said = checked(folder)
    url, kind = settings.database_url, snapshots.kind_of(settings.database_url)
    if said["database"] != kind:
        raise OtherDatabase(theirs=said["database"], ours=kind)
    snapshots.require_tools(url)
    if not replace and not snapshots.is_empty(url):
        raise WouldReplace
    _require_keys(settings, folder, said["keys"])
    # Files first: they are named by their content, so that nothing is overwritten by something else.
    for name in said["files"]:
        if name.startswith(f"{ATTACHMENTS}/"):
            _copy(folder / name, settings.data_dir / name)
        elif name.startswith(f"{SEALS}/") and settings.seal_folder:
            _copy(folder / name, settings.seal_folder / Path(name).relative_to(SEALS))
    snapshots.put_back(url, folder / snapshots.NAMES[kind])
    _restore_keys(settings, folder)
    return Restored(len(said["files"]), said["made_at"], tuple(said["missing"]))


def _require_keys(settings: Settings, folder: Path, kept: Mapping[str, str]) -> None:
    """The keys that seal and sign must be those of then, or come with the backup."""
    ours = keys_of(settings)
    for name in ("data.key", "seal.key"):
        same = name not in kept or (name in ours and fingerprint(ours[name]) == kept[name])
        if not same and not _comes_along(settings, folder, name):
            raise OtherKey(name=name)


def _comes_along(settings: Settings, folder: Path, name: str) -> bool:
    """Whether the backup carries the key and the installation keeps its own in the data folder."""
    place = settings.data_dir / name
    own = place.is_file() and place.read_bytes() == keys_of(settings).get(name)
    return own and (folder / KEYS / name).is_file()


def _restore_keys(settings: Settings, folder: Path) -> None:
    for name in ("data.key", "seal.key"):
        if _comes_along(settings, folder, name):
            place = settings.data_dir / name
            place.write_bytes((folder / KEYS / name).read_bytes())
            place.chmod(0o600)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    part.replace(target)
