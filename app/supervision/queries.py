"""Reads of supervision: the counts by division, procedure, step and day, and the steps behind each number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from app.organisation.models import Division
from app.pages import PAGE_ROWS, after, paged, row_number
from app.supervision.counting import FLOWS, REFUSED, RETURNED
from app.supervision.measures import BANDS, days_of, part_reached
from app.supervision.models import DayCount, OpenCount, WatchedItem
from workflows.cases import Case
from workflows.catalogue import Procedure
from workflows.commands import division_prefix, division_span
from workflows.errors import NotFound
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from app.pages import Page
    from workflows.commands import Actor


class UnknownArea(NotFound):
    """No such division, or none the supervisor looks after."""

    code = "supervision.unknown_area"
    sentence = "没有找到该区划，或者它不在您的督查范围内。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked at: an area, of it one procedure, version or step, over some days."""

    area: str
    since: date
    until: date
    procedure: str | None = None
    version: int | None = None
    step: str | None = None

    def narrow(self, table: Any) -> list[ColumnElement[bool]]:
        """The conditions that are not about area and days."""
        found = {"procedure_key": self.procedure, "version_id": self.version, "step": self.step}
        return [getattr(table, name) == value for name, value in found.items() if value is not None]


@dataclass(slots=True)
class Figures:
    """One line of counts."""

    open: int = 0
    overdue: int = 0
    opened: int = 0
    done: int = 0
    late: int = 0
    returned: int = 0
    refused: int = 0
    minutes: int = 0
    limited: int = 0
    limit_minutes: int = 0
    bands: list[int] = field(default_factory=lambda: [0] * BANDS)

    def add(self, other: Figures) -> None:
        """Count another line in."""
        for name in ("open", "overdue", *FLOWS):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.bands = [one + two for one, two in zip(self.bands, other.bands, strict=True)]

    @property
    def median(self) -> float | None:
        """The part of their limit that half of the steps kept to."""
        return part_reached(self.bands, 0.5)

    @property
    def slow(self) -> float | None:
        """The part of their limit that nine of ten kept to."""
        return part_reached(self.bands, 0.9)

    @property
    def took(self) -> str:
        """What a step took on average, in words."""
        return days_of(self.minutes / self.done) if self.done else ""


def areas_of(actor: Actor) -> list[str]:
    """The divisions somebody supervises, the widest first."""
    found = {grant.division for grant in actor.grants if grant.role == "supervisor"}
    return sorted(found, key=lambda code: (len(division_prefix(code)), code))


def area_for(actor: Actor, asked: str | None) -> str:
    """The area asked for, else the widest; raises UnknownArea where it is not the supervisor's."""
    grants = [grant for grant in actor.grants if grant.role == "supervisor"]
    if not asked:
        if not grants:
            raise UnknownArea
        return areas_of(actor)[0]
    if not (len(asked) == len("150602100202") and any(grant.reaches(asked) for grant in grants)):
        raise UnknownArea
    return asked


def way_down(session: Session, actor: Actor, area: str) -> list[tuple[str, str]]:
    """Code and name of each division from the top of what the actor supervises down to ``area``."""
    codes = dict.fromkeys((f"{area[:6]}000000", f"{area[:9]}000", area))
    named = names_of(session, list(codes))
    grants = [grant for grant in actor.grants if grant.role == "supervisor"]
    return [(code, named[code]) for code in codes if any(g.reaches(code) for g in grants) and code in named]


