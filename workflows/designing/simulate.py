"""Walks a draft with scripted answers and its own clock; stores nothing, asks no database.

Answers go through the real forms, expressions through FEEL, decisions through their tables; only the
operations (公示, 台账, 文书 …) are answered by a stand-in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from workflows import feel, spiff
from workflows.clock import PUBLISHED
from workflows.designing.asking import Answer, ask
from workflows.designing.coverage import Coverage, coverage
from workflows.designing.rehearsal import Rehearsal, with_parameters
from workflows.designing.scenarios import (
    BadScenario,
    Complete,
    Move,
    Question,
    Scenario,
    Send,
    Turn,
    questions,
    read,
)
from workflows.designing.walks import Walk, called, compared, several
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from workflows.catalogue import Release
    from workflows.clock import WorkingDays
    from workflows.spiff import Element, OpenTask

__all__ = [
    "Answer",
    "BadScenario",
    "CheckForm",
    "Coverage",
    "Question",
    "Scenario",
    "Walk",
    "ask",
    "coverage",
    "questions",
    "read",
    "rehearsal",
    "rehearse",
    "run",
    "scenarios",
]

MOST_FIRINGS = 1_000
"""Moments at which one turn of the clock fires timers; more means a diagram that never comes to rest."""


class CheckForm(Protocol):
    """How the host judges answers: the question of ``ports.FormShelf.check``, asked without a database."""

    def __call__(
        self,
        form: str,
        answers: Mapping[str, Any],
        *,
        scope: Mapping[str, Any],
        at: datetime,
        previous: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """Canonical answers to the form with the JSON text ``form``; raises Invalid, a sentence per path."""
        ...


class Astray(Exception):
    """The draft did not do what the script asks; the text says what came instead."""


def scenarios(text: str, file: str = "scenarios.toml") -> tuple[Scenario, ...]:
    """The scenarios of a procedure's ``scenarios.toml``; raises BadScenario."""
    return read(text, file)


def run(
    release: Release,
    scenario: Scenario,
    *,
    check_form: CheckForm,
    now: datetime | None = None,
    calendar: WorkingDays = PUBLISHED,
) -> Walk:
    """Walk a prepared draft (``catalogue.prepare``) as the scenario says, from its ``at`` or from ``now``.

    Where the draft goes another way than the script, the walk ends there and ``Walk.problems`` says so;
    it also says what at the end differs from what was expected. Raises BadScenario without a time to start.
    """
    case, problems = rehearse(release, scenario, check_form=check_form, now=now, calendar=calendar)
    walk = _walk(case, scenario.name, problems)
    if scenario.expect is None or problems:
        return walk
    return replace(walk, problems=compared(walk, scenario.expect, case.elements))


def rehearse(
    release: Release,
    scenario: Scenario,
    *,
    check_form: CheckForm,
    now: datetime | None = None,
    calendar: WorkingDays = PUBLISHED,
) -> tuple[Rehearsal, tuple[str, ...]]:
    """The case in memory where the scenario leaves it, and why it went astray, to go on from there."""
    case = rehearsal(release, scenario, now=now, calendar=calendar)
    problems: tuple[str, ...] = ()
    try:
        _Script(case, check_form).play(scenario)
    except Astray as problem:
        problems = (str(problem),)
    return case, problems


def rehearsal(
    release: Release, scenario: Scenario, *, now: datetime | None = None, calendar: WorkingDays = PUBLISHED
) -> Rehearsal:
    """A case in memory that nobody began yet, at the time the scenario begins; raises BadScenario."""
    at = scenario.at or now
    if at is None:
        raise BadScenario(file=scenario.name, where="", why="没有写“at”（从什么时候开始）")
    return Rehearsal(with_parameters(release, scenario.parameters), at, calendar, scenario.results)


def _walk(case: Rehearsal, name: str, problems: tuple[str, ...]) -> Walk:
    due = {task.element: case.dues[task.task_id] for task in case.open_tasks if task.task_id in case.dues}
    due |= {wait.element: wait.due for wait in case.waiting if wait.due is not None}
    return Walk(
        scenario=name,
        steps=tuple(passed.element for passed in case.trace),
        open=tuple(task.element for task in case.open_tasks),
        waiting=tuple(wait.element for wait in case.waiting),
        outcome=case.outcome,
        values={name: value for name, value in case.names.items() if name not in _GIVEN},
        trace=tuple(case.trace),
        passed=tuple(case.passed),
        rules=tuple(case.rules),
        due=due,
        problems=problems,
    )


_GIVEN = frozenset({"case", "subject", "param"})


