"""The words a procedure rests on: the documents that came with the system, and those laid to an amendment."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflows.designing.amendments import SOURCE_FOLDER
from workflows.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

CAME_ALONG = Path(__file__).resolve().parents[2] / "bpmn" / "sources"


class UnknownDocument(NotFound):
    """No such document."""

    code = "document.unknown"
    sentence = "没有找到这份依据文件，请刷新页面后再选。"


@cache
def came_along() -> dict[str, str]:
    """The texts an installation starts with, by file name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(CAME_ALONG.glob("*.txt"))}


def texts(files: Mapping[str, str]) -> dict[str, str]:
    """Every text an element of an amendment may cite, by file name.

    What came with the system is not replaced by a document of the same name.
    """
    own = {
        name.removeprefix(SOURCE_FOLDER): text
        for name, text in files.items()
        if name.startswith(SOURCE_FOLDER)
    }
    return {**own, **came_along()}


def text(files: Mapping[str, str], name: str) -> str:
    """One of them; raises UnknownDocument."""
    found = texts(files).get(name)
    if found is None:
        raise UnknownDocument
    return found


def listed(files: Mapping[str, str], meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each document's file and title, those the procedure names first, then its own, then the others."""
    titles = {str(each.get("file")): str(each.get("title") or "") for each in meta.get("documents", ())}
    rows = [
        {
            "file": name,
            "title": titles.get(name) or _first_line(content) or name,
            "named": name in titles,
            "own": f"{SOURCE_FOLDER}{name}" in files,
        }
        for name, content in texts(files).items()
    ]
    return sorted(rows, key=lambda row: (not row["named"], not row["own"]))


def _first_line(content: str) -> str:
    return next((line.strip()[:60] for line in content.splitlines() if line.strip()), "")
