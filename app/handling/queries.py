"""Reads for whoever keeps the procedures of a county: where cases stand, never whom or what they are about.

Nothing here names a person of a case: not the household, not who began it, not who holds or did a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, false, func, or_, select, tuple_

from app.cases import whole
from app.cases.clauses import Basis, basis_of
from app.organisation.queries import division_path
from app.pages import Page, after, instant, paged, row_number
from workflows import catalogue, handling, item_rows, parameters, withholding
from workflows.cases import RUNNING, Case
from workflows.commands import division_span
from workflows.handling import ADMINISTRATOR, JUMPS_FROM, KIND, MovedOn
from workflows.journal import StepRecord
from workflows.work_items import OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from app.cases.whole import Whole
    from workflows.catalogue import Release
    from workflows.commands import Actor
    from workflows.handling import WayOn

LONG = timedelta(days=30)
"""A step that is open for so long counts as long-standing."""

STARTER = "发起人"
"""What stands for the name of who ended their own case."""


class Line(NamedTuple):
    """Where one case stands, in a list."""

    number: str
    procedure: str
    place: str
    step: str
    unit: str
    state: str
    since: datetime
    due_at: datetime | None
    key: int
    """The row's own number, for the cursor."""


def _within(actor: Actor, division: Any) -> ColumnElement[bool]:
    """The condition that a division lies where the actor keeps the procedures."""
    spans = [division_span(grant.division) for grant in actor.grants if grant.role == ADMINISTRATOR]
    return or_(false(), *(division.between(*span) for span in spans))


def suspended(session: Session, actor: Actor, cursor: str | None, limit: int) -> Page[Line]:
    """Cases at rest, longest first."""
    query = select(Case).where(
        Case.suspended_at.is_not(None),
        _within(actor, Case.division),
        Case.id.not_in(withholding.kept_from(actor)),
    )
    behind: list[Any] | None = after(cursor, instant, row_number)
    if behind:
        query = query.where(tuple_(Case.suspended_at, Case.id) > tuple_(*behind))
    rows = session.scalars(query.order_by(Case.suspended_at, Case.id).limit(limit + 1)).all()
    units = _units(session, [row.id for row in rows])
    lines = [_resting(row, units.get(row.id, "")) for row in rows]
    return paged(lines, limit, lambda line: (line.since.isoformat(), line.key))


def _resting(row: Case, unit: str) -> Line:
    since = row.suspended_at or row.created_at
    return Line(
        row.number, row.procedure_name, row.division_name, row.standing, unit, row.state, since, None, row.id
    )


