"""The steps of a case as they count, and what that changes in the counts: pure reckoning over rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.supervision.measures import BANDS, band, working_minutes
from workflows import calendars, catalogue
from workflows.cases import SUSPENDED, Case
from workflows.clock import local_date
from workflows.work_items import DONE, NO_LIMIT, OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from workflows.clock import WorkingDays

FLOWS = ("opened", "done", "late", "returned", "refused", "minutes", "limited", "limit_minutes")
FIGURES = (*FLOWS, *(f"b{place}" for place in range(BANDS)))

OPEN_NOW, PASSED, RETURNED, REFUSED = "", "done", "returned", "refused"

Fact = dict[str, Any]
"""A row of watched_item."""

_ASKED = (
    select(
        *(WorkItem.id, WorkItem.case_id, WorkItem.step, WorkItem.form, WorkItem.state),
        *(WorkItem.created_at, WorkItem.due_at, WorkItem.done_at, WorkItem.conclusion),
        *(Case.division, Case.procedure_key, Case.version_id, Case.state.label("case_state")),
    )
    .join(Case, Case.id == WorkItem.case_id)
    # What is kept from people of its own division would show in a count of a small village.
    .where(WorkItem.kind == STEP, WorkItem.state.in_((*OPEN, DONE)), ~Case.kept)
    .order_by(WorkItem.id)
)


def facts_of(session: Session, case_ids: Sequence[int]) -> list[Fact]:
    """How the steps of these cases count now; those taken back or withdrawn count for nothing."""
    calendar = calendars.of(session)
    rows = session.execute(_ASKED.where(WorkItem.case_id.in_(case_ids)))
    return [_fact(session, row, calendar) for row in rows]


def _fact(session: Session, row: Any, calendar: WorkingDays) -> Fact:
    fact: Fact = {
        "item_id": row.id,
        **{
            name: getattr(row, name)
            for name in ("case_id", "division", "procedure_key", "version_id", "step")
        },
        "opened_on": local_date(row.created_at),
        "due_at": row.due_at or NO_LIMIT,
        "done_on": None,
        "result": OPEN_NOW,
        **dict.fromkeys(("late", "minutes", "limit_minutes"), 0),
    }
    if row.due_at is not None:
        fact["limit_minutes"] = working_minutes(row.created_at, row.due_at, calendar)
    if row.state != DONE:
        return {**fact, "due_at": NO_LIMIT} if row.case_state == SUSPENDED else fact
    return fact | {
        "done_on": local_date(row.done_at),
        "result": result_of(session, row.version_id, row.form, row.conclusion),
        "late": int(row.due_at is not None and row.due_at <= row.done_at),
        "minutes": working_minutes(row.created_at, row.done_at, calendar),
    }


def result_of(session: Session, version_id: int, form: str | None, conclusion: str | None) -> str:
    """What came of a step: returned, refused, or simply done; the first of a form's conclusions affirms."""
    if "退回" in (conclusion or ""):
        return RETURNED
    options = catalogue.release(session, version_id).conclusions(form)
    return REFUSED if conclusion in options[1:] else PASSED


def areas_of(division: str) -> tuple[str, ...]:
    """The village, the township and the county a division lies in, each once."""
    return tuple(dict.fromkeys((division, f"{division[:9]}000", f"{division[:6]}000000")))


@dataclass(slots=True)
class Change:
    """By how much the counts move."""

    open: dict[tuple[Any, ...], int] = field(default_factory=lambda: defaultdict(int))
    days: dict[tuple[Any, ...], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0] * len(FIGURES))
    )

    def move(self, before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> None:
        """Take out what was counted, put in what counts."""
        for fact in before:
            self._put(fact, -1)
        for fact in now:
            self._put(fact, 1)

    def _put(self, fact: Mapping[str, Any], sign: int) -> None:
        of_version = (fact["procedure_key"], fact["version_id"], fact["step"])
        for area in areas_of(fact["division"]):
            self._add(area, fact["opened_on"], of_version, {"opened": sign})
            if fact["done_on"] is None:
                self.open[(area, *of_version, fact["due_at"])] += sign
            else:
                self._add(area, fact["done_on"], of_version, _done(fact, sign))

    def _add(self, area: str, day: object, of_version: tuple[Any, ...], figures: Mapping[str, int]) -> None:
        row = self.days[(area, day, *of_version)]
        for name, value in figures.items():
            row[PLACES[name]] += value


PLACES = {name: place for place, name in enumerate(FIGURES)}


def _done(fact: Mapping[str, Any], sign: int) -> dict[str, int]:
    figures = {"done": sign, "late": sign * fact["late"], "minutes": sign * fact["minutes"]}
    if fact["result"] in {RETURNED, REFUSED}:
        figures[fact["result"]] = sign
    if fact["limit_minutes"]:
        figures |= {"limited": sign, "limit_minutes": sign * fact["limit_minutes"]}
        figures[f"b{band(fact['minutes'], fact['limit_minutes'])}"] = sign
    return figures
