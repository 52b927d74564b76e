"""A past case moved through a draft: operations answered by what was recorded, decisions taken anew."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from workflows import course, feel, spiff
from workflows.designing.rehearsal import Rehearsal
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflows.catalogue import Release
    from workflows.clock import WorkingDays
    from workflows.designing.backtesting.records import Past
    from workflows.spiff import OpenTask, ServiceCall, Step


class Trace(NamedTuple):
    """What a step did, to be taken back."""

    before: bytes
    after: bytes
    names: dict[str, Any]
    wrote: dict[str, Any]


class Replay(Rehearsal):
    """One case in a draft, in memory."""

    def __init__(self, past: Past, old: Release, draft: Release, calendar: WorkingDays) -> None:
        super().__init__(draft, past.created_at, calendar, {})
        self.old = old
        given = dict(past.given)
        self.names = course.visible_of(
            given, past.number, past.division, past.subject, draft, parent=past.parent
        )
        self.recorded: dict[str, deque[Mapping[str, Any]]] = defaultdict(deque)
        for row in past.rows:
            if row.kind == "system":
                self.recorded[row.step].append(row.answers)
        self._decisions = [
            (row.seq, row.step, str(row.conclusion or row.answers.get("value")))
            for row in past.rows
            if row.kind == "system"
        ]
        self.traces: dict[int, Trace] = {}
        self.decided: dict[str, str] = {}
        """What each decision of the last move gave, by its element."""
        self._alike = old.parameters == draft.parameters

    def was_decided(self, element: str, after: int) -> str | None:
        """What a decision gave in the record because of the line ``after``."""
        given = (said for seq, step, said in self._decisions if step == element and seq > after)
        return next(given, None)

    def open(self) -> None:
        """Begin the case."""
        self._take(lambda: spiff.start(self.specification, self.scope(), self._ask))

    def do(self, item_id: int | None, task: OpenTask, answers: dict[str, Any], return_to: str | None) -> None:
        """Complete a task, or go straight back from it; what it did is kept for taking it back."""
        before, names = self._state(), dict(self.names)
        self.decided = {}
        self.rules.clear()
        if return_to and return_to in spiff.ways_on(self.specification, before, task.task_id):
            self.names[task.element] = answers
            self.put(task.task_id, return_to, spiff.jump)
        else:
            self.complete(task, answers)
        if item_id is not None:
            wrote = {name: value for name, value in self.names.items() if value is not names.get(name)}
            self.traces[item_id] = Trace(before, self._state(), names, wrote)

    def put(self, task_id: str, to: str, move: Callable[..., Step]) -> None:
        """Put the token of a task elsewhere: 退回, 直送, 跳转."""
        state = self._state()
        self._take(lambda: move(self.specification, state, task_id, to, self.scope(), self._ask))

    def take_back(self, trace: Trace) -> None:
        """撤回."""
        state = self._state()
        self._take(
            lambda: spiff.take_back(
                self.specification, trace.before, trace.after, state, self.scope(), self._ask
            )
        )
        for name in trace.wrote:
            self.names.pop(name, None)
            if name in trace.names:
                self.names[name] = trace.names[name]

    def vote_more(self, task_id: str, count: int) -> None:
        """会签加人."""
        state = self._state()
        self._take(
            lambda: spiff.add_instances(
                self.specification, state, task_id, self.scope(), self._ask, count=count
            )
        )

    def vote_less(self, task_id: str) -> None:
        """会签减人."""
        state = self._state()
        self._take(lambda: spiff.remove_instance(self.specification, state, task_id, self.scope(), self._ask))

    def postpone(self, days: int) -> None:
        """恢复: what it waits for is due so many days later."""
        by, state = timedelta(days=days), self._state()
        ends = self.names.get(course.END_OF_NOTICE)
        if ends is not None:
            self.names[course.END_OF_NOTICE] = (datetime.fromisoformat(ends) + by).isoformat()
        self._take(lambda: spiff.postpone(self.specification, state, by, self.scope(), self._ask))

    def _answer(self, call: ServiceCall) -> Any:
        element = call.element
        if element.decision:
            given = super()._answer(call)
            self.decided[element.id] = str(given.get("result") if isinstance(given, dict) else given)
            return given
        kept = self.recorded[element.id]
        if not kept:
            return super()._answer(call)
        recorded = kept.popleft()
        if self._asked_alike(call):
            return dict(recorded)
        # Asked otherwise than it was then, as for a notice that stands longer: what can be reckoned is.
        reckoned = super()._answer(call)
        return {**recorded, **reckoned} if isinstance(reckoned, dict) else dict(recorded)

    def _asked_alike(self, call: ServiceCall) -> bool:
        before = self.old.specification.elements.get(call.element.id)
        if before is None or (self._alike and before.inputs == call.element.inputs):
            return True
        names = {**self.names, "param": dict(self.old.parameters)}
        scope = spiff.Scope(names, at=self.at, calendar=self.calendar)
        try:
            asked = {line.target: feel.to_json(scope.evaluate(line.source)) for line in before.inputs}
        except (Refusal, feel.FeelSyntaxError):
            return True
        return asked == {name: feel.to_json(value) for name, value in call.inputs.items()}