class _Script:
    """Plays a scenario on a rehearsed case; raises Astray where the case does not follow."""

    def __init__(self, case: Rehearsal, check_form: CheckForm) -> None:
        self.case, self.check_form = case, check_form
        self.where = "发起"

    def play(self, scenario: Scenario) -> None:
        self._require_known(scenario)
        begun = self.start(scenario.start)
        for number, move in enumerate(scenario.moves, 1):
            self.where = f"第{number}步"
            if not begun:
                raise Astray(f"{self.where}：发起已被拒绝，没有办件可办。")
            self.make(move)

    def _require_known(self, scenario: Scenario) -> None:
        release = self.case.release
        known = {parameter["name"] for parameter in release.meta.get("parameters", ())}
        strange = [name for name in scenario.parameters if name not in known]
        strange += [name for name in scenario.results if name not in self.case.elements]
        if strange:
            raise Astray(f"脚本用了本事项没有的参数或环节：{'、'.join(strange)}。")

    def start(self, given: Complete) -> bool:
        """Take in the start form and begin; False when the form refused, as the script says it must."""
        first = self.case.release.start_element()
        if first is None:
            self._step(lambda: self.case.begin(""))
            return True
        self.where = f"发起{called(self.case.elements, first.id)}"
        self.case.names["subject"] = {}
        answers = self.judged(first, given)
        if answers is None:
            return False
        self._step(lambda: self.case.begin(self._subject(answers)))
        self._step(lambda: self.case.complete(self._open(first.id), answers))
        return True

    def _subject(self, answers: Mapping[str, Any]) -> str:
        path = str(self.case.release.meta.get("subject", {}).get("name", ""))
        return str(answers.get(path.rpartition(".")[2]) or "")

    def make(self, move: Move) -> None:
        if isinstance(move, Complete):
            self.complete(move)
        elif isinstance(move, Turn):
            self.turn(move)
        else:
            self.send(move)

    def complete(self, move: Complete) -> None:
        task = self._open(move.step)
        self.where += called(self.case.elements, move.step)
        answers = self.judged(self.case.elements[task.element], move, self.case.locals.get(task.task_id))
        if answers is not None:
            self._step(lambda: self.case.complete(task, answers))

    def _open(self, wanted: str) -> OpenTask:
        task = next((task for task in self.case.open_tasks if task.element == wanted), None)
        if task is None:
            step = called(self.case.elements, wanted)
            raise Astray(f"{self.where}：应办理{step}，但此时不能办理，{self._standing()}。")
        return task

    def _standing(self) -> str:
        case = self.case
        if case.outcome:
            return f"办件已经办结（{case.outcome}）"
        tasks = tuple(task.element for task in case.open_tasks)
        events = tuple(wait.element for wait in case.waiting)
        return f"待办的是{several(case.elements, tasks)}，等待的是{several(case.elements, events)}"

    # Forms

    def judged(
        self, element: Element, move: Complete, local: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Canonical answers; None when the form refused exactly what the script says it must."""
        try:
            answers, errors = self._checked(element, move.answers, local), {}
        except Invalid as refusal:
            answers, errors = {}, refusal.errors or {"": str(refusal)}
        except (Refusal, feel.FeelSyntaxError) as problem:
            raise Astray(f"{self.where}：表单“{element.form}”不能使用：{problem}") from problem
        self._require_refused(errors, move.refused or ())
        return None if move.refused else answers

    def _checked(
        self, element: Element, answers: Mapping[str, Any], local: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        case, form = self.case, element.form
        if form is None:
            return dict(answers)
        if form not in case.release.forms:
            raise Astray(f"{self.where}：表单“{form}”不存在。")
        previous = case.names.get(element.id) if local is None else None
        scope = {**case.names, **(local or {})}
        return self.check_form(case.release.forms[form], answers, scope=scope, at=case.at, previous=previous)

    def _require_refused(self, errors: Mapping[str, str], expected: tuple[str, ...]) -> None:
        strange = [path for path in errors if not any(_within(path, name) for name in expected)]
        if strange:
            said = "；".join(f"{path or '整个表单'}：{errors[path].rstrip('。')}" for path in strange)
            raise Astray(f"{self.where}：表单拒绝了没有预期的内容（{said}）。")
        missing = [name for name in expected if not any(_within(path, name) for path in errors)]
        if missing:
            raise Astray(f"{self.where}：表单应拒绝“{'、'.join(missing)}”，实际没有拒绝。")

    # Time and messages

    def turn(self, move: Turn) -> None:
        """Turn the clock; what falls due on the way fires at its own time, so later limits reckon from it."""
        case = self.case
        target = move.to or spiff.instant(move.advance, case.at)
        if target < case.at:
            raise Astray(f"{self.where}：时间不能往回调。")
        for _ in range(MOST_FIRINGS):
            due = case.step.wake_at if case.step else None
            if due is None or due > target:
                case.at = target
                return
            case.at = max(case.at, due)
            self._step(case.wake)
        raise Astray(f"{self.where}：定时触发超过 {MOST_FIRINGS} 次，流程图可能存在死循环。")

    def send(self, move: Send) -> None:
        case = self.case
        waiting = [wait.element for wait in case.waiting]
        element = next((each for each in waiting if case.elements[each].message == move.message), None)
        if element is None and not move.refused:
            raise Astray(f"{self.where}：没有环节等待消息“{move.message}”，{self._standing()}。")
        if element is not None and move.refused:
            by = called(case.elements, element)
            raise Astray(f"{self.where}：消息“{move.message}”应被拒绝，实际由{by}收下。")
        if element is not None:
            self._step(lambda: case.deliver(element, move.message, move.content))

    def _step(self, move: Callable[[], None]) -> None:
        try:
            move()
        except Refusal as refusal:
            raise Astray(f"{self.where}：{refusal}") from refusal


def _within(path: str, field: str) -> bool:
    """Whether an error's path is a field or stands inside it."""
    return path == field or path.startswith(f"{field}.")
