"""Reads of the page 督办: each of its lists in its own order, a page at a time, within one area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from app.lamps import overdue_days
from app.orders import rule
from app.orders.facts import SUPERVISOR
from app.orders.models import NONE, SupervisionOrder
from app.orders.queries import ordered, stands, steps_open
from app.orders.tasks import REPLIES
from app.pages import PAGE_ROWS, Page, after, instant, paged, row_number
from app.supervision.models import WatchedItem
from workflows import calendars, catalogue
from workflows.cases import CANCELLED, ENDED, RUNNING, Case
from workflows.commands import division_span
from workflows.work_items import OPEN, WorkItem

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from app.orders.rule import Grade

CARDS, PROPOSED, ORDERS = "cards", "proposed", "orders"

PARTS = {CARDS: "现有红黄牌", PROPOSED: "按规则应督办", ORDERS: "督办单"}

OPEN_ONES, REPLY, REVIEW, CLOSED = "", "reply", "review", "closed"

STATES = {OPEN_ONES: "未销号", REPLY: "待回复", REVIEW: "待审核", CLOSED: "已结束"}
"""How orders stand; what is over was closed, withdrawn or cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked at: an area, of it one procedure, and of the orders those that stand so."""

    area: str
    procedure: str | None = None
    state: str = OPEN_ONES

    def within(self, table: Any) -> list[ColumnElement[bool]]:
        """The conditions that narrow a table of items or orders."""
        found: list[ColumnElement[bool]] = [table.division.between(*division_span(self.area))]
        return found if self.procedure is None else [*found, table.procedure_key == self.procedure]


_ORDER = (
    *(SupervisionOrder.case_id, SupervisionOrder.number, SupervisionOrder.watched_number),
    *(SupervisionOrder.procedure_name, SupervisionOrder.step_name, SupervisionOrder.unit),
    *(SupervisionOrder.card, SupervisionOrder.why, SupervisionOrder.card_since, SupervisionOrder.issued_at),
)


def cards(session: Session, asked: Asked, cursor: str | None, limit: int = PAGE_ROWS) -> Page[Any]:
    """The cards that stand, unit by unit."""
    query = (
        select(*_ORDER)
        .join(Case, Case.id == SupervisionOrder.case_id)
        .where(stands(), SupervisionOrder.card != NONE, *asked.within(SupervisionOrder))
    )
    came = after(cursor, str, row_number)
    if came:
        unit, case_id = came
        query = query.where(
            or_(
                SupervisionOrder.unit > unit,
                and_(SupervisionOrder.unit == unit, SupervisionOrder.case_id > case_id),
            )
        )
    query = query.order_by(SupervisionOrder.unit, SupervisionOrder.case_id).limit(limit + 1)
    return paged(session.execute(query).all(), limit, lambda row: (row.unit, row.case_id))


def orders(session: Session, asked: Asked, cursor: str | None, limit: int = PAGE_ROWS) -> Page[Any]:
    """Orders: open ones by the limit of whoever is to act, the overdue first; closed ones newest first."""
    if asked.state == CLOSED:
        return _closed(session, asked, cursor, limit)
    query = (
        select(*_ORDER, Case.state, Case.outcome)
        .add_columns(WorkItem.id.label("item_id"), WorkItem.name, WorkItem.due_at, WorkItem.due_sort)
        .join(Case, Case.id == SupervisionOrder.case_id)
        .join(WorkItem, and_(WorkItem.case_id == SupervisionOrder.case_id, steps_open()))
        .where(stands(), *asked.within(SupervisionOrder), *_standing_at(asked.state))
    )
    came = after(cursor, instant, row_number)
    if came:
        due, item = came
        query = query.where(or_(WorkItem.due_sort > due, and_(WorkItem.due_sort == due, WorkItem.id > item)))
    query = query.order_by(WorkItem.due_sort, WorkItem.id).limit(limit + 1)
    return paged(session.execute(query).all(), limit, lambda row: (row.due_sort, row.item_id))


def _standing_at(state: str) -> list[ColumnElement[bool]]:
    replies = WorkItem.step.startswith(REPLIES, autoescape=True)
    return {REPLY: [replies], REVIEW: [~replies]}.get(state, [])


def _closed(session: Session, asked: Asked, cursor: str | None, limit: int) -> Page[Any]:
    query = (
        select(*_ORDER, Case.state, Case.outcome, Case.ended_at)
        .join(Case, Case.id == SupervisionOrder.case_id)
        .where(Case.state.in_((ENDED, CANCELLED)), *asked.within(SupervisionOrder))
    )
    came = after(cursor, row_number)
    if came:
        query = query.where(SupervisionOrder.case_id < came[0])
    query = query.order_by(SupervisionOrder.case_id.desc()).limit(limit + 1)
    return paged(session.execute(query).all(), limit, lambda row: (row.case_id,))


def counts(session: Session, asked: Asked) -> dict[str, int]:
    """How many open orders wait for a reply, how many for a review, and how many that is together."""
    waits = WorkItem.step.startswith(REPLIES, autoescape=True).label("waits")
    query = (
        select(waits, func.count())
        .select_from(SupervisionOrder)
        .join(Case, Case.id == SupervisionOrder.case_id)
        .join(WorkItem, and_(WorkItem.case_id == SupervisionOrder.case_id, steps_open()))
        .where(stands(), *asked.within(SupervisionOrder))
        .group_by(waits)
    )
    found = {REPLY if replies else REVIEW: number for replies, number in session.execute(query)}
    return {OPEN_ONES: sum(found.values()), REPLY: found.get(REPLY, 0), REVIEW: found.get(REVIEW, 0)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An overdue item about which no order is open, and the card its locality's rule asks for."""

    row: Any
    late: int
    grade: Grade | None


