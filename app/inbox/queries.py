"""Reads behind the inbox: open, done and started, each by an index, each in a stated order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, literal, select, union_all

from app.cases.queries import acts_for
from app.inbox.orders import DONE_LATE, DUE
from app.pages import Page, after, paged, row_number
from app.words import matches
from workflows import catalogue, exclusion, withholding
from workflows.acting import acting_pairs, standing
from workflows.cases import Case
from workflows.work_items import CLAIMED, DONE, OFFERED, WITHDRAWN, UnknownItem, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from app.inbox.orders import Order
    from app.searching.queries import Wanted
    from workflows.commands import Actor

# Written out: an index of the offered items alone serves only who is known to ask for these.
_OFFERED = literal(OFFERED, literal_execute=True)

_AT_REST = select(Case.id).where(Case.suspended_at.is_not(None))
"""Cases whose limits do not run now: they are near no limit and past none."""

MOST_COUNTED = 1000
"""The menu's count stops here: nobody needs to know whether it is 1,000 or 30,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None and empty mean: everything."""

    procedure: str | None = None
    q: str | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    overdue_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    """From when, and before when, an item was done."""

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Add the conditions to a query over WorkItem."""
        if self.procedure:
            query = query.where(WorkItem.procedure_key == self.procedure)
        if self.q:
            query = query.where(
                matches(self.q, WorkItem.subject_name, WorkItem.case_number, WorkItem.division_name)
            )
        if self.since:
            query = query.where(WorkItem.done_at >= self.since)
        if self.until:
            query = query.where(WorkItem.done_at < self.until)
        return self._by_limit(query)

    def _by_limit(self, query: Select[Any]) -> Select[Any]:
        if self.due_before:
            query = query.where(WorkItem.due_at < self.due_before)
        if self.due_after:
            query = query.where(WorkItem.due_at > self.due_after)
        if self.overdue_at:
            query = query.where(WorkItem.due_at <= self.overdue_at)
        if self.due_before or self.due_after or self.overdue_at:
            query = query.where(WorkItem.case_id.not_in(_AT_REST))
        return query


def open_items(
    session: Session, actor: Actor, filters: Filters, cursor: str | None, limit: int, order: Order = DUE
) -> Page[WorkItem]:
    """Items the actor may act on, nearest limit first or as asked; one index range per role held, merged."""
    behind: list[Any] | None = after(cursor, *order.kinds)
    parts = [_stretch(condition, filters, behind, limit, order) for condition in _mine(session, actor)]
    if not parts:
        return Page([], None)
    ids = union_all(*(select(part.subquery().c.id) for part in parts))
    rows = session.scalars(order.sort(select(WorkItem).where(WorkItem.id.in_(ids))).limit(limit + 1)).all()
    return paged(rows, limit, order.key)


def _mine(session: Session, actor: Actor) -> list[Any]:
    """One condition per index range: offered to each role held, claimed by the person, and as a deputy."""
    told = WorkItem.case_id.not_in(withholding.kept_from(actor))
    offered = [
        (WorkItem.unit_id == unit) & (WorkItem.role == role) & (WorkItem.state == _OFFERED) & told
        for role, unit in dict.fromkeys(acting_pairs(actor))
    ]
    if actor.person_id is None:
        return offered
    claimed = (WorkItem.assignee_id == actor.person_id) & (WorkItem.state == CLAIMED) & told
    return [*offered, claimed, *_for_the_absent(session, actor)]


def _for_the_absent(session: Session, actor: Actor) -> list[Any]:
    """What the actor may do for those on leave who appointed them, without what they must keep away from."""
    if not actor.standing_for:
        return []
    apart = catalogue.keeping_apart(session)
    found = []
    for absent in actor.standing_for:
        left_out = exclusion.apart_in(apart, (actor.person_id or 0, absent.person_id))
        found += [and_(one, *(~each for each in left_out)) for one in exclusion.of_absent(actor, absent)]
    return found


def on_behalf(rows: Iterable[WorkItem], actor: Actor) -> dict[int, str]:
    """Which of the items are done for somebody on leave: item id → whose."""
    found = {row.id: standing(row, actor) for row in rows} if actor.standing_for else {}
    return {item: absent.name for item, absent in found.items() if absent is not None}


def _stretch(
    condition: Any, filters: Filters, behind: list[Any] | None, limit: int, order: Order
) -> Select[Any]:
    query = order.behind(filters.narrow(select(WorkItem.id).where(condition)), behind)
    return order.sort(query).limit(limit + 1)


def count_open(session: Session, actor: Actor, filters: Filters | None = None) -> int:
    """How many items wait for the actor, up to MOST_COUNTED."""
    wanted = filters or Filters()
    parts = [
        wanted.narrow(select(WorkItem.id).where(condition)).limit(MOST_COUNTED)
        for condition in _mine(session, actor)
    ]
    if not parts:
        return 0
    merged = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    # Two people on leave may share a role, and their deputy finds its items through both.
    counted = func.count(merged.c.id.distinct()) if actor.standing_for else func.count()
    return min(MOST_COUNTED, session.scalar(select(counted).select_from(merged)) or 0)


def done_items(
    session: Session, actor: Actor, filters: Filters, cursor: str | None, limit: int, order: Order = DONE_LATE
) -> Page[WorkItem]:
    """Items the actor finished, newest first or as asked."""
    query = filters.narrow(
        select(WorkItem).where(
            WorkItem.done_by_id == actor.person_id,
            WorkItem.state == DONE,
            WorkItem.case_id.not_in(withholding.kept_from(actor)),
        )
    )
    query = order.behind(query, after(cursor, *order.kinds))
    return paged(session.scalars(order.sort(query).limit(limit + 1)).all(), limit, order.key)


def started_cases(
    session: Session, actor: Actor, q: str | None, wanted: Wanted, cursor: str | None, limit: int
) -> Page[Case]:
    """Cases the actor started, newest first."""
    query = wanted.narrow(select(Case).where(Case.started_by_id == actor.person_id))
    if q:
        query = query.where(matches(q, Case.subject_name, Case.number, Case.procedure_name))
    behind = after(cursor, row_number)
    if behind:
        query = query.where(Case.id < behind[0])
    rows = session.scalars(query.order_by(Case.id.desc()).limit(limit + 1)).all()
    return paged(rows, limit, lambda row: (row.id,))


def item_for(session: Session, actor: Actor, item_id: int) -> WorkItem:
    """The item if the actor may act on it, did it, or holds its role; raises UnknownItem for anyone else."""
    item = session.get(WorkItem, item_id)
    if item is None or not _concerns(session, item, actor):
        raise UnknownItem
    if withholding.is_kept(session, actor, item.case_id):
        raise UnknownItem
    return item


def asides_of(session: Session, item: WorkItem) -> list[WorkItem]:
    """What was asked beside an item and was not taken back, oldest first."""
    query = select(WorkItem).where(WorkItem.host_id == item.id, WorkItem.state != WITHDRAWN)
    return list(session.scalars(query.order_by(WorkItem.id)))


def items_for(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, WorkItem]:
    """Those of several items that concern the actor as ``item_for`` has it, by id; no word of the others."""
    wanted = (WorkItem.id.in_(tuple(ids)), WorkItem.case_id.not_in(withholding.kept_from(actor)))
    return {
        item.id: item
        for item in session.scalars(select(WorkItem).where(*wanted))
        if _concerns(session, item, actor)
    }


def _concerns(session: Session, item: WorkItem, actor: Actor) -> bool:
    if actor.person_id is not None and actor.person_id in (item.assignee_id, item.done_by_id):
        return True
    return (item.role, item.unit_id) in acting_pairs(actor) or acts_for(session, item, actor) is not None
