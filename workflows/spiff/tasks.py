"""What a token does at each kind of element, as SpiffWorkflow task specifications.

SpiffWorkflow runs the life of a task (ready, run, complete). Three of its habits are left out on purpose:
it predicts the tasks that may follow (two to the power of the number of parallel blocks), it copies data
from task to task (a stale copy could win at a join), and it scans the whole tree after each task. Instead
a task creates its followers when it completes, variables live in the caller's scope, and what becomes
ready is put on the agenda of the running step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from workflows.spiff.model import CALLS, HUMAN, Element, Flow
from workflows.spiff.refusals import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterable

    from SpiffWorkflow.task import Task

    from workflows.spiff.machine import Run


class Node(BpmnTaskSpec):
    """Any element: enters, runs, and passes the token on along its flows."""

    def __init__(self, process: Any, element: Element, outgoing: tuple[Flow, ...], name: str = "") -> None:
        super().__init__(process, name or element.id)
        self.element = element
        self.flows = outgoing
        self.boundary: tuple[BoundaryEvent, ...] = ()
        self.arrivals: tuple[str, ...] = ()
        self.manual = element.kind in HUMAN

    def chosen(self, task: Task) -> Iterable[Flow]:
        """The flows the token leaves by; every one, unless a gateway decides otherwise."""
        return self.flows

    def _predict(self, *_args: Any, **_names: Any) -> None:
        """Nothing is predicted."""

    def _update_hook(self, my_task: Task) -> bool:
        self.guard(my_task)
        return True

    def guard(self, task: Task) -> None:
        """Arm the events on the border of this activity; they are siblings of its task."""
        for event in self.boundary:
            event.arm(run_of(task).grow_beside(task, event, on=task.id))

    def _on_ready(self, my_task: Task) -> None:
        if not self.manual:
            run_of(my_task).agenda.append(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        run = run_of(my_task)
        if self.boundary:
            run.disarm(my_task)
        self.note(run)
        for flow in self.chosen(my_task):
            run.follow(my_task, flow)

    def note(self, run: Run) -> None:
        """Note that the token has passed this element."""
        run.passed.append(self.element.id)


def run_of(task: Task) -> Run:
    """The step being made, from any task of its case."""
    run: Run = task.workflow.top_workflow.run
    return run


class Call(Node):
    """A service, send or business rule task: asks the caller, then goes on."""

    def _run_hook(self, my_task: Task) -> bool:
        run_of(my_task).perform(my_task)
        return True


class Container(Node):
    """A subprocess or a call activity: holds a process of its own until that has ended."""

    def _update_hook(self, my_task: Task) -> bool:
        self.guard(my_task)
        my_task._set_state(TaskState.STARTED)
        run_of(my_task).open_part(my_task)
        return False

    def enter(self, run: Run) -> None:
        """Note the passage when the inner process begins, so that what happens inside is noted after it."""
        run.passed.append(self.element.id)

    def note(self, run: Run) -> None:
        """Noted on entering."""


class EndEvent(Node):
    """Ends its token; a terminating one ends its whole process."""

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        run = run_of(my_task)
        if self.element.terminates:
            run.withdraw_all(my_task.workflow)
        elif self.element.error is not None and my_task.workflow is not run.case:
            run.raise_error(my_task)


class CatchEvent(Node):
    """Waits for a time or a message."""

    def _update_hook(self, my_task: Task) -> bool:
        self.guard(my_task)
        self.arm(my_task)
        return False

    def arm(self, task: Task) -> None:
        """Begin to wait; a timer's due instant is worked out now and kept."""
        task._set_state(TaskState.WAITING)
        if self.element.timer is not None:
            task.internal_data.update(run_of(task).due(task))

    def fire(self, task: Task) -> None:
        """What it waited for has come."""
        run_of(task).choose(task)
        task._ready()


class BoundaryEvent(CatchEvent):
    """Waits beside an activity; interrupts it, or starts a branch of its own next to it."""

    def fire(self, task: Task) -> None:
        run = run_of(task)
        if self.element.interrupting:
            run.withdraw(run.task_in(task.workflow, task.internal_data["on"]), spare=task)
        else:
            run.repeat(task)
        task._ready()


class EventGateway(Node):
    """Waits at several events at once; the first to come decides."""

    def _on_complete_hook(self, my_task: Task) -> None:
        run = run_of(my_task)
        run.passed.append(self.element.id)
        for flow in self.flows:
            run.grow(my_task, my_task.workflow.spec.task_specs[flow.target], by=flow.id, gate=my_task.id)


class ExclusiveGateway(Node):
    """Takes the first flow whose condition holds, else the default."""

    def chosen(self, task: Task) -> Iterable[Flow]:
        run = run_of(task)
        for flow in self.flows:
            if not flow.default and (flow.condition is None or run.holds(task, flow)):
                return (flow,)
        defaults = tuple(flow for flow in self.flows if flow.default)
        if not defaults:
            raise Undecided(name=self.element.name or self.element.id, reason="没有一个条件成立")
        return defaults


def node_class(element: Element) -> type[Node]:
    """The class for an element's kind, the synchronising gateways excepted."""
    if element.kind in CALLS or (element.kind == "intermediateThrowEvent" and element.operation):
        return Call
    return _CLASSES[element.kind]


_CLASSES: dict[str, type[Node]] = {
    "startEvent": Node,
    "endEvent": EndEvent,
    "intermediateThrowEvent": Node,
    "userTask": Node,
    "manualTask": Node,
    "receiveTask": CatchEvent,
    "intermediateCatchEvent": CatchEvent,
    "boundaryEvent": BoundaryEvent,
    "exclusiveGateway": ExclusiveGateway,
    "eventBasedGateway": EventGateway,
    "subProcess": Container,
    "callActivity": Container,
}
