"""One step of one case: the agenda of what can run, the growing task tree, the withdrawing of tokens."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.feel import FeelSyntaxError, to_json
from workflows.spiff import timing
from workflows.spiff.joins import InclusiveGateway, Synchronising
from workflows.spiff.loops import Instances
from workflows.spiff.refusals import TooManyRounds, Undecided
from workflows.spiff.scripting import NoScripts, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from workflows.spiff.model import Element, Flow, Specification
    from workflows.spiff.tasks import Node

MOST_AT_ONCE = 2_000
MOST_EVER = 100_000


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A service, send or business rule task the token has reached, with its inputs worked out."""

    element: Element
    inputs: Mapping[str, Any]
    index: int | None = None

    @property
    def operation(self) -> str | None:
        """The registered operation to perform; None for a business rule task."""
        return self.element.operation

    @property
    def decision(self) -> str | None:
        """The DMN decision to take; None for other tasks."""
        return self.element.decision


class CaseFlow(BpmnWorkflow):
    """The task tree of a case."""

    def __init__(self, specification: Specification) -> None:
        engine = specification.engine
        super().__init__(engine.main, engine.levels, script_engine=NoScripts(), deserializing=True)
        self.specification = specification
        self.counter = 0
        self.ended_at: str | None = None
        self.run: Run

    def _task_completed_notify(self, task: Task) -> None:
        if not _unfinished(self):
            self.completed = True
            self.ended_at = task.task_spec.element.id

    def parts(self) -> Iterator[Any]:
        """The case's own tree and the tree of every open subprocess."""
        yield self
        yield from list(self.subprocesses.values())

    def all_live(self) -> Iterator[Task]:
        """Every unfinished task, wherever it is."""
        for part in self.parts():
            for task in list(part.tasks.values()):
                if task.has_state(TaskState.NOT_FINISHED_MASK):
                    yield task


class PartFlow(BpmnSubWorkflow):
    """The task tree of one run of a subprocess or called process."""

    def _task_completed_notify(self, task: Task) -> None:
        # After an error its activity has gone another way already, and nobody holds this part any more.
        if _unfinished(self) or self.top_workflow.subprocesses.get(self.parent_task_id) is not self:
            return
        self.completed = True
        holder = self.top_workflow.get_task_from_id(self.parent_task_id)
        self.top_workflow.subprocesses.pop(self.parent_task_id, None)
        holder._set_state(TaskState.READY)
        self.top_workflow.run.agenda.append(holder)


