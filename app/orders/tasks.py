"""Operations of a 督办单: enter the order, look at what it is about, change its card.

That they stand in the diagram means that no way of starting such a case goes round them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.lamps import overdue_days
from app.orders.facts import GIVEN, Watched, watched
from app.orders.models import SupervisionOrder
from app.orders.rule import key_of
from workflows import calendars
from workflows.cases import Case
from workflows.errors import Conflict, Invalid
from workflows.returning import SENT_BACK
from workflows.work_items import DONE, OPEN, STEP, TAKEN_BACK, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflows.commands import Context
    from workflows.ports import OperationCall

REPLIES = "reply_"
"""How the ids of the steps begin in which a unit answers."""

ALTERED = "与办件记录不符（应为：{known}），请从超期清单重新打开。"
ELSEWHERE = "督办单应当下达到责任单位所在的区划。"
OTHER_LOCALITY = "这个办件不是本地的事项，请从超期清单重新打开。"
REST = "（办件已挂起，挂起期间不计）"
OTHER_CARD = "与规则不符（应为：{known}），请从超期清单重新打开。"


class NoOrder(Conflict):
    """A diagram speaks of an order that was never entered."""

    code = "order.none"
    sentence = "办件 {number} 没有登记督办单，办件未变动；请管理员检查流程图。"


def issue(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """``order.issue``: hold what the start form says against the record, then enter the order.

    Gives who is to answer. Raises UnknownWatched, NotOrderable, or Invalid for what was altered.
    """
    facts, proposed = call.inputs["facts"], call.inputs["proposed"]
    seen = watched(ctx.session, ctx.actor, facts.get("item"), ctx.now)
    _require_unaltered(call, seen, facts, proposed["card"])
    own = facts["card"] == proposed["card"]
    why = proposed["why"] if own else f"督导改定：{facts['card_reason']}"
    # One that its unit sent back to be issued once more stands already, and so may its card.
    before = ctx.session.get(SupervisionOrder, call.case_id)
    order = SupervisionOrder(
        case_id=call.case_id,
        number=call.case_number,
        watched_case_id=seen.case_id,
        watched_number=seen.case_number,
        item_id=seen.item,
        procedure_key=seen.procedure_key,
        procedure_name=seen.procedure,
        step_name=seen.step,
        unit_id=seen.unit_id,
        unit=seen.unit,
        division=seen.division,
        overdue_days=seen.overdue_days,
        card=facts["card"],
        why=why,
        card_since=before.card_since if before and before.card == facts["card"] else ctx.now,
        issued_at=before.issued_at if before else ctx.now,
    )
    ctx.session.merge(order)
    said = f"向{seen.unit}下达，{facts['card']}。{why}"
    return {"role": seen.role, "unit": seen.unit, "level": seen.level, "card": facts["card"], "why": said}


def _require_unaltered(call: OperationCall, seen: Watched, facts: Mapping[str, Any], card: str) -> None:
    known = seen.given()
    wrong = {name: ALTERED.format(known=known[name]) for name in GIVEN if facts.get(name) != known[name]}
    if facts.get("proposed") != card:
        wrong["proposed"] = OTHER_CARD.format(known=card)
    if call.procedure != key_of(seen.locality):
        wrong["procedure"] = OTHER_LOCALITY
    if call.division != seen.division:
        wrong["division"] = ELSEWHERE
    if wrong:
        raise Invalid(wrong)


def look(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """``order.look``: how the watched item stands now, and how often the reply was sent back."""
    order = _of(ctx, call)
    item = ctx.session.get_one(WorkItem, order.item_id)
    rests = ctx.session.get_one(Case, order.watched_case_id).suspended_at
    stands = item.state in OPEN
    # While the case rests its limit does not run: those days make no card red.
    late = overdue_days(item.due_at, rests or ctx.now, calendars.of(ctx.session)) if stands else 0
    returned = max(0, _replies(ctx, call) - 1)
    how = f"还没有办结，已超期 {late} 个工作日{REST if rests else ''}" if stands else _ended(item)
    return {
        "open": stands,
        "overdue_days": max(late, order.overdue_days),
        "returned": returned,
        "why": f"被督办的环节“{order.step_name}”{how}；回复已退回 {returned} 次。",
    }


def _replies(ctx: Context, call: OperationCall) -> int:
    """How often the unit answered; an order it sent back to be issued once more is no answer."""
    replies = select(func.count()).where(
        WorkItem.case_id == call.case_id,
        WorkItem.step.startswith(REPLIES, autoescape=True),
        WorkItem.kind == STEP,
        WorkItem.state == DONE,
        WorkItem.conclusion.is_distinct_from(SENT_BACK),
    )
    return ctx.session.scalar(replies) or 0


def _ended(item: WorkItem) -> str:
    """What became of an item that is open no more, in words."""
    if item.state == DONE:
        return f"已经办结（{item.conclusion}）" if item.conclusion else "已经办结"
    return "办结后又撤回，正在重新办理" if item.state == TAKEN_BACK else "已经撤销"


def change_card(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """``order.card``: the card that stands from now on; the one before stays in the journal."""
    order = _of(ctx, call)
    card, why = call.inputs["card"], str(call.inputs["reason"])
    if order.card != card:
        order.card_since = ctx.now
    order.card, order.why = card, why
    return {"card": card, "why": f"{card}。{why}"}


def _of(ctx: Context, call: OperationCall) -> SupervisionOrder:
    order = ctx.session.get(SupervisionOrder, call.case_id)
    if order is None:
        raise NoOrder(number=call.case_number)
    return order


OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {
    "order.issue": issue,
    "order.look": look,
    "order.card": change_card,
}