def names_of(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """The names of divisions by code."""
    rows = session.execute(select(Division.code, Division.name).where(Division.code.in_(codes)))
    return {row.code: row.name for row in rows}


def below(session: Session, area: str) -> dict[str, str]:
    """The divisions right below, by code: what a number of an area is made of."""
    rows = session.execute(
        select(Division.code, Division.name).where(Division.parent == area).order_by(Division.code)
    )
    return {row.code: row.name for row in rows}


def procedure_names(session: Session) -> dict[str, str]:
    """The names of procedures by key."""
    rows = session.execute(select(Procedure.key, Procedure.name).order_by(Procedure.key))
    return {row.key: row.name for row in rows}


def figures(
    session: Session, wanted: Wanted, now: datetime, by: str, areas: Sequence[str] | None = None
) -> dict[Any, Figures]:
    """The counts by a column (area, procedure_key, version_id, step); of ``areas`` instead of its own."""
    of = list(areas) if areas is not None else [wanted.area]
    found: dict[Any, Figures] = {}
    key = getattr(OpenCount, by)
    overdue = func.sum(case((OpenCount.due_at <= now, OpenCount.number), else_=0))
    stock = (
        select(key, func.sum(OpenCount.number), overdue)
        .where(OpenCount.area.in_(of), *wanted.narrow(OpenCount))
        .group_by(key)
    )
    for name, number, late in session.execute(stock):
        found[name] = Figures(open=int(number), overdue=int(late))
    key = getattr(DayCount, by)
    flows = (
        select(key, *_sums())
        .where(
            DayCount.area.in_(of), DayCount.day.between(wanted.since, wanted.until), *wanted.narrow(DayCount)
        )
        .group_by(key)
    )
    for name, *sums in session.execute(flows):
        found.setdefault(name, Figures()).add(_flows(sums))
    return found


def by_day(session: Session, wanted: Wanted) -> list[tuple[date, Figures]]:
    """What happened in the area, day by day."""
    rows = session.execute(
        select(DayCount.day, *_sums())
        .where(
            DayCount.area == wanted.area,
            DayCount.day.between(wanted.since, wanted.until),
            *wanted.narrow(DayCount),
        )
        .group_by(DayCount.day)
        .order_by(DayCount.day)
    )
    return [(day, _flows(sums)) for day, *sums in rows]


def _sums() -> list[ColumnElement[int]]:
    columns = [getattr(DayCount, name) for name in FLOWS]
    return [func.sum(each) for each in (*columns, *(getattr(DayCount, f"b{n}") for n in range(BANDS)))]


def _flows(sums: Sequence[Any]) -> Figures:
    numbers = [int(each) for each in sums]
    said = dict(zip(FLOWS, numbers[: len(FLOWS)], strict=True))
    return Figures(**said, bands=numbers[len(FLOWS) :])


def total(lines: Sequence[Figures]) -> Figures:
    """All lines in one."""
    found = Figures()
    for line in lines:
        found.add(line)
    return found


WHAT = ("open", "overdue", "opened", "done", "late", "returned", "refused")
"""The numbers behind which a list of steps can be asked for."""


def conditions(wanted: Wanted, what: str, now: datetime) -> list[ColumnElement[bool]]:
    """Which counted steps a number is made of."""
    within = WatchedItem.division.between(*division_span(wanted.area))
    found = [within, *wanted.narrow(WatchedItem)]
    if what in {"open", "overdue"}:
        found.append(WatchedItem.done_on.is_(None))
        return [*found, WatchedItem.due_at <= now] if what == "overdue" else found
    if what == "opened":
        return [*found, WatchedItem.opened_on.between(wanted.since, wanted.until)]
    found.append(WatchedItem.done_on.between(wanted.since, wanted.until))
    if what == "late":
        found.append(WatchedItem.late == 1)
    if what in {RETURNED, REFUSED}:
        found.append(WatchedItem.result == what)
    return found


def behind(
    session: Session, wanted: Wanted, what: str, now: datetime, cursor: str | None, limit: int = PAGE_ROWS
) -> Page[Any]:
    """The steps a number is made of, the newest first, each with its case."""
    query = (
        select(
            *(WatchedItem.item_id, WatchedItem.result, WatchedItem.minutes, WatchedItem.limit_minutes),
            *(WorkItem.name, WorkItem.case_number, WorkItem.procedure_name, WorkItem.subject_name),
            *(WorkItem.division_name, WorkItem.created_at, WorkItem.due_at, WorkItem.done_at),
            *(WorkItem.conclusion, WorkItem.unit, Case.state.label("case_state")),
        )
        .join(WorkItem, WorkItem.id == WatchedItem.item_id)
        .join(Case, Case.id == WatchedItem.case_id)
        .where(*conditions(wanted, what, now), ~Case.kept)
    )
    came = after(cursor, row_number)
    if came:
        query = query.where(WatchedItem.item_id < came[0])
    rows: Sequence[Any] = session.execute(query.order_by(WatchedItem.item_id.desc()).limit(limit + 1)).all()
    return paged(rows, limit, lambda row: (row.item_id,))