def _units(session: Session, cases: list[int]) -> dict[int, str]:
    """The units that have an open step of each case."""
    asked = select(WorkItem.case_id, WorkItem.unit).where(
        WorkItem.case_id.in_(cases), WorkItem.state.in_(OPEN), WorkItem.kind == STEP
    )
    found: dict[int, list[str]] = {}
    for row in session.execute(asked.distinct().order_by(WorkItem.case_id, WorkItem.unit)):
        found.setdefault(row.case_id, []).append(row.unit)
    return {case: "、".join(units) for case, units in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What the list of long-standing steps is narrowed to."""

    procedure: str | None = None
    step: str | None = None


def _standing(actor: Actor, now: datetime, by: Narrowed, *columns: Any) -> Select[Any]:
    query = (
        select(*columns)
        .join(Case, Case.id == WorkItem.case_id)
        .where(
            WorkItem.state.in_(OPEN),
            WorkItem.kind == STEP,
            WorkItem.created_at <= now - LONG,
            Case.state == RUNNING,
            _within(actor, WorkItem.division),
            Case.id.not_in(withholding.kept_from(actor)),
        )
    )
    if by.procedure:
        query = query.where(WorkItem.procedure_key == by.procedure)
    return query.where(WorkItem.step == by.step) if by.step else query


def long_standing(
    session: Session, actor: Actor, now: datetime, by: Narrowed, cursor: str | None, limit: int
) -> Page[Line]:
    """Steps that are open for long in running cases, longest first."""
    columns = (
        WorkItem.case_number,
        WorkItem.procedure_name,
        WorkItem.division_name,
        WorkItem.name,
        WorkItem.unit,
        Case.state,
        WorkItem.created_at,
        WorkItem.due_at,
        WorkItem.id,
    )
    query = _standing(actor, now, by, *columns)
    behind: list[Any] | None = after(cursor, instant, row_number)
    if behind:
        query = query.where(tuple_(WorkItem.created_at, WorkItem.id) > tuple_(*behind))
    rows = session.execute(query.order_by(WorkItem.created_at, WorkItem.id).limit(limit + 1))
    return paged([Line(*row) for row in rows], limit, lambda line: (line.since.isoformat(), line.key))


class Stuck(NamedTuple):
    """How many cases of a procedure stand long at one of its steps."""

    procedure: str
    procedure_name: str
    step: str
    name: str
    cases: int


def stuck(session: Session, actor: Actor, now: datetime) -> list[Stuck]:
    """Where cases stand long, by procedure and step, the most first."""
    group = (WorkItem.procedure_key, WorkItem.procedure_name, WorkItem.step, WorkItem.name)
    count = func.count(func.distinct(WorkItem.case_id))
    query = _standing(actor, now, Narrowed(), *group, count).group_by(*group)
    return [Stuck(*row) for row in session.execute(query.order_by(count.desc(), *group).limit(50))]


class OpenStep(NamedTuple):
    """An open step of a case: where and until when, not with whom."""

    id: int
    step: str
    name: str
    round: int
    unit: str
    created_at: datetime
    due_at: datetime | None
    at_rest: bool


class Act(NamedTuple):
    """One act on the whole case, from its journal."""

    name: str
    actor: str
    unit: str | None
    at: datetime
    reason: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Handled:
    """A case as its administrator sees it."""

    number: str
    procedure: str
    procedure_key: str
    version: int
    division: str
    place: str
    state: str
    outcome: str | None
    standing: str
    started_at: datetime
    suspended_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    steps: tuple[OpenStep, ...]
    waits: tuple[str, ...]
    acts: tuple[Act, ...]
    may: tuple[str, ...]


def handled(session: Session, actor: Actor, number: str) -> Handled:
    """A case of the administrator's county; raises UnknownCase for every other."""
    return described(session, whole.administered(session, actor, number))


def described(session: Session, found: Whole) -> Handled:
    """Where a case stands and what may be done with all of it."""
    case, may = found
    return Handled(
        number=case.number,
        procedure=case.procedure_name,
        procedure_key=case.procedure_key,
        version=catalogue.release(session, case.version_id).number,
        division=case.division,
        place=division_path(session, case.division),
        state=case.state,
        outcome=case.outcome,
        standing=case.standing,
        started_at=case.created_at,
        suspended_at=case.suspended_at,
        due_at=None if case.ended_at else case.due_at,
        ended_at=case.ended_at,
        steps=open_steps(session, case),
        waits=tuple(str(wait["name"]) for wait in case.waiting if wait["due"]),
        acts=_acts(session, case),
        may=may,
    )


def open_steps(session: Session, case: Case) -> tuple[OpenStep, ...]:
    """Each open step once, however many people do it."""
    found: dict[str, OpenStep] = {}
    for item in item_rows.of_case(session, case.id):
        if item.kind == STEP and item.state in JUMPS_FROM:
            line = (item.id, item.step, item.name, item.round, item.unit)
            found.setdefault(item.step, OpenStep(*line, item.created_at, item.due_at, item.at_rest))
    return tuple(found.values())


def _acts(session: Session, case: Case) -> tuple[Act, ...]:
    """What was done with the whole case; what its starter said may name people and stays in the case."""
    asked = select(StepRecord).where(StepRecord.case_id == case.id, StepRecord.kind == KIND)
    return tuple(
        Act(row.name, STARTER, None, row.at, None, None)
        if row.actor_id is not None and row.actor_id == case.started_by_id
        else Act(row.name, row.actor, row.unit, row.at, row.opinion, row.why)
        for row in session.scalars(asked.order_by(StepRecord.seq))
    )


@dataclass(frozen=True, slots=True)
class Left:
    """What a jump leaves out: its name, and the clause that asks for it."""

    name: str
    basis: Basis | None
    demanded: bool
    """Whether a document asks for it, rather than our own setting."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A step the case may be put at, and what is left out on the way."""

    step: str
    name: str
    left_out: tuple[Left, ...]

    @property
    def demanded(self) -> int:
        """How many of the steps left out a document asks for."""
        return sum(left.demanded for left in self.left_out)


def jumps(session: Session, actor: Actor, number: str, item_id: int) -> tuple[OpenStep, list[Jump]]:
    """Where the case may be put from one of its open steps; raises UnknownCase, MovedOn."""
    found = whole.administered(session, actor, number)
    whole.require(found, whole.JUMP)
    here = next((one for one in open_steps(session, found.case) if one.id == item_id), None)
    if here is None:
        raise MovedOn
    case = found.case
    release = parameters.ruled(session, catalogue.release(session, case.version_id), case.created_at)
    ways = handling.ways_on(case, release, session.get_one(WorkItem, here.id))
    return here, [_jump(release, way) for way in ways]


def _jump(release: Release, way: WayOn) -> Jump:
    elements = release.specification.elements
    left = [(elements[key], basis_of(release, key)) for key in way.skips if elements[key].name]
    return Jump(
        way.step,
        way.name,
        tuple(
            Left(element.name, basis, basis is not None and bool(basis.quote) and basis.origin == "source")
            for element, basis in left
        ),
    )
