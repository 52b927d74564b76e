"""Gateways that split and join tokens, correct also when a loop brings a case back (返工).

SpiffWorkflow's own joins count tokens of earlier rounds and let an approval slip through. Here a waiting
token *is* the token on its flow: a join takes exactly one from each, and nothing else is counted. When a
token enters a split again that it has been through before, what is left of that earlier round on its way
to the join is withdrawn: its open items, its waiting tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from workflows.spiff.refusals import Undecided
from workflows.spiff.tasks import Node, run_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from SpiffWorkflow.task import Task

    from workflows.spiff.graph import Graph
    from workflows.spiff.model import Element, Flow


class Synchronising(Node):
    """A gateway that may wait for several tokens and may send out several."""

    def __init__(
        self,
        process: Any,
        element: Element,
        outgoing: tuple[Flow, ...],
        incoming: tuple[Flow, ...],
        graph: Graph,
    ) -> None:
        super().__init__(process, element, outgoing)
        self.incoming = tuple(flow.id for flow in incoming)
        self.graph = graph
        self.sources = {flow.id: flow.source for flow in incoming}
        self.block = graph.block(element.id) if len(outgoing) > 1 else frozenset()
        self.within = self.block & graph.behind(element.id)

    def _update_hook(self, my_task: Task) -> bool:
        if len(self.incoming) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        return self.joins_at_once(my_task)

    def joins_at_once(self, task: Task) -> bool:
        """Whether this token completes the join by arriving; else ``Run.release`` may find it free."""
        return False

    def tokens(self, task: Task) -> dict[str, Task]:
        """The oldest token waiting here on each incoming flow."""
        oldest: dict[str, Task] = {}
        for other in task.workflow.tasks.values():
            if other.task_spec is self and other.state == TaskState.WAITING:
                oldest.setdefault(other.internal_data["by"], other)
        return oldest

    def take(self, task: Task) -> None:
        """Consume one token of each flow; ``task`` goes on for all of them."""
        taken = self.tokens(task)
        taken[task.internal_data["by"]] = task
        for other in taken.values():
            if other is not task:
                other._set_state(TaskState.CANCELLED)

    def _run_hook(self, my_task: Task) -> bool:
        if self.block:
            for stale in list(self.earlier_round(my_task)):
                run_of(my_task).withdraw(stale)
        return True

    def earlier_round(self, task: Task) -> Iterator[Task]:
        """Live tokens of earlier rounds of this block that were on their way to its join."""
        before = [ancestor for ancestor in ancestors(task) if ancestor.task_spec is self]
        if not before:
            return
        first = before[-1]
        for other in live(task.workflow):
            if other is not task and self._came_through(other) and under(other, first):
                yield other

    def _came_through(self, other: Task) -> bool:
        """Whether a token of the block can have come there through this split alone.

        At a join that also gathers branches of a split around this one, only what came from within counts:
        the others wait there in their own round.
        """
        spec = other.task_spec
        if spec.element.id not in self.block or spec.element.id in self.within:
            return spec.element.id in self.within
        source = spec.sources.get(other.internal_data.get("by")) if isinstance(spec, Synchronising) else None
        return source == self.element.id or source in self.within


class ParallelGateway(Synchronising):
    """Waits for one token on each incoming flow; sends one along each outgoing flow."""

    def joins_at_once(self, task: Task) -> bool:
        tokens = self.tokens(task)
        if any(flow not in tokens for flow in self.incoming):
            return False
        self.take(task)
        return True


class InclusiveGateway(Synchronising):
    """Waits until no other token of its block can still arrive; sends along every flow that holds."""

    def free(self, task: Task) -> bool:
        """Whether no live token can reach this join any more, short of starting the block again."""
        return not any(self._may_arrive(other, task) for other in live(task.workflow) if other is not task)

    def _may_arrive(self, other: Task, task: Task) -> bool:
        if other.task_spec is self:
            return False
        fork = common(other, task)
        avoiding = {self.element.id, fork.task_spec.element.id} if fork is not None else {self.element.id}
        return self.graph.reaches(other.task_spec.element.id, self.element.id, avoiding)

    def chosen(self, task: Task) -> Iterable[Flow]:
        run = run_of(task)
        if len(self.flows) == 1 and self.flows[0].condition is None:
            return self.flows
        holding = tuple(flow for flow in self.flows if not flow.default and run.holds(task, flow))
        holding = holding or tuple(flow for flow in self.flows if flow.default)
        if not holding:
            raise Undecided(name=self.element.name or self.element.id, reason="没有一个条件成立")
        return holding


def live(workflow: Any) -> Iterator[Task]:
    """The unfinished tasks of one process instance."""
    return (task for task in list(workflow.tasks.values()) if task.has_state(TaskState.NOT_FINISHED_MASK))


def ancestors(task: Task) -> Iterator[Task]:
    """The tasks above, nearest first."""
    above = task.parent
    while above is not None:
        yield above
        above = above.parent


def under(task: Task, top: Task) -> bool:
    """Whether ``top`` is above ``task``."""
    return any(above is top for above in ancestors(task))


def common(one: Task, other: Task) -> Task | None:
    """The nearest task above both."""
    above = {id(task) for task in ancestors(other)}
    return next((task for task in ancestors(one) if id(task) in above), None)
