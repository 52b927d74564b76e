"""催办: reminding whoever an item waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app import scope
from workflows import cases, item_rows, outbox, work_items
from workflows.cases import UnknownCase
from workflows.clock import local_date, start_of_day
from workflows.commands import Command
from workflows.errors import Conflict
from workflows.journal import StepRecord

if TYPE_CHECKING:
    from workflows.cases import OpenCase
    from workflows.commands import Context
    from workflows.work_items import OpenItem

KIND = "remind"
"""The journal's kind of a reminder; its step is no element of the diagram, so it marks none as passed."""


class RemindedToday(Conflict):
    """Once a day is enough."""

    code = "work_item.reminded_today"
    sentence = "此待办今天已由{who}催办过，每个待办每天只催办一次。"


class OwnWork(Conflict):
    """Nobody reminds themselves."""

    code = "work_item.own_work"
    sentence = "此待办正由您本人办理，无需催办。"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindHolders(Command[int]):
    """催办: tell whoever may act on an open item that it waits, at most once a day. Gives the item's id."""

    item_id: int
    words: str = ""

    def authorise(self, ctx: Context) -> None:
        """Whoever may read the case; it runs, and the item is open and somebody else's."""
        case_id = item_rows.case_of(ctx, self.item_id)
        ctx.require(scope.readable_id(ctx.session, ctx.actor, case_id), UnknownCase)
        case = cases.lock(ctx, case_id)
        assert case is not None  # noqa: S101 (the item's foreign key holds it)
        item = item_rows.read(ctx, self.item_id)
        _require_open(item)
        case.require_running()
        ctx.require(item.assignee_id is None or item.assignee_id != ctx.actor.person_id, OwnWork)
        ctx.memory["case"], ctx.memory["item"] = case, item

    def run(self, ctx: Context) -> int:
        """Promise the message and take the reminder down."""
        case: OpenCase = ctx.memory["case"]
        item: OpenItem = ctx.memory["item"]
        earlier = _reminded_today(ctx, case.id, item.id)
        if earlier is not None:
            raise RemindedToday(who=earlier)
        to = (
            {"person_id": item.assignee_id}
            if item.assignee_id
            else {"role": item.role, "unit_id": item.unit_id}
        )
        outbox.promise(ctx, "message", about="reminded", case=case.number, item=item.id, **to)
        # A household acts for itself, not for the committee of its village.
        grant = next((one for one in ctx.actor.grants if one.role != "household"), None)
        case.take_down(
            ctx,
            kind=KIND,
            step=KIND,
            name=f"催办（{item.name}）",
            round=item.round,
            item_id=item.id,
            actor_id=ctx.actor.person_id,
            actor=ctx.actor.name,
            unit_id=grant.unit_id if grant else None,
            unit=grant.unit_name if grant else None,
            opinion=self.words.strip() or None,
        )
        cases.store(ctx, case, item=item.id)
        return item.id


def _require_open(item: OpenItem) -> None:
    if item.state == work_items.DONE:
        raise work_items.AlreadyDone(who=item.done_by, when=work_items.moment(item.done_at))
    if item.state == work_items.WITHDRAWN:
        raise work_items.Withdrawn


def _reminded_today(ctx: Context, case_id: int, item_id: int) -> str | None:
    """Who reminded of the item since midnight."""
    return ctx.session.scalar(
        select(StepRecord.actor)
        .where(
            StepRecord.case_id == case_id,
            StepRecord.item_id == item_id,
            StepRecord.kind == KIND,
            StepRecord.at >= start_of_day(local_date(ctx.now)),
        )
        .limit(1)
    )
