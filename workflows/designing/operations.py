"""The named operations of a diagram: what each needs and gives, and what a rehearsal answers instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workflows.clock import WorkingDays, end_of_day, local_date
from workflows.errors import Conflict


class Unanswerable(Conflict):
    """The operation cannot be done as the diagram asks for it."""

    code = "operation.unanswerable"
    sentence = "“{name}”的操作“{operation}”不能进行：{why}。"


@dataclass(slots=True)
class Desk:
    """Stands in for the office while a draft is walked: numbers notices and papers, keeps the registers."""

    calendar: WorkingDays
    notices: int = 0
    papers: int = 0
    cases: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Desk:
        """The desk as it is now, to go back to after a refusal."""
        return Desk(self.calendar, self.notices, self.papers, self.cases, dict(self.rows))


@dataclass(frozen=True, slots=True)
class Call:
    """An operation asked for at a moment."""

    name: str
    operation: str
    inputs: Mapping[str, Any]
    at: datetime

    def unanswerable(self, why: str) -> Unanswerable:
        """The refusal that says why not."""
        return Unanswerable(name=self.name, operation=self.operation, why=why)


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation takes, without which inputs it cannot be done, and the names of what it gives."""

    answer: Callable[[Desk, Call], dict[str, Any]]
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    gives: frozenset[str]


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


def _enter(desk: Desk, call: Call) -> dict[str, Any]:
    register = str(call.inputs["register"])
    row = desk.rows.setdefault(register, len(desk.rows) + 1)
    return {"register": register, "row": row, "status": call.inputs["status"]}


def _close(desk: Desk, call: Call) -> dict[str, Any]:
    register = str(call.inputs["register"])
    row = desk.rows.pop(register, None)
    return {"register": register, "row": row, "status": None if row is None else call.inputs["status"]}


def _issue(desk: Desk, _call: Call) -> dict[str, Any]:
    desk.papers += 1
    return {"document": desk.papers}


def _send(_desk: Desk, call: Call) -> dict[str, Any]:
    roles = call.inputs.get("roles")
    return {"sent": len(roles) if isinstance(roles, list) and roles else 1}


def _begin(desk: Desk, call: Call) -> dict[str, Any]:
    desk.cases += 1
    return {"case": f"模拟办件-{desk.cases}", "procedure": call.inputs["procedure"], "existed": False}


_ENDED = frozenset({"notice", "result", "why"})
_ENTERED = frozenset({"register", "row", "number", "status"})
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
    "register.enter": Operation(
        _enter, ("register", "event", "status"), ("register_name", "fields"), _ENTERED
    ),
    "register.close": Operation(
        _close, ("register", "event", "status"), ("register_name", "reason"), _ENTERED
    ),
    "document.issue": Operation(
        _issue,
        (),
        ("kind", "title", "to", "conclusion", "reason", "issuer", "notify"),
        frozenset({"document", "number", "sha256", "why"}),
    ),
    "case.start": Operation(
        _begin,
        ("procedure", "reason"),
        ("division", "subject", "answers"),
        frozenset({"case", "procedure", "existed", "why"}),
    ),
    "notify.send": Operation(_send, (), ("about", "text", "roles"), frozenset({"sent", "why"})),
}
"""The operations an office performs; a diagram may name no other."""
