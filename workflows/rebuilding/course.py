"""A course whose items and system steps stand in a record instead of a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflows import feel
from workflows.course import REASONS, Course
from workflows.db import JsonText

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workflows.cases import OpenCase
    from workflows.spiff import Element, OpenTask, Step


class Differs(Exception):
    """What was played once more came out otherwise than the record says; the text says where."""


@dataclass(slots=True)
class Opened:
    """An item as the engine opened it."""

    task: str
    step: str
    round: int
    place: int | None
    member: dict[str, Any] | None
    answers: dict[str, Any] | None = None
    taken_back: bool = False


@dataclass(slots=True)
class Played(Course):
    """A course whose items and system steps stand in a record instead of a database."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    opened: list[Opened] = field(default_factory=list)
    begun: dict[str, Opened] = field(default_factory=dict)

    def _project_items(self, tasks: tuple[OpenTask, ...]) -> None:
        wanted = {task.task_id: task for task in tasks}
        new = [task for task_id, task in wanted.items() if task_id not in self.begun]
        kept = {task: item for task, item in self.begun.items() if task in wanted}
        self.begun.clear()
        self.begun.update(kept)
        for task in new:
            item = self._again(task) if self.reopens else self._anew(task)
            self.opened.append(item)
            self.begun[task.task_id] = item

    def _anew(self, task: OpenTask) -> Opened:
        rounds, step = self.case.rounds, task.element
        number = rounds.get(step, 1) if task.index else self.case.next_round(step)
        member = feel.to_json(dict(task.local)) if task.local else None
        return Opened(task.task_id, step, number, task.index, member)

    def _again(self, task: OpenTask) -> Opened:
        last = next(item for item in reversed(self.opened) if item.task == task.task_id)
        return Opened(last.task, last.step, last.round, last.place, last.member)

    def _follow_clock(self, step: Step) -> None:
        """A clock that stands still is no state of the engine."""

    def _set_timers(self, due: dict[str, datetime]) -> None:
        """What is due stands in the engine's own state."""

    def _operate(self, element: Element, inputs: dict[str, Any]) -> Mapping[str, Any]:
        return _without_reasons(self._row_of(element)["answers"])

    def _take_down_system(self, element: Element, result: Any, outcome: Any) -> None:
        row = self._row_of(element)
        said = result if isinstance(result, dict) else {"value": result}
        if outcome is not None and plain(said) != plain(_without_reasons(row["answers"])):
            raise Differs(f"“{element.name}”按决策表重新得出的结果与流转记录不符")
        if row["round"] != self.case.next_round(element.id):
            raise Differs(f"“{element.name}”的办理次数与流转记录不符")
        take(self.case, row)

    def _row_of(self, element: Element) -> dict[str, Any]:
        """The row that a system step left next."""
        row = self.rows.get(self.case.steps + 1)
        if row is None or (row["kind"], row["step"]) != ("system", element.id):
            raise Differs(f"流转记录中没有“{element.name}”这一步")
        return row

    def gathered(self, step: str) -> list[tuple[dict[str, Any], dict[str, Any]] | None]:
        """Element and answers of each instance of the step's present round, as gathering finds them."""
        now = self.case.rounds.get(step, 1)
        mine = [
            item
            for item in self.opened
            if item.step == step and item.round == now and item.place is not None and not item.taken_back
        ]
        found = {
            item.place: None if item.answers is None else (item.member or {}, item.answers)
            for item in sorted(mine, key=lambda item: item.place or 0)
        }
        return list(found.values())


def take(case: OpenCase, row: Mapping[str, Any]) -> None:
    """Take a row of the record down once more; what the token passed is to be found out anew."""
    case.steps += 1
    case.journal.append({**row, "passed": []})


def _without_reasons(answers: Any) -> dict[str, Any]:
    return {name: value for name, value in (answers or {}).items() if name != REASONS}


def plain(value: Any) -> Any:
    """A value as it comes back from where it was stored."""
    kept = JsonText()
    return kept.process_result_value(kept.process_bind_param(value, _NO_DIALECT), _NO_DIALECT)


_NO_DIALECT: Any = None
