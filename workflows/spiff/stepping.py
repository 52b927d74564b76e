"""State in, Step out: starting a case, completing a task, waking for a timer, delivering a message.

Pure: no database, no clock, no web. Each call loads the state, lets everything run that can, and gives the
new state; after any exception nothing is kept (throw away ``scope.variables`` too).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from SpiffWorkflow.util.task import TaskState

from workflows.spiff import serializer
from workflows.spiff.machine import CaseFlow, Run, ServiceCall, index_of
from workflows.spiff.refusals import EngineStuck, NotExpected, NotWaiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from SpiffWorkflow.task import Task

    from workflows.spiff.loops import Vote
    from workflows.spiff.model import Specification
    from workflows.spiff.scripting import Scope

    Ask = Callable[[ServiceCall], None]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task a person may complete; ``index`` counts the instances of a multi-instance activity from 0."""

    task_id: str
    element: str
    index: int | None
    local: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What an instance that has begun in this step sees beside the case's variables."""


class Waiting(NamedTuple):
    """An event the case waits for: ``kind`` is ``timer`` or ``message``, ``due`` the instant of a timer."""

    element: str
    kind: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a step, and the state to keep.

    ``passed`` names, in order, the elements the token left and the flows it took. ``written`` holds the
    variables the engine itself wrote: outputs of calls, and counts of votes under their element's id.
    """

    state: bytes
    open_tasks: tuple[OpenTask, ...]
    waiting: tuple[Waiting, ...]
    wake_at: datetime | None
    ended: bool
    ended_at: str | None
    passed: tuple[str, ...]
    written: dict[str, Any]


def start(spec: Specification, scope: Scope, ask: Ask) -> Step:
    """Begin a case at its start event."""
    run = _run(CaseFlow(spec), scope, ask)
    run.plant(run.case, spec.engine.main.first)
    return finish(run)


def complete(
    spec: Specification, state: bytes, task_id: str, scope: Scope, ask: Ask, *, vote: Vote | None = None
) -> Step:
    """Complete an open task; ``vote`` is counted when it is an instance of a multi-instance activity."""
    run = begin(spec, state, scope, ask)
    task = ready(run.case, task_id)
    if vote is not None:
        task.internal_data["vote"] = vote
    task.run()
    return finish(run)


def wake(spec: Specification, state: bytes, scope: Scope, ask: Ask) -> Step:
    """Fire every timer that is due at ``scope.at``, the earliest first; with none due nothing changes."""
    run = begin(spec, state, scope, ask)
    while True:
        timers = ((_due(task), task) for task in _events(run.case))
        due = [(moment, task) for moment, task in timers if moment is not None and moment <= scope.at]
        if not due:
            return finish(run)
        _, task = min(due, key=lambda each: (each[0], each[1].id))
        task.task_spec.fire(task)
        run.drain()


def deliver(spec: Specification, state: bytes, message: str, scope: Scope, ask: Ask) -> Step:
    """Hand a message to every event that waits for it; raises NotExpected when none does."""
    run = begin(spec, state, scope, ask)
    waiting = [task for task in _events(run.case) if task.task_spec.element.message == message]
    if not waiting:
        raise NotExpected(message=message)
    for task in waiting:
        if task.state == TaskState.WAITING:
            task.task_spec.fire(task)
    return finish(run)


def peek(spec: Specification, state: bytes) -> CaseFlow:
    """The case of a stored state, to look at."""
    return serializer.load(spec, state)


def open_tasks(spec: Specification, state: bytes) -> list[str]:
    """The ids of the tasks that wait for a person in a stored state."""
    return [str(task.id) for task in peek(spec, state).all_live() if task.state == TaskState.READY]


def begin(spec: Specification, state: bytes, scope: Scope, ask: Ask) -> Run:
    """A step about to be made on a stored state."""
    return _run(serializer.load(spec, state), scope, ask)


def _run(case: CaseFlow, scope: Scope, ask: Ask) -> Run:
    case.run = Run(case, scope, ask)
    return case.run


def ready(case: CaseFlow, task_id: str) -> Task:
    """The open task of this id; raises NotWaiting when there is none."""
    for part in case.parts():
        task = part.tasks.get(int(task_id)) if task_id.isdecimal() else None
        if task is not None and task.state == TaskState.READY and task.task_spec.manual:
            return task
    raise NotWaiting


def finish(run: Run) -> Step:
    """Let everything run that can, and say what came of it; raises EngineStuck when nothing can follow."""
    run.drain()
    case = run.case
    tasks = sorted(case.all_live(), key=lambda task: task.id)
    open_tasks = tuple(
        OpenTask(str(task.id), task.task_spec.element.id, index_of(task), run.begun.get(task.id, {}))
        for task in tasks
        if task.state == TaskState.READY
    )
    waiting = tuple(_waiting(task) for task in tasks if _is_event(task))
    if not case.completed and not open_tasks and not waiting:
        names = (task.task_spec.element.name or task.task_spec.element.id for task in tasks)
        raise EngineStuck(where="、".join(names))
    return Step(
        state=serializer.dump(case),
        open_tasks=open_tasks,
        waiting=waiting,
        wake_at=min((event.due for event in waiting if event.due is not None), default=None),
        ended=case.completed,
        ended_at=case.ended_at,
        passed=tuple(run.passed),
        written=run.written,
    )


def _events(case: CaseFlow) -> list[Task]:
    return [task for task in case.all_live() if _is_event(task)]


def _is_event(task: Task) -> bool:
    element = task.task_spec.element
    return bool(
        task.state == TaskState.WAITING and (element.timer is not None or element.message is not None)
    )


def _waiting(task: Task) -> Waiting:
    element = task.task_spec.element
    return Waiting(element.id, "message" if element.timer is None else "timer", _due(task))


def _due(task: Task) -> datetime | None:
    text = task.internal_data.get("due")
    return None if text is None else datetime.fromisoformat(text)
