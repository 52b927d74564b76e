"""A running case played once more from its journal, under another version of its procedure.

Nothing is done again: what operations and decisions gave stands in the journal. Each row has to find its
step waiting, in the same order and with nothing else to be done before it; else the record and the new
diagram do not tell the same story, and the case stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from workflows import calendars, spiff
from workflows.course import END_OF_NOTICE, REASONS, visible
from workflows.errors import Conflict
from workflows.handling import KIND as HANDLING
from workflows.opening import CORRECTIONS
from workflows.returning import BACK, WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.clock import WorkingDays
    from workflows.commands import Context
    from workflows.spiff import ServiceCall, Specification, Step

MIGRATED = "migrate"
"""The journal's kind of a case's move to another version."""

STRUCTURE, REPLAY = "structure", "replay"
"""How it was moved: its state read as it stands, or its journal played once more."""

_PAUSED = "paused"
_GIVEN = ("campaign",)
"""Variables a case has from its beginning, whoever does what."""

Row = dict[str, Any]


class Diverged(Conflict):
    """The record cannot be played under the new version."""

    code: ClassVar[str] = "migration.diverged"
    sentence = "{why}"


@dataclass(slots=True)
class Replay:
    """One case on its way through its own journal."""

    ctx: Context
    case: OpenCase
    release: Release
    rows: Sequence[Row]
    places: Mapping[int, tuple[int | None, dict[str, Any] | None]]
    """Of each item: which of several it is, and what only that one sees."""
    at: int = 0
    step: Step | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    days: WorkingDays | None = None
    """The calendar to reckon by; the case's own where none is given."""

    def run(self) -> Step:
        """Where the case stands at the end of its journal; raises Diverged, or what the engine raises."""
        given = {name: self.case.variables[name] for name in _GIVEN if name in self.case.variables}
        # The engine sees what it saw then; the case's own variables stay as they are.
        own = visible(self.case, self.release)
        fixed = {name: own[name] for name in ("case", "subject", "param", *_GIVEN) if name in own}
        self.variables = {**given, **fixed}
        while self.at < len(self.rows):
            self._play()
        if self.step is None:
            raise Diverged(why="流转记录中没有发起这一步。")
        return self.step

    def _play(self) -> None:
        row = self.rows[self.at]
        self.at += 1
        if row["kind"] in {BACK, WITHDRAWN} or (row["kind"] == HANDLING and row["item_id"]):
            raise Diverged(why="本件曾经退回、撤回或跳转，不能按记录在新版中重走一遍。")
        plays = {
            "start": self._start,
            "task": self._task,
            "timer": self._timer,
            "message": self._message,
            "system": self._unexpected,
        }
        play = plays.get(row["kind"])
        if play is not None:
            play(row)

    def _start(self, row: Row) -> None:
        self.step = spiff.start(self._spec, self._scope(row), self._ask)

    def _task(self, row: Row) -> None:
        place, _ = self.places.get(row["item_id"], (None, None))
        tasks = self.step.open_tasks if self.step else ()
        task = next(
            (each for each in tasks if each.element == row["step"] and place in (None, each.index)), None
        )
        if task is None or self.step is None:
            raise self._elsewhere(row)
        if row["answers"] is None:
            raise Diverged(why=f"“{row['name']}”所填内容已依法清除，不能按记录重走。")
        answers = {key: value for key, value in row["answers"].items() if key != CORRECTIONS}
        if place is None:
            self.variables[row["step"]] = answers
        self.step = spiff.complete(
            self._spec, self.step.state, task.task_id, self._scope(row), self._ask, vote=self._vote(row)
        )

    def _timer(self, row: Row) -> None:
        fired = [row]
        while self.at < len(self.rows) and self._same_moment(row):
            fired.append(self.rows[self.at])
            self.at += 1
        waiting = {each.element: each.due for each in (self.step.waiting if self.step else ())}
        for each in fired:
            due = waiting.get(each["step"])
            if self.step is None or due is None or due > each["at"]:
                raise self._elsewhere(each)
        state = self.step.state if self.step else b""
        self.step = spiff.wake(self._spec, state, self._scope(row), self._ask)

    def _same_moment(self, row: Row) -> bool:
        following = self.rows[self.at]
        return bool(following["kind"] == "timer" and following["at"] == row["at"])

    def _message(self, row: Row) -> None:
        element = self._spec.elements.get(row["step"])
        waits = {each.element for each in (self.step.waiting if self.step else ()) if each.kind == "message"}
        if self.step is None or element is None or element.message is None or element.id not in waits:
            raise self._elsewhere(row)
        self.variables[element.id] = row["answers"]
        self.step = spiff.deliver(self._spec, self.step.state, element.message, self._scope(row), self._ask)

    def _unexpected(self, row: Row) -> None:
        """A system step nobody asked for in the new diagram; a clock that stood still is none."""
        if row["step"] != _PAUSED:
            raise Diverged(why=f"新版中不再有系统已办过的“{row['name']}”这一步，记录会无从对应。")

    def _ask(self, call: ServiceCall) -> None:
        """Answer as it was answered then."""
        element = call.element
        while self.at < len(self.rows) and self.rows[self.at]["step"] == _PAUSED:
            self.at += 1
        row = self.rows[self.at] if self.at < len(self.rows) else None
        if row is None or (row["kind"], row["step"]) != ("system", element.id):
            name = element.name or element.id
            raise Diverged(why=f"新版在这里要由系统办理“{name}”，本件没有办过，迁移会凭空多出这一步。")
        self.at += 1
        said = {name: value for name, value in (row["answers"] or {}).items() if name != REASONS}
        plain = element.decision is not None and said.keys() == {"value"}
        name = (element.result_variable or element.id) if element.decision else element.id
        self.variables[name] = said["value"] if plain else said
        if "ends_at" in said:
            self.variables[END_OF_NOTICE] = said["ends_at"]

    def _elsewhere(self, row: Row) -> Diverged:
        """Which step of the new version stands where the record has another."""
        done = {each["step"] for each in self.rows}
        open_now = [each.element for each in (self.step.open_tasks if self.step else ())]
        new = [self._name(key) for key in dict.fromkeys(open_now) if key not in done]
        if new:
            why = f"新版在本件已办的“{row['name']}”之前要先办“{'、'.join(new)}”，迁移会使记录看起来办过。"
            return Diverged(why=why)
        return Diverged(why=f"按新版的走向，本件不会经过已经办过的“{row['name']}”，记录会与流程不符。")

    def _name(self, key: str) -> str:
        return self._spec.elements[key].name or key

    @property
    def _spec(self) -> Specification:
        return self.release.specification

    def _scope(self, row: Row) -> spiff.Scope:
        days = self.days or calendars.of(self.ctx.session, self.case.dated)
        return spiff.Scope(self.variables, row["at"], days, self._gathered)

    def _gathered(self, step: str) -> list[tuple[dict[str, Any], dict[str, Any]] | None]:
        rows = [each for each in self.rows[: self.at] if each["kind"] == "task" and each["step"] == step]
        latest = max((each["round"] for each in rows), default=1)
        found = {}
        for each in rows:
            place, member = self.places.get(each["item_id"], (None, None))
            if each["round"] == latest and place is not None:
                found[place] = (member or {}, each["answers"] or {})
        return [found[place] for place in sorted(found)]

    def _vote(self, row: Row) -> spiff.Vote | None:
        element = self._spec.elements[row["step"]]
        if row["conclusion"] is None or element.multi_instance is None:
            return None
        options = self.release.conclusions(element.form)
        votes: tuple[spiff.Vote, ...] = ("yes", "no")
        place = options.index(row["conclusion"]) if row["conclusion"] in options else len(votes)
        return votes[place] if place < len(votes) else "abstain"
