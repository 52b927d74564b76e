"""Past and running cases as they are replayed: the journal, and what only the items know of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from workflows.cases import Case
from workflows.journal import StepRecord
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


class Row(NamedTuple):
    """A line of the journal, without anybody's name."""

    seq: int
    kind: str
    step: str
    name: str
    item_id: int | None
    opened_at: datetime | None
    at: datetime
    conclusion: str | None
    answers: Mapping[str, Any]
    why: str
    passed: Sequence[str]


class Item(NamedTuple):
    """What is known of an item: its step, its place among several, where it goes straight back to."""

    step: str
    place: int | None
    return_to: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Past:
    """A case with its journal."""

    id: int
    number: str
    version_id: int
    division: str
    subject: Mapping[str, Any]
    parent: str | None
    state: str
    created_at: datetime
    rows: Sequence[Row]
    items: Mapping[int, Item]
    given: Mapping[str, Any] = field(default_factory=dict)
    """What stood in its variables before the first step."""


_CASE = [
    getattr(Case, name)
    for name in (
        *("id", "number", "version_id", "division", "subject", "parent_number", "state", "created_at"),
        "variables",
    )
]
_ROW = [
    getattr(StepRecord, name)
    for name in (
        *("case_id", "seq", "kind", "step", "name", "item_id", "opened_at", "at"),
        *("conclusion", "answers", "why", "passed"),
    )
]
_ITEM = [getattr(WorkItem, name) for name in ("id", "case_id", "step", "place", "return_to", "kind")]


def read(session: Session, ids: Sequence[int]) -> list[Past]:
    """These cases, in their order."""
    rows: dict[int, list[Row]] = defaultdict(list)
    query = select(*_ROW).where(StepRecord.case_id.in_(ids)).order_by(StepRecord.case_id, StepRecord.seq)
    for case_id, *said in session.execute(query):
        row = Row(*said)
        rows[case_id].append(row._replace(answers=row.answers or {}, why=row.why or ""))
    items: dict[int, dict[int, Item]] = defaultdict(dict)
    for item_id, case_id, *what in session.execute(select(*_ITEM).where(WorkItem.case_id.in_(ids))):
        items[case_id][item_id] = Item(*what)
    found = {
        one.id: Past(
            one.id,
            one.number,
            one.version_id,
            one.division,
            one.subject,
            one.parent_number,
            one.state,
            one.created_at,
            rows[one.id],
            items[one.id],
            _given(one.variables),
        )
        for one in session.execute(select(*_CASE).where(Case.id.in_(ids)))
    }
    return [found[each] for each in ids if each in found]


def _given(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"campaign": variables["campaign"]} if "campaign" in variables else {}
