"""An amendment as files: packed for other tools, and taken in from them. What comes in is not trusted."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.commands import Command, Context
from workflows.designing.amendments import SOURCE_FOLDER, Amendment, seen
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_FILES = 200
MOST_BYTES = 5_000_000
"""Of everything that is taken in at once, unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAmendment(Command[bytes]):
    """导出: an amendment's files as a ZIP archive that Camunda's Modeler opens once unpacked."""

    amendment_id: int

    def authorise(self, ctx: Context) -> None:
        """Whoever administers the procedure."""
        ctx.memory["amendment"] = seen(ctx.session, ctx.actor, self.amendment_id)

    def run(self, ctx: Context) -> bytes:
        """Pack them, and say on the trail what was taken along."""
        row: Amendment = ctx.memory["amendment"]
        ctx.record("catalogue", procedure=row.procedure_key, amendment=row.id, digest=row.digest_now())
        return packed(row.procedure_key, row.files.items())


def packed(key: str, files: Iterable[tuple[str, str]]) -> bytes:
    """A ZIP archive of files in a folder of the procedure's name; the same files give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files):
            entry = zipfile.ZipInfo(f"{key}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return held.getvalue()


def unpacked(name: str, content: bytes) -> dict[str, str]:
    """The artefacts in an archive, or a single one by its name; raises Invalid naming what is wrong."""
    if name.lower().endswith(".zip"):
        return _of_archive(content)
    own = _own_name(name)
    if own is None:
        raise Invalid(
            {"file": f"“{name}”不是事项的文件：只收 .zip、.bpmn、.dmn、.toml、.json（表单）和 .txt（依据）。"}
        )
    return {own: _text(name, content)}


def _of_archive(content: bytes) -> dict[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > MOST_BYTES:
                raise Invalid({"file": "压缩包里的文件太多或太大：最多 200 个，共 5 MB。"})
            found = {}
            for each in entries:
                own = _own_name(each.filename)
                if own is not None:
                    found[own] = _text(each.filename, _bounded(archive, each))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as broken:
        raise Invalid({"file": "压缩包打不开，可能已损坏或加了密。"}) from broken
    if not found:
        raise Invalid({"file": "压缩包里没有事项的文件（process.bpmn、procedure.toml 等）。"})
    return found


def _bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry's bytes, however large it says it is."""
    with archive.open(entry) as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid({"file": "压缩包里的文件太大。"})
    return content


def _own_name(path: str) -> str | None:
    """The name an amendment keeps a file under; None for what it does not keep."""
    parts = path.replace("\\", "/").split("/")
    name = parts[-1]
    if name in {"procedure.toml", "scenarios.toml"}:
        return name
    if name.endswith((".bpmn", ".bpmn20.xml")):
        return "process.bpmn"
    if name.endswith(".dmn"):
        return "decisions.dmn"
    if name.endswith((".json", ".form")):
        return f"forms/{name.rpartition('.')[0]}.json"
    if name.endswith(".txt"):
        return f"{SOURCE_FOLDER}{name}"
    return None


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid({"file": f"“{name}”不是 UTF-8 编码的文本。"}) from None