@dataclass(slots=True)
class Run:
    """One step while it is being made."""

    case: CaseFlow
    scope: Scope
    ask: Callable[[ServiceCall], None]
    agenda: deque[Task] = field(default_factory=deque)
    passed: list[str] = field(default_factory=list)
    written: dict[str, Any] = field(default_factory=dict)
    results: dict[int, dict[int, Any]] = field(default_factory=dict)
    """What operations gave for each element of a list, by the activity's task and place."""
    members: dict[int, list[Any]] = field(default_factory=dict)
    """The list each multi-instance activity has been begun over in this step, by its task."""
    begun: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """What each instance begun in this step sees of its own, by its task."""
    _ran: int = 0

    def drain(self) -> None:
        """Run everything that can run, until only people, timers and messages are left."""
        while self.agenda or self.release():
            task = self.agenda.popleft()
            if task.state == TaskState.READY:
                self._ran += 1
                if self._ran > MOST_AT_ONCE:
                    raise TooManyRounds(limit=MOST_AT_ONCE)
                task.run()

    def release(self) -> bool:
        """Let an inclusive join go on that nothing can reach any more; False when there is none."""
        for task in self.case.all_live():
            spec = task.task_spec
            if task.state == TaskState.WAITING and isinstance(spec, InclusiveGateway) and spec.free(task):
                spec.take(task)
                task._ready()
                return True
        return False

    # Growing

    def plant(self, workflow: Any, spec: Node) -> Task:
        """The first task of a process instance."""
        task = workflow.task_tree = self._add(workflow, spec, None, {})
        spec._update(task)
        return task

    def grow(self, parent: Task, spec: Node, **kept: Any) -> Task:
        """A new task below ``parent``."""
        return self._add(parent.workflow, spec, parent, kept)

    def grow_beside(self, task: Task, spec: Node, **kept: Any) -> Task:
        """A new task next to ``task``."""
        return self._add(task.workflow, spec, task.parent, kept)

    def _add(self, workflow: Any, spec: Node, parent: Task | None, kept: dict[str, Any]) -> Task:
        task = Task(workflow, spec, parent, TaskState.FUTURE, id=self._next_id())
        task.internal_data.update(kept)
        return task

    def follow(self, task: Task, flow: Flow) -> None:
        """Send the token along a flow."""
        self.passed.append(flow.id)
        spec = task.workflow.spec.task_specs[flow.target]
        if isinstance(spec, Synchronising) and len(spec.incoming) > 1:
            self.grow(task, spec, by=flow.id)
        else:
            self.grow(task, spec)

    def open_part(self, holder: Task) -> None:
        """Begin the process inside a subprocess or call activity."""
        element = holder.task_spec.element
        holder.task_spec.enter(self)
        level = self.case.subprocess_specs[element.called or element.id]
        part = PartFlow(level, holder.id, self.case, deserializing=True)
        self.case.subprocesses[holder.id] = part
        self.plant(part, level.first)

    def _next_id(self) -> int:
        self.case.counter += 1
        if self.case.counter > MOST_EVER:
            raise TooManyRounds(limit=MOST_EVER)
        return self.case.counter

    # Withdrawing

    def withdraw(self, task: Task | None, spare: Task | None = None) -> None:
        """Take back a token with all that hangs on it, except ``spare`` and finished tasks."""
        if task is None or not task.has_state(TaskState.NOT_FINISHED_MASK):
            return
        task._set_state(TaskState.CANCELLED)
        self.disarm(task, spare)
        part = self.case.subprocesses.pop(task.id, None)
        if part is not None:
            self.withdraw_all(part)
        for child in task.children:
            self.withdraw(child)

    def withdraw_all(self, workflow: Any) -> None:
        """Take back every token of one process instance."""
        for task in list(workflow.tasks.values()):
            self.withdraw(task)

    def disarm(self, task: Task, spare: Task | None = None) -> None:
        """Stop the events on the border of an activity that is over."""
        for other in list(task.workflow.tasks.values()):
            if (
                other.internal_data.get("on") == task.id
                and other is not spare
                and other.state == TaskState.WAITING
            ):
                other._set_state(TaskState.CANCELLED)

    def choose(self, task: Task) -> None:
        """When an event behind an event gateway has come, the others there stop waiting."""
        gateway = task.internal_data.get("gate")
        if gateway is None:
            return
        self.passed.append(task.internal_data["by"])
        for other in list(task.workflow.tasks.values()):
            if other is not task and other.internal_data.get("gate") == gateway:
                self.withdraw(other)

    @staticmethod
    def task_in(workflow: Any, task_id: int) -> Task | None:
        """A task of this process instance by id."""
        return workflow.tasks.get(task_id)

    def raise_error(self, end: Task) -> None:
        """Hand an error to the nearest surrounding activity that catches it."""
        code = end.task_spec.element.error
        part = end.workflow
        self.withdraw_all(part)
        while part is not self.case:
            holder = self.case.get_task_from_id(part.parent_task_id)
            activity = holder.parent if "i" in holder.internal_data else holder
            for event in list(holder.workflow.tasks.values()):
                catches = event.task_spec.element.error in ("", code)
                if (
                    catches
                    and event.internal_data.get("on") == activity.id
                    and event.state == TaskState.WAITING
                ):
                    event.task_spec.fire(event)
                    return
            part = holder.workflow
        raise Undecided(name=called(end), reason="所抛出的错误没有人接收")

    # Evaluating

    def value(self, task: Task, text: str, local: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression as this task sees it."""
        try:
            return self.scope.evaluate(text, {**self._locals(task), **(local or {})})
        except FeelSyntaxError as error:
            raise Undecided(name=called(task), reason=f"表达式“{text}”有误（{error.sentence}）") from error

    def holds(self, task: Task, flow: Flow) -> bool:
        """Whether the condition of a flow holds; anything but true or false is a refusal."""
        verdict = self.value(task, flow.condition or "")
        if not isinstance(verdict, bool):
            raise Undecided(name=called(task), reason=f"“{flow.name or flow.shape}”的条件没有得出是或否")
        return verdict

    def due(self, task: Task) -> dict[str, Any]:
        """What a waiting timer keeps: its due instant; a repeating one also how often it fires after that."""
        element = task.task_spec.element
        value = self.value(task, element.timer.text)
        try:
            if element.timer.kind == "cycle":
                first, left = timing.cycle(value, self.scope.at)
                return {"due": _text(first), "left": left, "every": value.strip().partition("/")[2]}
            return {"due": _text(timing.instant(value, self.scope.at))}
        except timing.Unreckonable as error:
            raise Undecided(name=called(task), reason="计时没有得出可用的时间") from error

    def repeat(self, task: Task) -> None:
        """Arm an event again that may come again: a message, or a repeating timer with firings left."""
        kept = dict(task.internal_data)
        if "every" in kept and kept["left"] != 0:
            kept["left"] = None if kept["left"] is None else kept["left"] - 1
            kept["due"] = _text(timing.instant(kept["every"], datetime.fromisoformat(kept["due"])))
        elif task.task_spec.element.message is None:
            return
        self.grow_beside(task, task.task_spec, **kept)._set_state(TaskState.WAITING)

    def perform(self, task: Task) -> None:
        """Ask the caller to do what a service or business rule task says, then spread its outputs."""
        element = task.task_spec.element
        inputs = {line.target: self.value(task, line.source) for line in element.inputs}
        self.ask(ServiceCall(element, inputs, index_of(task)))
        for line in element.outputs:
            self._assign(line.target, _stored(self.value(task, line.source)))

    def keep(self, name: str, values: Mapping[str, Any]) -> None:
        """Add values under a step's name in the case's variables."""
        known = self.scope.variables.get(name)
        self._write(name, {**(known if isinstance(known, dict) else {}), **values})

    def keep_list(self, name: str, values: list[Any]) -> None:
        """Put the list of what the instances of a step gave under its name."""
        self._write(name, _stored(values))

    def _assign(self, path: str, value: Any) -> None:
        """Put a value under a dotted path; what lies on the way is copied, never changed."""
        first, *inner = path.split(".")
        for depth in range(len(inner), 0, -1):
            holder: Any = self.scope.variables.get(first)
            for name in inner[: depth - 1]:
                holder = holder.get(name) if isinstance(holder, dict) else None
            value = {**(holder if isinstance(holder, dict) else {}), inner[depth - 1]: value}
        self._write(first, value)

    def _write(self, name: str, value: Any) -> None:
        self.scope.variables[name] = self.written[name] = value

    def _locals(self, task: Task) -> dict[str, Any]:
        names: dict[str, Any] = {}
        for instance in surrounding_instances(task):
            wrapper = instance.parent
            for name, value in wrapper.task_spec.local(wrapper, instance).items():
                names.setdefault(name, value)
        return names


def _unfinished(workflow: Any) -> bool:
    # The youngest tasks come first: mostly the very next one is unfinished.
    return any(task.has_state(TaskState.NOT_FINISHED_MASK) for task in reversed(workflow.tasks.values()))


def surrounding_instances(task: Task) -> Iterator[Task]:
    """The multi-instance instances a task is in, innermost first; it may be one itself."""
    here: Task | None = task
    while here is not None:
        if (
            "i" in here.internal_data
            and here.parent is not None
            and isinstance(here.parent.task_spec, Instances)
        ):
            yield here
        holder = here.workflow.parent_task_id
        here = here.workflow.top_workflow.get_task_from_id(holder) if holder is not None else None


def index_of(task: Task) -> int | None:
    """Which instance of a multi-instance activity the task belongs to, counted from 0."""
    nearest = next(surrounding_instances(task), None)
    return None if nearest is None else int(nearest.internal_data["i"])


def called(task: Task) -> str:
    """How a sentence names the element of a task."""
    element: Element = task.task_spec.element
    return element.name or element.id


def _stored(value: Any) -> Any:
    """A FEEL value as JSON keeps it; a number with more digits than a float has is rounded."""

    def rounded(each: Any) -> Any:
        if isinstance(each, dict):
            return {name: rounded(item) for name, item in each.items()}
        if isinstance(each, list):
            return [rounded(item) for item in each]
        return float(each) if isinstance(each, Decimal) else each

    return rounded(to_json(value))


def _text(moment: datetime) -> str:
    return moment.isoformat()
