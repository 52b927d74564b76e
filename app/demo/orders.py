"""A few 督办单 of a demonstration: one waits for its reply, one for its review, one is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.orders import facts, rule
from app.orders.commands import IssueOrder
from app.orders.queries import ordered
from app.organisation.queries import account_named
from workflows.running import CompleteWorkItem
from workflows.work_items import OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor, Executor

SUPERVISOR, CLERK = "dongsheng-supervisor1", "boerjianghaizi-clerk1"
"""Who orders, and who answers for the township."""

STEP_ORDERED, FEW = "township_review", 3
DEMAND = "请在回复时限内审核完毕，并说明超期的原因。"
REPLY = {"done": "已审核完毕。", "cause": "经办人外出学习，没有及时交接。", "finished": "已办结"}


def seed_orders(executor: Executor) -> int:
    """Order about the first overdue reviews of a township; gives how many orders were issued."""
    now = executor.clock.now()
    with executor.database.reading() as session:
        supervisor, clerk = (_actor(session, name) for name in (SUPERVISOR, CLERK))
        if supervisor is None or clerk is None or rule.release_of(session, "DS", now) is None:
            return 0
        items = _overdue(session, clerk, now)
    for place, item in enumerate(items):
        number = _issue(executor, supervisor, item, now)
        if place:
            _complete(executor, clerk, number, REPLY)
        if place > 1:
            _complete(executor, supervisor, number, {"conclusion": "销号"})
    return len(items)


def _actor(session: Session, username: str) -> Actor | None:
    account = account_named(session, username)
    return account.actor() if account else None


def _overdue(session: Session, clerk: Actor, now: datetime) -> list[int]:
    unit = clerk.grants[0].unit_id
    late = select(WorkItem.id).where(
        WorkItem.unit_id == unit,
        WorkItem.state.in_(OPEN),
        WorkItem.kind == STEP,
        WorkItem.step == STEP_ORDERED,
        WorkItem.due_sort <= now,
        ~ordered(WorkItem.id),
    )
    return list(session.scalars(late.order_by(WorkItem.due_sort, WorkItem.id).limit(FEW)))


def _issue(executor: Executor, supervisor: Actor, item: int, now: datetime) -> str:
    with executor.database.reading() as session:
        seen = facts.watched(session, supervisor, item, now)
        release = rule.release_of(session, seen.locality, now)
        grade = rule.graded(release, seen.overdue_days, 0, now) if release else None
    card = grade.card if grade else ""
    said = {**seen.given(), "proposed": card, "card": card, "demand": DEMAND}
    command = IssueOrder(procedure=rule.key_of(seen.locality), division=seen.division, answers=said)
    return executor.execute(command, by=supervisor).number


def _complete(executor: Executor, by: Actor, number: str, answers: dict[str, str]) -> None:
    with executor.database.reading() as session:
        open_item = select(WorkItem.id).where(WorkItem.case_number == number, WorkItem.state.in_(OPEN))
        item = session.scalars(open_item).one()
    executor.execute(CompleteWorkItem(item_id=item, answers=answers), by=by)
