"""By what the trail is narrowed: what an address says, and what the bar above the list offers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.pages import MOST_ROW_NUMBER
from app.security.deeds import NAMES
from app.security.queries import AuditFilter
from workflows.catalogue import Procedure
from workflows.clock import end_of_day, start_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

PARTS = ("case", "person", "since", "until", "division", "procedure", "step", "command")
"""What an address may say."""


def asked(args: Mapping[str, str]) -> dict[str, Any]:
    """What an address says, without what it leaves empty."""
    given = {name: args.get(name, "").strip() for name in PARTS}
    return {name: value for name, value in given.items() if value}


def wanted(args: Mapping[str, str]) -> AuditFilter:
    """The entries an address asks for; a day that is none is no limit."""
    said = asked(args)
    person = said.get("person", "")
    known = person.isascii() and person.isdecimal() and int(person) <= MOST_ROW_NUMBER
    since, until = _day(said.get("since")), _day(said.get("until"))
    return AuditFilter(
        case=said.get("case"),
        person_id=int(person) if known else None,
        since=start_of_day(since) if since else None,
        until=end_of_day(until) if until else None,
        division=said.get("division"),
        procedure=said.get("procedure"),
        step=said.get("step"),
        command=said.get("command"),
    )


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if date(1970, 1, 1) <= found <= date(9000, 1, 1) else None


def fields(session: Session) -> list[dict[str, Any]]:
    """The bar above the list; what is asked seldom is folded away."""
    procedures = session.execute(select(Procedure.key, Procedure.name).order_by(Procedure.key))
    known = [(row.key, row.name) for row in procedures]
    more = {"more": True}
    return [
        {"name": "case", "label": "办件编号", "kind": "search", "placeholder": "完整编号"},
        {"name": "person", "label": "人员编号", "kind": "search"},
        {"name": "since", "label": "起", "kind": "date"},
        {"name": "until", "label": "止", "kind": "date"},
        {"name": "command", "label": "操作", "kind": "select", "options": list(NAMES.items()), **more},
        {"name": "procedure", "label": "事项", "kind": "select", "options": known, **more},
        {"name": "division", "label": "区划代码", "kind": "search", "placeholder": "12 位", **more},
        {"name": "step", "label": "环节标识", "kind": "search", "placeholder": "流程图中的标识", **more},
    ]
