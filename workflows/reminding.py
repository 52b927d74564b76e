"""Reminding whoever an item waits for: when its limit is near, when it is over, and again every few days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, select, tuple_, update

from workflows import calendars, cases, item_rows, lateness, limits, outbox, work_items
from workflows.commands import Command, Context
from workflows.db import BigId, UtcDateTime
from workflows.limits import DUE, NEAR
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.cases import OpenCase
    from workflows.clock import WorkingDays

MESSAGE = "message"
"""The kind of effect that becomes messages."""

_table = WorkItem.__table__
_DUE = (
    select(_table.c.id, _table.c.remind_at)
    .where(_table.c.remind_at <= bindparam("now", type_=UtcDateTime))
    .order_by(_table.c.remind_at, _table.c.id)
    .limit(bindparam("most"))
)
_DUE_BEHIND = _DUE.where(
    tuple_(_table.c.remind_at, _table.c.id)
    > tuple_(bindparam("at", type_=UtcDateTime), bindparam("item", type_=BigId))
)
_ONE = select(
    _table.c.step,
    _table.c.state,
    _table.c.role,
    _table.c.unit_id,
    _table.c.assignee_id,
    _table.c.created_at,
    _table.c.due_at,
    _table.c.remind_at,
    _table.c.remind_stage,
).where(_table.c.id == bindparam("item_id"))
_NEXT = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(remind_at=bindparam("b_at"), remind_stage=bindparam("b_stage"))
)


_WAITING = {work_items.OFFERED, work_items.CLAIMED}


class DueItem(NamedTuple):
    """An item somebody is to be reminded of, and since when."""

    item_id: int
    at: datetime


def items_due(
    session: Session, now: datetime, limit: int = 50, *, behind: DueItem | None = None
) -> list[DueItem]:
    """Items whose reminder is due, the oldest first, those ``behind`` one when given; none outside hours."""
    if not limits.may_remind(now, calendars.of(session)):
        return []
    asked: dict[str, Any] = {"now": now, "most": limit}
    if behind is None:
        rows = session.execute(_DUE, asked)
    else:
        rows = session.execute(_DUE_BEHIND, {**asked, "at": behind.at, "item": behind.item_id})
    return [DueItem(row.id, row.remind_at) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindItem(Command[bool]):
    """到期提醒: tell whoever may act that an item's limit is near or over, once a stage. Gives if it did.

    Stages that passed unsaid, because no worker ran, are not made up for: the latest is said alone.
    """

    recorded = False

    item_id: int

    def authorise(self, ctx: Context) -> None:
        """Only the system reminds by itself."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> bool:
        """Lock the case, look again, promise the message, and note the next stage."""
        case = cases.lock(ctx, item_rows.case_of(ctx, self.item_id), skip_locked=True)
        if case is None:
            return False
        item = ctx.session.execute(_ONE, {"item_id": self.item_id}).one()
        calendar = calendars.of(ctx.session, case.dated)
        if item.remind_at is None or item.remind_at > ctx.now or not limits.may_remind(ctx.now, calendar):
            return False
        if case.state != cases.RUNNING or item.state not in _WAITING:
            # Nobody is urged to do what has been stopped or waits for others; asked again tomorrow.
            self._next(ctx, item.remind_stage, limits.next_morning(ctx.now, calendar))
            return False
        stage = _stage(item, ctx.now, calendar)
        coming = limits.next_reminder(item.due_at, stage + 1, item.created_at, calendar)
        self._next(ctx, *(coming or (stage, None)))
        if stage == NEAR and item.due_at <= ctx.now:
            return False
        self._tell(ctx, case, item, stage)
        cases.store(ctx, case, item=self.item_id, step=item.step, reminded=stage)
        return True

    def _next(self, ctx: Context, stage: int, at: datetime | None) -> None:
        ctx.session.execute(_NEXT, {"b_id": self.item_id, "b_stage": stage, "b_at": at})

    def _tell(self, ctx: Context, case: OpenCase, item: Any, stage: int) -> None:
        # An office past its limit will have to say why, a household will not.
        late = "overdue_own" if item.role == lateness.UNASKED else "overdue"
        about = "near" if stage == NEAR else late
        said = {"case": case.number, "item": self.item_id}
        holders: set[int] = {item.assignee_id}
        if item.assignee_id is not None:
            outbox.promise(ctx, MESSAGE, about=about, person_id=item.assignee_id, **said)
        else:
            roles = work_items.takers(item.role)
            holders = set(ctx.host.directory.holders(ctx.session, roles, item.unit_id))
            for role in roles:
                outbox.promise(ctx, MESSAGE, about=about, role=role, unit_id=item.unit_id, **said)
        starter = case.started_by_id
        if item.remind_stage <= DUE <= stage and starter is not None and starter not in holders:
            link = f"/cases/{case.number}"
            outbox.promise(ctx, MESSAGE, about="overdue_started", person_id=starter, link=link, **said)


def _stage(item: Any, now: datetime, calendar: WorkingDays) -> int:
    """The latest stage whose moment has come."""
    stage: int = item.remind_stage
    coming = limits.next_reminder(item.due_at, stage + 1, item.created_at, calendar)
    while coming is not None and coming[1] <= now:
        stage = coming[0]
        coming = limits.next_reminder(item.due_at, stage + 1, item.created_at, calendar)
    return stage
