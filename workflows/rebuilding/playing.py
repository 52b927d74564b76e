"""One case played once more, entry by entry of its chain."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from workflows import calendars, cases, catalogue, parameters, spiff, traces
from workflows.commands import SYSTEM, Context
from workflows.designing.replaying import MIGRATED, REPLAY, Replay
from workflows.handling import OVER
from workflows.opening import CORRECTIONS
from workflows.rebuilding.course import Differs, Opened, Played, plain, take
from workflows.traces import Before

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.spiff import ServiceCall, Step

ACTED = frozenset({"timer", "message"})
"""Kinds of journal rows that open a round of what they name by themselves."""


class Entry(NamedTuple):
    """An entry of a case's chain: when, and its facts."""

    seq: int
    at: datetime
    facts: dict[str, Any]

    @property
    def rows(self) -> list[int]:
        """The journal rows it took down."""
        return [said["seq"] for said in self.facts.get("steps", ())]


@dataclass(slots=True)
class Playing:
    """One case being rebuilt, entry by entry."""

    session: Session
    release: Release
    case: OpenCase
    rows: dict[int, dict[str, Any]]
    opened: list[Opened] = field(default_factory=list)
    standing: dict[str, Opened] = field(default_factory=dict)
    done: dict[int, Opened] = field(default_factory=dict)
    """What was done, by the number its item has in the record."""
    left: Opened | None = None
    before: Before | None = None
    last: str = ""

    def play(self, entry: Entry) -> None:
        """Do what an entry says was done; raises Differs, or what the engine raises."""
        case = self.case
        case.journal, case.moves, self.last = [], [], ""
        if entry.facts["state"] == cases.RUNNING and case.state == cases.SUSPENDED:
            case.state = cases.RUNNING
        for move in self._moves(entry):
            self._take_rows(entry, move["rows"])
            self._move(entry, move)
            self.last = move["do"]
        self._take_rows(entry, max(entry.rows, default=0))
        for row in case.journal:
            if row["passed"] != self.rows[row["seq"]]["passed"]:
                raise Differs(f"流转记录第 {row['seq']} 条所经路径与重演不符")
        if entry.facts["state"] in {cases.SUSPENDED, cases.CANCELLED}:
            self._stop(entry.facts["state"])
        case.variables = plain(case.variables)

    def _moves(self, entry: Entry) -> list[Mapping[str, Any]]:
        """What moved the engine; the move to another version stands in a journal row of its own."""
        migrated = [seq for seq in entry.rows if self.rows[seq]["kind"] == MIGRATED]
        return [*({"do": MIGRATED, "rows": seq} for seq in migrated), *entry.facts.get("moves", ())]

    def _take_rows(self, entry: Entry, through: int) -> None:
        for seq in entry.rows:
            if self.case.steps < seq <= through:
                row = self.rows[seq]
                if row["kind"] in ACTED and row["round"] != self.case.next_round(row["step"]):
                    raise Differs(f"流转记录第 {seq} 条的次数与重演不符")
                take(self.case, row)

    def _stop(self, state: str) -> None:
        case = self.case
        case.state = state
        if state == cases.CANCELLED:
            case.outcome, case.waiting, case.undo, case.standing = OVER, [], [], ""
            self.standing.clear()

    def _move(self, entry: Entry, move: Mapping[str, Any]) -> None:
        do, case = move["do"], self.case
        if do == "trace":
            self.done[move["item"]] = self.left or self.opened[-1]
            traces.note(case, move["item"], move["seq"], self.before or Before.of(case))
            return
        # A step begins with its answers where it has any for all to see, else with its task.
        if self.last != "answer":
            self.before = Before.of(case)
        if do == "start":
            case.variables.update(self.rows[1]["answers"] or {})
        if do == "take_back":
            self._take_back(entry, move["item"])
            return
        if do == MIGRATED:
            self._migrate(entry, self.rows[move["rows"]]["answers"])
            return
        _MOVES[do](self, self._course(entry), move)

    def _course(self, entry: Entry) -> Played:
        context = Context(self.session, actor=SYSTEM, now=entry.at, host=_NOBODY, command="rebuild")
        made = Played.under(context, self.case, self.release)
        made.scope.calendar = calendars.as_of(self.session, entry.at)
        made.scope.gather = made.gathered
        made.rows, made.opened, made.begun = self.rows, self.opened, self.standing
        return made

    def answer(self, course: Played, move: Mapping[str, Any]) -> None:
        """A step's answers as its row has them."""
        said = self.case.journal[-1]["answers"] or {}
        course.answer(move["step"], {key: value for key, value in said.items() if key != CORRECTIONS})

    def leave(self, course: Played, move: Mapping[str, Any]) -> None:
        """A task is done, or left for another step."""
        self.left = self.standing.pop(move["task"], None)
        row = self.case.journal[-1] if self.case.journal else None
        if self.left is not None and row is not None and row["kind"] == "task":
            self.left.answers = row["answers"]
        if move["do"] == "complete":
            course.complete(move["task"], move.get("vote"))
        elif move["do"] == "jump":
            course.jump(move["task"], move["to"])
        else:
            course.move_back(move["task"], move["to"])

    def _take_back(self, entry: Entry, item: int) -> None:
        """The trace that is rubbed out is the one that playing left."""
        trace = traces.of_item(self.case, item)
        if trace is None:
            raise Differs("撤回的环节在重演中没有办理过")
        traces.rub_out(self.case, trace)
        self.done[item].taken_back = True
        self._course(entry).take_back(trace)

    def _migrate(self, entry: Entry, said: Mapping[str, Any]) -> None:
        """Stand in another version: by the state as it is, or by the journal so far, as it was done then."""
        case = self.case
        self.release = ruled(self.session, case, said["to_id"])
        if self.release.digest != entry.facts["bundle"]:
            raise Differs("迁移到的版本与当时登记的内容不符")
        course, state = self._course(entry), case.engine_state
        if said["method"] == REPLAY:
            state = spiff.settled(self._replayed(course).state, state)
        step = spiff.carried_over(self.release.specification, state, course.scope, _refuse)
        self._keep(step, anew=said["method"] == REPLAY)
        case.version_id, case.undo = said["to_id"], []
        course.take_over(replace(step, passed=(), written={}))

    def _replayed(self, course: Played) -> Step:
        places = {number: (item.place, item.member) for number, item in self.done.items()}
        rows = [self.rows[seq] for seq in range(1, self.case.steps)]
        return Replay(course.ctx, self.case, self.release, rows, places, days=course.scope.calendar).run()

    def _keep(self, step: Step, *, anew: bool) -> None:
        """Items that stand keep standing under the task that the new version gives them."""
        tasks = {(task.element, task.index): task.task_id for task in step.open_tasks}
        for task_id, item in list(self.standing.items()) if anew else ():
            del self.standing[task_id]
            if (item.step, item.place) in tasks:
                item.task = tasks[item.step, item.place]
                self.standing[item.task] = item


def _refuse(call: ServiceCall) -> None:
    raise Differs(f"迁移时系统办理了“{call.element.name}”，记录中没有")


_NOBODY: Any = None
"""A course that is played asks nobody: its items and operations stand in the record."""

_MOVES: dict[str, Any] = {
    "start": lambda _, course, _move: course.start(),
    "answer": Playing.answer,
    "complete": Playing.leave,
    "back": Playing.leave,
    "jump": Playing.leave,
    "postpone": lambda _, course, move: course.postpone(timedelta(seconds=move["seconds"])),
    "more": lambda _, course, move: course.more_voters(move["task"], move["count"]),
    "less": lambda _, course, move: course.one_voter_less(move["task"]),
    "wake": lambda _, course, _move: course.wake(),
    "deliver": lambda _, course, move: course.deliver(move["message"]),
}


def ruled(session: Session, case: OpenCase, version_id: int) -> Release:
    """A version, ruled as it was when the case began."""
    return parameters.ruled(session, catalogue.release(session, version_id), case.created_at)
