"""What the small buttons of a page do to the answers typed so far, and how uploads join them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

Posted = MultiDict[str, str]
_PATH = r"[^\W\d_]\w*(?:\.\d{1,5}\.[^\W\d_]\w*)?"
_ADD = re.compile(rf"_add:({_PATH})")
_REMOVE = re.compile(rf"_remove:({_PATH})\.(\d{{1,5}})")
_DROP = re.compile(rf"_drop:({_PATH})\.(\d{{1,16}})")
_FILE = re.compile(rf"_file:({_PATH})")
REFRESH = "_refresh"


def has_row_action(data: Mapping[str, Any]) -> bool:
    """Whether one of the small buttons was pressed: show the page again, judge nothing yet."""
    return REFRESH in data or any(
        pattern.fullmatch(key) for key in data for pattern in (_ADD, _REMOVE, _DROP)
    )


def apply_row_action(data: Posted) -> Posted:
    """The same answers after the button for one more row, one row less, or one file less."""
    after = MultiDict((key, value) for key, value in data.items(multi=True))
    for key in list(data):
        if added := _ADD.fullmatch(key):
            _add(after, added[1])
        elif removed := _REMOVE.fullmatch(key):
            _remove(after, removed[1], removed[2])
        elif dropped := _DROP.fullmatch(key):
            after.setlist(dropped[1], [one for one in after.getlist(dropped[1]) if one != dropped[2]])
        elif key != REFRESH:
            continue
        after.poplist(key)
    return after


def _add(data: Posted, path: str) -> None:
    inside = re.compile(rf"{re.escape(path)}\.(\d{{1,5}})\.")
    marks = data.getlist(f"_row:{path}") + [found[1] for key in data if (found := inside.match(key))]
    numbers = [int(mark) for mark in marks if mark.isascii() and mark.isdigit()]
    data.add(f"_row:{path}", str(max(numbers, default=-1) + 1))


def _remove(data: Posted, path: str, number: str) -> None:
    marks = [mark for mark in data.getlist(f"_row:{path}") if mark != number]
    data.setlist(f"_row:{path}", marks)
    for key in [key for key in data if key.startswith(f"{path}.{number}.")]:
        data.poplist(key)


def with_uploads(
    data: Posted,
    files: MultiDict[str, FileStorage],
    store: Callable[[str, FileStorage], int | str],
) -> tuple[Posted, dict[str, str]]:
    """The answers with the numbers of the files just uploaded, and what was refused, by path.

    `store(path, file)` keeps one file and gives its number, or the sentence why it did not.
    """
    after = MultiDict((key, value) for key, value in data.items(multi=True))
    refused: dict[str, str] = {}
    for path, file in _chosen(files):
        kept = store(path, file)
        if isinstance(kept, int):
            after.add(path, str(kept))
        else:
            refused[path] = kept
    return after, refused


def _chosen(files: MultiDict[str, FileStorage]) -> Iterable[tuple[str, FileStorage]]:
    for key, file in files.items(multi=True):
        named = _FILE.fullmatch(key)
        if named and file.filename:
            yield named[1], file
