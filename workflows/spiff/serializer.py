"""The state of a case as bytes, and back. Only tokens are kept: no specification, no variables, no history.

Format 1, JSON: ``v`` format, ``n`` last task id given, ``e`` the end event of an ended case, ``p`` the
process instances, the case's own first: ``[holding task or 0, level, rows]``. A row is a task,
``[id, parent, element, state, kept?]``, parents before children. States: ``r`` ready, ``w`` waiting,
``s`` started, ``c`` completed (a fork that is still needed).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.spiff.loops import INSTANCE
from workflows.spiff.machine import CaseFlow, PartFlow
from workflows.spiff.refusals import StateUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.spiff.model import Specification

FORMAT = 1

_LETTERS = {
    TaskState.READY: "r",
    TaskState.WAITING: "w",
    TaskState.STARTED: "s",
    TaskState.COMPLETED: "c",
}
_STATES = {letter: state for state, letter in _LETTERS.items()}


def dump(case: CaseFlow) -> bytes:
    """The state of a case, history left out."""
    parts = [] if case.completed else [_part(0, case)]
    if parts:
        parts += [_part(holder, part) for holder, part in sorted(case.subprocesses.items())]
    return orjson.dumps({"v": FORMAT, "n": case.counter, "e": case.ended_at, "p": parts})


def load(specification: Specification, state: bytes) -> CaseFlow:
    """The case of a stored state; raises StateUnreadable when the two do not belong together."""
    kept = upgraded(state)
    case = CaseFlow(specification)
    try:
        case.counter, case.ended_at = kept["n"], kept["e"]
        case.completed = not kept["p"]
        for holder, level, rows in kept["p"]:
            workflow = _open(case, holder, level) if holder else case
            for row in rows:
                _restore(workflow, row)
            workflow.task_tree = workflow.tasks[rows[0][0]]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise StateUnreadable(reason=f"与流程版本不符（{error}）") from error
    return case


def tokens(state: bytes) -> frozenset[str]:
    """The ids of all elements a stored state has a token in, or needs to bring branches together."""
    rows = (row for _, _, rows in upgraded(state)["p"] for row in rows)
    return frozenset(str(row[2]).removesuffix(INSTANCE) for row in rows)


def tasks(state: bytes) -> frozenset[str]:
    """The ids of all tasks a stored state holds."""
    return frozenset(str(row[0]) for _, _, rows in upgraded(state)["p"] for row in rows)


def shape(state: bytes) -> list[Any]:
    """What a stored state says without its ids: each task by the names on the way to it, in order."""
    kept = upgraded(state)
    named: dict[int, list[str]] = {}
    found: list[Any] = []
    for holder, level, rows in kept["p"]:
        for row in rows:
            above = named.get(row[1]) or named.get(holder, [])
            named[row[0]] = [*above, f"{level}/{row[2]}"]
            found.append([named[row[0]], row[3], row[4] if len(row) > 4 else None])
    return [kept["e"], sorted(found, key=orjson.dumps)]


def upgraded(state: bytes) -> dict[str, Any]:
    """A stored state in today's format, whichever format it was written in."""
    try:
        kept = orjson.loads(state)
        version = kept["v"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise StateUnreadable(reason="内容损坏") from error
    # A later format upgrades the earlier ones here; one state of each lies in tests/states.
    if version != FORMAT:
        raise StateUnreadable(reason=f"格式{version}未知")
    result: dict[str, Any] = kept
    return result


def _part(holder: int, workflow: Any) -> list[Any]:
    level = "" if holder == 0 else workflow.spec.name
    return [holder, level, [_row(task, parent) for task, parent in _kept(workflow)]]


def _row(task: Task, parent: int) -> list[Any]:
    row = [task.id, parent, task.task_spec.name, _LETTERS[task.state]]
    return [*row, task.internal_data] if task.internal_data else row


def _kept(workflow: Any) -> Iterable[tuple[Task, int]]:
    """Unfinished tasks and the forks between them, each with the nearest kept task above, parents first.

    A finished task between one parent and one child says nothing any more; where two live branches part,
    it does: joins and loops ask for the task above both.
    """
    needed: dict[int, bool] = {}
    below: dict[int, int] = {}
    tasks = [task for _, task in sorted(workflow.tasks.items())]
    for task in reversed(tasks):
        count = below.get(task.id, 0)
        alive = task.has_state(TaskState.NOT_FINISHED_MASK)
        needed[task.id] = alive or count > 1
        if task._parent is not None:
            below[task._parent] = below.get(task._parent, 0) + (1 if alive or count else 0)
    above: dict[int, int] = {}
    for task in tasks:
        parent = 0 if task._parent is None else above[task._parent]
        above[task.id] = task.id if needed[task.id] else parent
        if needed[task.id]:
            yield task, parent


def _open(case: CaseFlow, holder: int, level: str) -> PartFlow:
    if not any(holder in part.tasks for part in case.parts()):
        raise KeyError(holder)
    part = PartFlow(case.subprocess_specs[level], holder, case, deserializing=True)
    case.subprocesses[holder] = part
    return part


def _restore(workflow: Any, row: list[Any]) -> None:
    task_id, parent, name, letter = row[:4]
    above = workflow.tasks[parent] if parent else None
    task = Task(workflow, workflow.spec.task_specs[name], above, _STATES[letter], id=task_id)
    if len(row) > 4:
        task.internal_data = row[4]