def proposals(
    session: Session, asked: Asked, now: datetime, cursor: str | None, limit: int = PAGE_ROWS
) -> Page[Proposal]:
    """What is overdue and has no order, the longest overdue first."""
    query = _overdue(asked, now)
    came = after(cursor, instant, row_number)
    if came:
        due, item = came
        later = and_(WatchedItem.due_at == due, WatchedItem.item_id > item)
        query = query.where(or_(WatchedItem.due_at > due, later))
    query = query.order_by(WatchedItem.due_at, WatchedItem.item_id).limit(limit + 1)
    found = paged(session.execute(query).all(), limit, lambda row: (row.due_at, row.item_id))
    return Page(_graded(session, found.rows, now), found.next)


def _overdue(asked: Asked, now: datetime) -> Select[Any]:
    return (
        select(WatchedItem.item_id, WatchedItem.version_id, WatchedItem.due_at)
        .add_columns(WorkItem.case_number, WorkItem.procedure_name, WorkItem.name, WorkItem.unit)
        .add_columns(WorkItem.division_name)
        .join(WorkItem, WorkItem.id == WatchedItem.item_id)
        .join(Case, Case.id == WatchedItem.case_id)
        .where(WatchedItem.done_on.is_(None), WatchedItem.due_at <= now, *asked.within(WatchedItem))
        # What changed in the last seconds is not counted anew yet.
        .where(Case.state == RUNNING, ~Case.kept, WorkItem.state.in_(OPEN), WorkItem.role != SUPERVISOR)
        .where(~WatchedItem.procedure_key.startswith(rule.FAMILY, autoescape=True))
        .where(~ordered(WatchedItem.item_id))
    )


def orderable(session: Session, items: list[int]) -> set[int]:
    """Which of these open items a supervisor might order about; none where an order is open."""
    query = select(WorkItem.id).where(
        WorkItem.id.in_(items),
        WorkItem.role != SUPERVISOR,
        WorkItem.case_state == RUNNING,
        ~WorkItem.procedure_key.startswith(rule.FAMILY, autoescape=True),
        ~ordered(WorkItem.id),
    )
    return set(session.scalars(query)) if items else set()


def _graded(session: Session, rows: Any, now: datetime) -> list[Proposal]:
    calendar, releases, found = calendars.of(session), {}, []
    for row in rows:
        locality = str(catalogue.release(session, row.version_id).meta["locality"])
        if locality not in releases:
            releases[locality] = rule.release_of(session, locality, now)
        release, late = releases[locality], overdue_days(row.due_at, now, calendar)
        found.append(Proposal(row, late, rule.graded(release, late, 0, now) if release else None))
    return found
