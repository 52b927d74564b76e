"""A case that exists only in memory: engine, decisions and expressions are real, the office is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workflows import course, decisions, feel, periods, spiff
from workflows.clock import LOCAL
from workflows.designing import operations
from workflows.designing.walks import Passed, RuleFired
from workflows.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from workflows.catalogue import Release
    from workflows.clock import WorkingDays
    from workflows.spiff import Answered, Element, OpenTask, ServiceCall, Step, Waiting

CASE_NUMBER = "模拟办件"
_SOMEBODY = {"from": {"role": "", "unit": "模拟单位"}}
"""Who started a case that exists only in memory."""

_SILENT = frozenset(
    {
        *("startEvent", "endEvent"),
        *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
    }
)
"""Kinds that are passed but are no steps."""

_ANSWERED = frozenset({"serviceTask", "sendTask", "businessRuleTask"})


class NoTime(Conflict):
    """A time limit did not come out as a time."""

    code = "rehearsal.no_time"
    sentence = "“{name}”的办理期限没有得出可用的时间。"


class NoSuchDecision(Conflict):
    """A diagram asks for a decision that no table of the draft gives."""

    code = "rehearsal.no_decision"
    sentence = "“{name}”引用的决策“{decision}”不在决策表文件中。"


class Rehearsal:
    """One case of a draft, moved on step by step; a refused step leaves everything as it was."""

    def __init__(
        self, release: Release, at: datetime, calendar: WorkingDays, results: Mapping[str, Any]
    ) -> None:
        self.release, self.at, self.calendar, self.results = release, at, calendar, results
        self.specification = release.specification
        self.elements = release.specification.elements
        self.names = course.visible_of({}, CASE_NUMBER, release.division, _SOMEBODY, release)
        self.step: Step | None = None
        self.dues: dict[str, datetime] = {}
        self.passed: list[str] = []
        self.trace: list[Passed] = []
        self.rules: list[RuleFired] = []
        self.locals: dict[str, Mapping[str, Any]] = {}
        """What each open instance of a step that several do sees of its own, by its task."""
        self._several: dict[str, dict[int, Answered | None]] = {}
        self._desk = operations.Desk(calendar)

    # Where it stands

    @property
    def open_tasks(self) -> tuple[OpenTask, ...]:
        """What a person may do now."""
        return self.step.open_tasks if self.step else ()

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The events it waits for."""
        return self.step.waiting if self.step else ()

    @property
    def outcome(self) -> str:
        """The name of the end that was reached; nothing while it runs."""
        if self.step is None or not self.step.ended:
            return ""
        element = self.elements.get(self.step.ended_at or "")
        return element.name if element and element.name else "办结"

    def scope(self) -> spiff.Scope:
        """What expressions see now."""
        return spiff.Scope(self.names, at=self.at, calendar=self.calendar, gather=self._gathered)

    def _gathered(self, step: str) -> list[Answered | None]:
        return [answered for _, answered in sorted(self._several.get(step, {}).items())]

    # Moving it on

    def begin(self, subject: str) -> None:
        """Start the case about ``subject``."""
        self.names["subject"] = {"name": subject}
        period = periods.current(self.release, self.at)
        if period is not None:
            self.names["subject"] = {"name": period.name}
            self.names |= course.campaign_of({"campaign": period.said(late=False)})
        self._take(lambda: spiff.start(self.specification, self.scope(), self._ask))

    def complete(self, task: OpenTask, answers: dict[str, Any]) -> None:
        """Complete an open task with answers that passed the form."""
        element, state = self.elements[task.element], self._state()
        conclusion = answers.get("conclusion")
        vote = self._vote(element, conclusion)
        due = self.dues.get(task.task_id)
        done = Passed(self.at, element.id, element.name, element.kind, conclusion, due)
        known: dict[str, Any] = {element.id: answers}
        if element.multi_instance is not None and task.index is not None:
            self._several[element.id][task.index] = (self.locals[task.task_id], answers)
            known = {}
        self._take(
            lambda: spiff.complete(
                self.specification, state, task.task_id, self.scope(), self._ask, vote=vote
            ),
            known,
            done,
        )

    def wake(self) -> None:
        """Fire the timers that are due."""
        state = self._state()
        self._take(lambda: spiff.wake(self.specification, state, self.scope(), self._ask))

    def deliver(self, element: str, message: str, content: Mapping[str, Any]) -> None:
        """Hand a message to the event that waits for it."""
        state = self._state()
        self._take(
            lambda: spiff.deliver(self.specification, state, message, self.scope(), self._ask),
            {element: dict(content)},
        )

    def _state(self) -> bytes:
        return self.step.state if self.step else b""

    def _vote(self, element: Element, conclusion: str | None) -> spiff.Vote | None:
        """How a conclusion counts where several people answer the same step."""
        if element.multi_instance is None or conclusion is None:
            return None
        options = self.release.conclusions(element.form)
        votes: dict[str, spiff.Vote] = dict(zip(options, ("yes", "no"), strict=False))
        return votes.get(conclusion, "abstain")

    def _take(
        self, move: Callable[[], Step], known: Mapping[str, Any] | None = None, done: Passed | None = None
    ) -> None:
        names, step, fired, desk = dict(self.names), self.step, len(self.rules), self._desk.copy()
        waited = {wait.element: wait.due for wait in self.waiting}
        self.names.update(known or {})
        try:
            self.step = move()
            self._note_instances(self.step)
            self._note_dues(self.step)
        except Conflict:
            self.names, self.step, self._desk = names, step, desk
            del self.rules[fired:]
            raise
        self.passed += self.step.passed
        self._note_steps(self.step.passed, waited, done)

    def _note_instances(self, step: Step) -> None:
        """The first of several that is new opens another round; what came before was gathered by then."""
        for task in step.open_tasks:
            if task.index is not None and task.task_id not in self.locals:
                self.locals[task.task_id] = task.local
                if task.index == 0:
                    self._several[task.element] = {}
                self._several.setdefault(task.element, {})[task.index] = None

    def _note_dues(self, step: Step) -> None:
        for task in step.open_tasks:
            element = self.elements[task.element]
            if element.due is None or task.task_id in self.dues:
                continue
            try:
                value = self.scope().evaluate(element.due, self.locals.get(task.task_id))
                if value is not None:
                    self.dues[task.task_id] = spiff.instant(value, self.at)
            except spiff.Unreckonable as error:
                raise NoTime(name=element.name or element.id) from error

    def _note_steps(
        self, passed: tuple[str, ...], waited: Mapping[str, datetime | None], done: Passed | None
    ) -> None:
        for each in passed:
            element = self.elements.get(each)
            if element is None or element.kind in _SILENT:
                continue
            if done is not None and element.id == done.element:
                self.trace.append(done)
                done = None
                continue
            due = waited.get(element.id)
            self.trace.append(
                Passed(self.at, element.id, element.name, element.kind, self._result(element), due)
            )

    def _result(self, element: Element) -> Any:
        if element.kind not in _ANSWERED:
            return None
        given = self.names.get(element.result_variable or element.id)
        return given.get("result") if isinstance(given, dict) else given

    # What the engine asks for

    def _ask(self, call: ServiceCall) -> None:
        element = call.element
        name = element.result_variable or element.id if element.decision else element.id
        result = self.names[name] = self._answer(call)
        if isinstance(result, dict) and "ends_at" in result:
            self.names[course.END_OF_NOTICE] = result["ends_at"]

    def _answer(self, call: ServiceCall) -> Any:
        element = call.element
        if element.id in self.results:
            return self.results[element.id]
        if element.decision:
            return self._decide(element, element.decision, call.inputs)
        inputs = {name: feel.to_json(value) for name, value in call.inputs.items()}
        asked = operations.Call(element.name or element.id, element.operation or "", inputs, self.at)
        return operations.perform(self._desk, asked)

    def _decide(self, element: Element, decision: str, inputs: Mapping[str, Any]) -> Any:
        if decision not in self.release.models:
            raise NoSuchDecision(name=element.name or element.id, decision=decision)
        outcome = decisions.decide(
            self.release.model_of(decision),
            decision,
            {**self.names, **inputs},
            functions=self.scope().functions(),
            at=self.at.astimezone(LOCAL),
        )
        if outcome.value is None:
            why = "".join(outcome.explanation)
            raise course.NoDecision(name=element.name or element.id, why=why)
        self.rules += [RuleFired(fired.table, fired.id, fired.number) for fired in outcome.rules]
        return feel.to_json(outcome.value)


def with_parameters(release: Release, parameters: Mapping[str, Any]) -> Release:
    """The same draft with other values for some parameters."""
    return replace(release, parameters={**release.parameters, **parameters})
