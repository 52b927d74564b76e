"""Undoing one completed task, and putting off what is due, on the stored state itself.

A state is a set of tokens, each a row with an id that is never given twice. What a step did to them is the
difference of the states before and after it: rows it took away, rows it brought, rows it changed. Undoing
it turns that difference round on today's state, whatever other branches have done since, as long as every
row it brought still stands exactly as it left it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from workflows.spiff.refusals import NotAsItWas, StateUnreadable
from workflows.spiff.serializer import upgraded
from workflows.spiff.stepping import Step, begin, finish

if TYPE_CHECKING:
    from workflows.spiff.model import Specification
    from workflows.spiff.scripting import Scope
    from workflows.spiff.stepping import Ask

    Row = list[Any]
    Placed = tuple[tuple[int, str], Row]
    Rows = dict[int, Placed]

PARENT, ELEMENT, LETTER, KEPT = 1, 2, 3, 4


def take_back(spec: Specification, before: bytes, after: bytes, state: bytes, scope: Scope, ask: Ask) -> Step:
    """撤回: ``state`` without the step that led from ``before`` to ``after``; raises NotAsItWas.

    The task that was done is open again under its old id. Votes it gave are taken off the count.
    """
    merged = _without(upgraded(before), upgraded(after), upgraded(state))
    try:
        run = begin(spec, merged, scope, ask)
    except StateUnreadable as error:
        raise NotAsItWas from error
    return finish(run)


def postpone(spec: Specification, state: bytes, by: timedelta, scope: Scope, ask: Ask) -> Step:
    """恢复: every timer the case waits for is due so much later; nothing else changes."""
    kept = upgraded(state)
    for _, _, rows in kept["p"]:
        for row in rows:
            if len(row) > KEPT and "due" in row[KEPT]:
                row[KEPT]["due"] = (datetime.fromisoformat(row[KEPT]["due"]) + by).isoformat()
    return finish(begin(spec, orjson.dumps(kept), scope, ask))


def _without(before: dict[str, Any], after: dict[str, Any], now: dict[str, Any]) -> bytes:
    old, new, rows = _rows(before), _rows(after), _rows(now)
    if not now["p"]:
        raise NotAsItWas
    for key in new.keys() - old.keys():
        if rows.pop(key, None) != new[key]:
            raise NotAsItWas
    for key in old.keys() - new.keys():
        if key in rows:
            raise NotAsItWas
        rows[key] = old[key]
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            rows[key] = _turned_back(old[key], new[key], rows.get(key))
    return _stored(now, rows)


def _rows(state: dict[str, Any]) -> Rows:
    """Every row by its id, with the process instance it belongs to."""
    return {row[0]: ((holder, level), row) for holder, level, rows in state["p"] for row in rows}


def _turned_back(
    old: tuple[tuple[int, str], Row],
    new: tuple[tuple[int, str], Row],
    now: tuple[tuple[int, str], Row] | None,
) -> tuple[tuple[int, str], Row]:
    """A row the step changed: what it changed is changed back, counts by the difference it made."""
    if now is None:
        raise NotAsItWas
    row = list(now[1])
    for place in (PARENT, LETTER):
        if old[1][place] != new[1][place]:
            if row[place] != new[1][place]:
                raise NotAsItWas
            row[place] = old[1][place]
    kept = _counted_back(_kept(old[1]), _kept(new[1]), _kept(row))
    return now[0], [*row[:KEPT], kept] if kept else row[:KEPT]


def _kept(row: Row) -> dict[str, Any]:
    return dict(row[KEPT]) if len(row) > KEPT else {}


def _counted_back(old: dict[str, Any], new: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    for name in old.keys() | new.keys():
        if old.get(name) == new.get(name):
            continue
        if not all(isinstance(each.get(name, 0), int) for each in (old, new, now)):
            raise NotAsItWas
        now[name] = now.get(name, 0) + old.get(name, 0) - new.get(name, 0)
    # A count that was not begun yet is not written as nought: the state is the same as ever before.
    return {name: value for name, value in now.items() if value or name not in new or name in old}


def _stored(now: dict[str, Any], rows: Rows) -> bytes:
    """The state with these rows, parents first, in their process instances, the case's own first."""
    parts: dict[tuple[int, str], list[Row]] = {}
    for key in sorted(rows):
        part, row = rows[key]
        parts.setdefault(part, []).append(row)
    if (0, "") not in parts or any(row[PARENT] and row[PARENT] not in rows for _, row in rows.values()):
        raise NotAsItWas
    listed = [[holder, level, parts[holder, level]] for holder, level in sorted(parts)]
    return orjson.dumps({**now, "p": listed})
