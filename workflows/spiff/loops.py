"""Multi-instance activities: one instance for each member, at once or in turn, with a count of votes.

The wrapper's task keeps the count in the state: ``of`` instances wanted, ``begun`` and ``done`` so far, votes
by kind; a vote comes with ``complete(..., vote="yes")``. The completion condition sees ``total``, ``done``,
``yes``, ``no`` and ``abstain``. When the activity is over, the same names stand under the element's id, so
that a gateway may say ``=village_vote.yes * 2 > village_vote.total``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from SpiffWorkflow.util.task import TaskState

from workflows.feel import to_json
from workflows.spiff.model import CALLS, HUMAN
from workflows.spiff.refusals import Undecided
from workflows.spiff.tasks import Call, Container, Node, run_of
from workflows.spiff.timing import whole

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from workflows.spiff.model import Element, Flow, MultiInstance
    from workflows.spiff.scripting import Answered

Vote = Literal["yes", "no", "abstain"]

MOST_INSTANCES = 1_000
INSTANCE = " [child]"
"""What the name of an instance's specification has behind the element's id; no id can contain it."""


class Instances(Node):
    """The activity as a whole: begins its instances and is over when enough of them are."""

    def __init__(self, process: Any, element: Element, outgoing: tuple[Flow, ...], inner: Node) -> None:
        super().__init__(process, element, outgoing)
        assert element.multi_instance is not None  # noqa: S101 (the builder's promise, told to the type checker)
        self.loop: MultiInstance = element.multi_instance
        self.inner = inner
        self.manual = False
        # Instances that begin or go on in a later step must find the list as it was when the first began.
        # Those of people in parallel begin at once, each with its own element, so nothing need be kept.
        people_at_once = element.kind in HUMAN and not self.loop.sequential
        self.kept = self.loop.collection is not None and element.kind not in CALLS and not people_at_once

    def _update_hook(self, my_task: Task) -> bool:
        wanted = self.wanted(my_task)
        my_task.internal_data.update(of=wanted, begun=0, done=0)
        if self.kept and wanted:
            my_task.internal_data["m"] = to_json(run_of(my_task).members[my_task.id])
        if not wanted:
            return True
        self.guard(my_task)
        my_task._set_state(TaskState.STARTED)
        for _ in range(1 if self.loop.sequential else wanted):
            self.begin(my_task)
        return False

    def wanted(self, task: Task) -> int:
        """How many instances there are to be."""
        if self.loop.collection is not None:
            members = run_of(task).value(task, self.loop.collection)
            count = len(members) if isinstance(members, list) else None
            run_of(task).members[task.id] = members if isinstance(members, list) else []
        else:
            count = whole(run_of(task).value(task, self.loop.cardinality or ""))
        if count is None or not 0 <= count <= MOST_INSTANCES:
            raise Undecided(name=self.element.name or self.element.id, reason="办理人数没有得出合适的数目")
        return count

    def begin(self, task: Task) -> Task:
        """Start the next instance."""
        kept = task.internal_data
        instance = run_of(task).grow(task, self.inner, i=kept["begun"])
        kept["begun"] += 1
        run_of(task).begun[instance.id] = self.own(task, instance)
        self.inner._update(instance)
        return instance

    def one_done(self, task: Task, instance: Task) -> None:
        """Count a finished instance and its vote; go on, or be done."""
        kept = task.internal_data
        kept["done"] += 1
        self._note_result(task, instance)
        vote = instance.internal_data.get("vote")
        if vote is not None:
            kept[vote] = kept.get(vote, 0) + 1
        if kept["done"] >= kept["of"] or self.enough(task):
            self.finish(task)
        elif self.loop.sequential:
            self.begin(task)

    def enough(self, task: Task) -> bool:
        """Whether the completion condition says that no more instances are needed."""
        if self.loop.completion is None:
            return False
        verdict = run_of(task).value(task, self.loop.completion, tally(task))
        if not isinstance(verdict, bool):
            raise Undecided(name=self.element.name or self.element.id, reason="会签完成条件没有得出是或否")
        return verdict

    def enlarge(self, task: Task, count: int) -> None:
        """加签: want more instances than before."""
        kept = task.internal_data
        kept["of"] += count
        kept["more"] = kept.get("more", 0) + count
        if kept["of"] > MOST_INSTANCES:
            raise Undecided(name=self.element.name or self.element.id, reason="办理人数过多")
        if not self.loop.sequential:
            for _ in range(count):
                self.begin(task)

    def release(self, task: Task, instance: Task) -> None:
        """减签: do without an instance that is still open; one has to stay."""
        kept = task.internal_data
        if kept["of"] < 2:
            raise Undecided(name=self.element.name or self.element.id, reason="至少须有一人办理")
        kept["of"] -= 1
        if "more" in kept:
            kept["more"] = max(0, kept["more"] - 1)
        run_of(task).withdraw(instance)
        if kept["done"] >= kept["of"] or (kept["done"] and self.enough(task)):
            self.finish(task)
        elif self.loop.sequential:
            self.begin(task)

    def finish(self, task: Task) -> None:
        """Withdraw the instances still open and let the activity complete."""
        run = run_of(task)
        for instance in task.children:
            if instance.task_spec is self.inner and instance.has_state(TaskState.NOT_FINISHED_MASK):
                run.withdraw(instance)
        task._set_state(TaskState.READY)
        run.agenda.append(task)

    def _note_result(self, task: Task, instance: Task) -> None:
        """What an operation gave for one element; the next one's result takes the same name."""
        if self.loop.output is not None and self.element.kind in CALLS:
            run = run_of(task)
            text = self.loop.output_element or f"={self.element.result_variable or self.element.id}"
            value = to_json(run.value(instance, text))
            run.results.setdefault(task.id, {})[instance.internal_data["i"]] = value

    def _results(self, task: Task) -> list[Any]:
        """One value for each instance in their order: of operations as noted, of people as they answered."""
        run, count = run_of(task), task.internal_data["begun"]
        if self.element.kind in CALLS:
            noted = run.results.get(task.id, {})
            return [noted.get(place) for place in range(count)]
        answered = list(run.scope.gather(self.element.id)) if run.scope.gather and count else []
        return [self._value(task, each) for each in answered]

    def _value(self, task: Task, answered: Answered | None) -> Any:
        if answered is None:
            return None
        local, answers = answered
        if self.loop.output_element is None:
            return dict(answers)
        names = {**local, **answers, self.element.id: answers}
        return to_json(run_of(task).value(task, self.loop.output_element, names))

    def _on_complete_hook(self, my_task: Task) -> None:
        run_of(my_task).keep(self.element.id, tally(my_task))
        if self.loop.output is not None:
            run_of(my_task).keep_list(self.loop.output, self._results(my_task))
        super()._on_complete_hook(my_task)

    def local(self, task: Task, instance: Task) -> dict[str, Any]:
        """What expressions inside one instance see besides the case's variables."""
        return {**tally(task), **self.own(task, instance)}

    def own(self, task: Task, instance: Task) -> dict[str, Any]:
        """What only this instance sees: its element of the list, and its place from 1."""
        index = instance.internal_data["i"]
        names: dict[str, Any] = {"loopCounter": index + 1}
        if self.loop.item is not None and self.loop.collection is not None:
            members = run_of(task).members.get(task.id) or task.internal_data.get("m", [])
            names[self.loop.item] = members[index] if index < len(members) else None
        return names


def tally(task: Task) -> dict[str, int]:
    """The count so far: total, done, yes, no, abstain."""
    kept = task.internal_data
    votes = {vote: kept.get(vote, 0) for vote in ("yes", "no", "abstain")}
    return {"total": kept["of"], "done": kept["done"], **votes}


def instance_of(node: type[Node]) -> type[Node]:
    """The class for the instances of an activity of class ``node``: they report instead of leaving."""
    return _INSTANCE_CLASSES[node]


def _reporting(node: type[Node]) -> type[Node]:
    def complete(_self: Any, my_task: Task) -> None:
        wrapper = my_task.parent
        wrapper.task_spec.one_done(wrapper, my_task)

    def enter(_self: Any, _run: Any) -> None:
        """The wrapper is noted, once."""

    return type(f"{node.__name__}Instance", (node,), {"_on_complete_hook": complete, "enter": enter})


_INSTANCE_CLASSES = {node: _reporting(node) for node in (Node, Call, Container)}
