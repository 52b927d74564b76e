"""What has to be given to ask a decision of a draft by itself, and how what was typed becomes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows import feel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.decisions import Model
    from workflows.decisions.model import Part

GIVEN = "param"
"""What a draft gives by itself."""

_PATH = r"(?<![\w.\"]){root}((?:\.[^\W\d]\w*)*)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value to give: its path, what it is called, and what it may be where the table lists that."""

    path: str
    label: str
    options: tuple[str, ...] = ()


def wanted(model: Model, decision: str) -> tuple[Wanted, ...]:
    """The values a decision, and those it requires, read from the case."""
    parts = list(_required(model, decision))
    roots = {part.name for part in parts if part.kind == "inputData"} - {GIVEN}
    texts = [text for part in parts for text in _texts(part)]
    paths = {
        f"{root}{found}"
        for root in roots
        for text in texts
        for found in re.findall(_PATH.format(root=re.escape(root)), text)
    }
    # A whole that is also read by its parts is given by its parts.
    leaves = [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]
    columns = {column.source: column for part in parts if part.table for column in part.table.inputs}
    return tuple(_wanted(path, columns) for path in sorted(leaves))


def _wanted(path: str, columns: Mapping[str, Any]) -> Wanted:
    column = columns.get(path)
    if column is None:
        return Wanted(path, path)
    options = tuple(str(value) for value in column.values if isinstance(value, str))
    return Wanted(path, column.label or path, options)


def _required(model: Model, decision: str) -> Iterator[Part]:
    waiting, seen = [model.named(decision, "decision")], set()
    while waiting:
        part = waiting.pop()
        if part is None or part.id in seen:
            continue
        seen.add(part.id)
        yield part
        waiting += [part.model.at(need) for need in part.needs]


def _texts(part: Part) -> Iterator[str]:
    if part.written is not None:
        yield part.written.source
    for column in part.table.inputs if part.table else ():
        yield column.source
    for rule in part.table.rules if part.table else ():
        yield from (cell.text for cell in (*rule.tests, *rule.results))


def given(typed: Mapping[str, str]) -> dict[str, Any]:
    """Names for the decision from what was typed by path: FEEL where it is that, else plain words."""
    made: dict[str, Any] = {}
    for path, text in typed.items():
        *above, last = path.split(".")
        holder = made
        for step in above:
            holder = holder.setdefault(step, {})
        holder[last] = value(text)
    return made


def value(text: str) -> Any:
    """What was typed: a number, true or false, a FEEL value, or plain words; nothing for nothing."""
    text = text.strip()
    if not text:
        return None
    try:
        expression = feel.parse(text)
        found = feel.evaluate(text) if not feel.names(expression) else None
    except feel.FeelSyntaxError:
        return text
    return text if found is None and text != "null" else feel.to_json(found)
