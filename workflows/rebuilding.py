"""State equals record: a case is rebuilt from its journal and chain by the engine that made it, and compared.

Each entry of a case's chain says what moved its engine; the journal holds the answers. Played once more,
through the same course, decisions are decided anew, and operations answered as the journal says they were.
Nothing is stored and nobody is told. Not rebuilt is what no diagram moves: who holds an item, limits and
the clock that stands still.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import select

from workflows import calendars, cases, catalogue, feel, parameters, spiff, traces
from workflows.audit import AuditEntry
from workflows.commands import SYSTEM, Context
from workflows.course import REASONS, Course
from workflows.db import JsonText
from workflows.errors import Refusal
from workflows.handling import OVER
from workflows.journal import ERASING, StepRecord
from workflows.opening import CORRECTIONS
from workflows.traces import Before
from workflows.work_items import OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from workflows.cases import Case, OpenCase
    from workflows.catalogue import Release
    from workflows.spiff import Element, OpenTask, Step

MOVED = "migration"
"""What an entry says of a case that was moved to another version: two diagrams led to where it stands."""

ACTED = frozenset({"timer", "message"})
"""Kinds of journal rows that open a round of what they name by themselves."""


class Differs(Exception):
    """What was played once more came out otherwise than the record says; the text says where."""


class Unplayable(Exception):
    """The chain was written before it said what moves an engine, or its words were erased by law."""


class Difference(NamedTuple):
    """Where a case stands otherwise than its record leads to."""

    number: str
    seq: int
    sentence: str


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
        if outcome is not None and _plain(said) != _plain(_without_reasons(row["answers"])):
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


def _plain(value: Any) -> Any:
    """A value as it comes back from where it was stored."""
    kept = JsonText()
    return kept.process_result_value(kept.process_bind_param(value, _NO_DIALECT), _NO_DIALECT)


_NO_DIALECT: Any = None


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
        for move in entry.facts.get("moves", ()):
            self._take_rows(entry, move["rows"])
            self._move(entry, move)
            self.last = move["do"]
        self._take_rows(entry, max(entry.rows, default=0))
        for row in case.journal:
            if row["passed"] != self.rows[row["seq"]]["passed"]:
                raise Differs(f"流转记录第 {row['seq']} 条所经路径与重演不符")
        if entry.facts["state"] in {cases.SUSPENDED, cases.CANCELLED}:
            self._stop(entry.facts["state"])
        case.variables = _plain(case.variables)

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


def differences(session: Session, case: Case) -> list[Difference]:
    """Where a case stands otherwise than its record leads to; raises Unplayable."""
    chain = _chain(session, case)
    playing = _playing(session, case)
    for entry in chain:
        try:
            playing.play(entry)
        except (Differs, Refusal, KeyError, IndexError, StopIteration) as fault:
            why = str(fault) if isinstance(fault, Differs | Refusal) else "所需内容在流转记录中缺失"
            return [Difference(case.number, entry.seq, f"重演到此中断：{why}")]
    last = chain[-1].seq if chain else 0
    return [
        Difference(case.number, last, f"{what}与由记录重演所得不符")
        for what in _compared(session, case, playing)
    ]


def _chain(session: Session, case: Case) -> list[Entry]:
    """The case's entries; raises Unplayable where they cannot be played."""
    query = select(AuditEntry.seq, AuditEntry.body).where(AuditEntry.stream == f"case:{case.number}")
    found = []
    for seq, body in session.execute(query.order_by(AuditEntry.seq)):
        said = orjson.loads(body)
        found.append(Entry(seq, datetime.fromisoformat(said["at"]), said["facts"]))
    if any(ERASING in entry.facts for entry in found):
        raise Unplayable("个人信息已依法删除，不能重演")
    if any(MOVED in entry.facts for entry in found):
        raise Unplayable("办件迁移过流程版本，不能由一个版本重演")
    if not found or "moves" not in found[0].facts:
        raise Unplayable("记录早于可重演的版本")
    return found


def _playing(session: Session, case: Case) -> Playing:
    blank = {"engine_state": b"", "state": cases.RUNNING, "outcome": None, "standing": "", "head": ""}
    fresh = {"variables": {}, "rounds": {}, "waiting": [], "undo": [], "steps": 0, "revision": 0}
    kept = {name: getattr(case, name) for name in cases.LOADED if name not in {**blank, **fresh}}
    opened = cases.OpenCase(**kept, **blank, **fresh)  # type: ignore[arg-type]
    release = parameters.ruled(session, catalogue.release(session, case.version_id), case.created_at)
    query = select(StepRecord.__table__).where(StepRecord.case_id == case.id)
    rows = {row["seq"]: dict(row) for row in session.execute(query).mappings()}
    return Playing(session, release, opened, rows)


def _compared(session: Session, case: Case, playing: Playing) -> list[str]:
    """What differs, in words: states by the names on the way to each token, never by their ids."""
    played, items = playing.case, playing.standing.values()
    pairs = {
        "引擎状态": (spiff.shape(played.engine_state), spiff.shape(case.engine_state)),
        "变量": (played.variables, case.variables),
        "办理次数": (played.rounds, case.rounds),
        "等待的事件": (played.waiting, case.waiting),
        "当前环节": (played.standing, case.standing),
        "办件状态": ((played.state, played.outcome), (case.state, case.outcome)),
        "步数": (played.steps, case.steps),
        "待办": (_named((item.step, item.round, item.place) for item in items), _items(session, case)),
    }
    return [what for what, (mine, stored) in pairs.items() if mine != stored]


def _items(session: Session, case: Case) -> list[tuple[str, int, int]]:
    query = select(WorkItem.step, WorkItem.round, WorkItem.place).where(
        WorkItem.case_id == case.id, WorkItem.kind == STEP, WorkItem.state.in_(OPEN)
    )
    return _named((row.step, row.round, row.place) for row in session.execute(query))


def _named(items: Iterable[tuple[str, int, int | None]]) -> list[tuple[str, int, int]]:
    return sorted((step, number, -1 if place is None else place) for step, number, place in items)
