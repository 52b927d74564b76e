"""What the small buttons of a page do to the answers typed so far, and how uploads join them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from werkzeug.datastructures import FileStorage, MultiDict

from forms.definition import Definition, Field

Posted = MultiDict[str, str]
_PATH = r"[^\W\d_]\w*(?:\.\d{1,5}\.[^\W\d_]\w*)?"
_ADD = re.compile(rf"_add:({_PATH})")
_REMOVE = re.compile(rf"_remove:({_PATH})\.(\d{{1,5}})")
_DROP = re.compile(rf"_drop:({_PATH})\.(\d{{1,16}})")
_FILE = re.compile(rf"(?:_file:)?({_PATH})")
_BUTTONS = ("_add", "_remove", "_drop")
_REFRESH = "_refresh"
FROM = "_from"
"""Inside a row: the number of the stored row it came from; empty for a new one."""


def has_row_action(data: Posted) -> bool:
    """Whether one of the small buttons was pressed: show the page again, judge nothing yet."""
    return _REFRESH in data or any(
        pattern.fullmatch(press) for press in _pressed(data) for pattern in (_ADD, _REMOVE, _DROP)
    )


def apply_row_action(data: Posted) -> Posted:
    """The same answers after the button for one more row, one row less, or one file less."""
    after = MultiDict(
        (key, value) for key, value in data.items(multi=True) if key.partition(":")[0] not in _BUTTONS
    )
    after.poplist(_REFRESH)
    for press in _pressed(data):
        if added := _ADD.fullmatch(press):
            _add(after, added[1])
        elif removed := _REMOVE.fullmatch(press):
            _remove(after, f"{removed[1]}.{removed[2]}.")
        elif dropped := _DROP.fullmatch(press):
            after.setlist(dropped[1], [one for one in after.getlist(dropped[1]) if one != dropped[2]])
    return after


def _pressed(data: Posted) -> list[str]:
    """The buttons, spelled `_add:members` or with the path as their value."""
    plain = [key for key in data if key.partition(":")[0] in _BUTTONS and ":" in key]
    return plain + [f"{name}:{value}" for name in _BUTTONS for value in data.getlist(name)]


def _add(data: Posted, path: str) -> None:
    inside = re.compile(rf"{re.escape(path)}\.(\d{{1,5}})\.")
    numbers = [int(found[1]) for key in data if (found := inside.match(key))]
    data.add(f"{path}.{max(numbers, default=-1) + 1}.{FROM}", "")


def _remove(data: Posted, inside: str) -> None:
    for key in [key for key in data if key.startswith(inside)]:
        data.poplist(key)


def with_uploads(
    definition: Definition,
    data: Posted,
    files: MultiDict[str, FileStorage],
    store: Callable[[Field, FileStorage], int | str],
) -> tuple[Posted, dict[str, str]]:
    """The answers with the numbers of the files just uploaded, and what was refused, by path.

    `store(field, file)` keeps one file and gives its number, or the sentence why it did not.
    Files under a name the definition does not ask for are left alone.
    """
    after = MultiDict((key, value) for key, value in data.items(multi=True))
    refused: dict[str, str] = {}
    for path, file in _chosen(files):
        field = definition.at(path)
        if field is None or field.type != "files":
            continue
        kept = store(field, file)
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
