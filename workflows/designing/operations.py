"""The named operations of a diagram: what each needs and gives, and what a rehearsal answers instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from workflows.clock import end_of_day, local_date
from workflows.designing.desk import Call, Desk, Operation, Unanswerable
from workflows.designing.filing import REGISTERS

__all__ = ["OPERATIONS", "Call", "Desk", "Operation", "Unanswerable", "perform"]


def perform(desk: Desk, call: Call) -> dict[str, Any]:
    """What the operation gives in a rehearsal; raises Unanswerable."""
    operation = OPERATIONS.get(call.operation)
    if operation is None:
        raise call.unanswerable("没有登记这一操作，模拟时请在脚本的 results 中写明它的结果")
    missing = [name for name in operation.needs if call.inputs.get(name) in (None, "")]
    if missing:
        raise call.unanswerable(f"缺少 {'、'.join(missing)}")
    return operation.answer(desk, call)


def _post(desk: Desk, call: Call) -> dict[str, Any]:
    days = call.inputs["days"]
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise call.unanswerable(f"公示天数“{days}”应为正整数")
    posted_on = local_date(call.at)
    last = posted_on + timedelta(days=days)
    while call.inputs.get("extend_over_holidays") is True and not desk.calendar.is_working(last):
        last += timedelta(days=1)
    desk.notices += 1
    return {
        "notice": desk.notices,
        "posted_on": posted_on.isoformat(),
        "starts_on": (posted_on + timedelta(days=1)).isoformat(),
        "ends_at": end_of_day(last).isoformat(),
        "result": None,
    }


def _end(_desk: Desk, call: Call) -> dict[str, Any]:
    return {"notice": call.inputs["notice"], "result": call.inputs.get("result")}


def _issue(desk: Desk, _call: Call) -> dict[str, Any]:
    desk.papers += 1
    return {"document": desk.papers}


def _send(_desk: Desk, call: Call) -> dict[str, Any]:
    roles = call.inputs.get("roles")
    return {"sent": len(roles) if isinstance(roles, list) and roles else 1}


def _begin(desk: Desk, call: Call) -> dict[str, Any]:
    desk.cases += 1
    return {"case": f"模拟办件-{desk.cases}", "procedure": call.inputs["procedure"], "existed": False}


def _withhold(_desk: Desk, call: Call) -> dict[str, Any]:
    """Nobody complained of is known in a rehearsal: the first role acts."""
    return {"role": call.inputs["among"][0], "unit": None, "units": [], "unmatched": []}


def _order(_desk: Desk, call: Call) -> dict[str, Any]:
    """No case is watched in a rehearsal: the township answers, under the card the start form says."""
    facts, proposed = call.inputs["facts"], call.inputs["proposed"]
    said = {**_context(proposed), **_context(facts)}
    return {
        "role": "township_gov",
        "unit": said.get("unit"),
        "level": "township",
        "card": said.get("card"),
    }


def _context(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _look(_desk: Desk, _call: Call) -> dict[str, Any]:
    return {"open": True, "overdue_days": 1, "returned": 0}


def _card(_desk: Desk, call: Call) -> dict[str, Any]:
    return {"card": call.inputs["card"]}


_ENDED = frozenset({"notice", "result", "why"})
_TEXTS = (
    "title",
    "name",
    "mask_name",
    "place",
    "contact",
    "count_from",
    "extend_over_holidays",
    "objections",
)

OPERATIONS: Mapping[str, Operation] = {
    "notice.post": Operation(
        _post,
        ("content", "days"),
        (*_TEXTS, "role", "level"),
        frozenset({"notice", "posted_on", "starts_on", "ends_at", "result", "why"}),
    ),
    "notice.close": Operation(_end, ("notice",), ("result",), _ENDED),
    "notice.stop": Operation(_end, ("notice",), ("result",), _ENDED),
    **REGISTERS,
    "document.issue": Operation(
        _issue,
        (),
        ("kind", "title", "to", "conclusion", "reason", "body", "rows", "issuer", "notify"),
        frozenset({"document", "number", "sha256", "why"}),
    ),
    "case.start": Operation(
        _begin,
        ("procedure", "reason"),
        ("division", "subject", "answers"),
        frozenset({"case", "procedure", "existed", "why"}),
    ),
    "case.withhold": Operation(
        _withhold,
        ("among",),
        ("people", "units", "their_units"),
        frozenset({"role", "unit", "units", "unmatched", "why"}),
    ),
    "order.issue": Operation(
        _order, ("facts", "proposed"), (), frozenset({"role", "unit", "level", "card", "why"})
    ),
    "order.look": Operation(_look, (), (), frozenset({"open", "overdue_days", "returned", "why"})),
    "order.card": Operation(_card, ("card", "reason"), (), frozenset({"card", "why"})),
    "notify.send": Operation(_send, (), ("about", "text", "roles"), frozenset({"sent", "why"})),
}
"""The operations an office performs; a diagram may name no other."""
