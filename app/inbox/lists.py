"""How the lists of work are narrowed: what the address says, and the chips above the list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for

from app import door
from app.cases.lists import beginning, end
from app.inbox import queries
from app.inbox.queries import Filters
from workflows import actions, catalogue
from workflows.limits import near_until
from workflows.work_items import OFFERED, STEP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.inbox.orders import Order
    from workflows.commands import Actor
    from workflows.work_items import WorkItem

KEPT = ("q", "procedure", "lamp", "since", "until", "state", "sort", "batch")
"""What an address of these lists may say; it goes along from page to page."""

LAMPS = (("", "全部"), ("yellow", "将到期"), ("red", "已超期"))
"""The chips: every item, those whose lamp is yellow, those whose lamp is red."""


def narrowed(args: Mapping[str, str], now: datetime, lamp: str | None = None) -> Filters:
    """The filters an address asks for; ``lamp`` replaces the chip it names."""
    chosen = args.get("lamp", "") if lamp is None else lamp
    near = near_until(now, door.calendar()) + timedelta(microseconds=1)
    return Filters(
        procedure=args.get("procedure") or None,
        q=args.get("q") or None,
        due_before=near if chosen == "yellow" else None,
        due_after=now if chosen == "yellow" else None,
        overdue_at=now if chosen == "red" else None,
    )


def finished(args: Mapping[str, str]) -> Filters:
    """The filters of 已办: what, and between which days it was done."""
    return Filters(
        procedure=args.get("procedure") or None,
        q=args.get("q") or None,
        since=beginning(args.get("since")),
        until=end(args.get("until")),
    )


def kept(args: Mapping[str, str]) -> dict[str, str]:
    """What the address says besides the page: filters and order."""
    return {name: args[name] for name in KEPT if args.get(name)}


def sorts(endpoint: str, args: Mapping[str, str], orders: Mapping[str, Order]) -> dict[str, dict[str, Any]]:
    """The headings one can sort by: pressed once it rises or falls, pressed again it turns round."""
    chosen = args.get("sort", "") if args.get("sort", "") in orders else next(iter(orders))
    rest: dict[str, Any] = {name: value for name, value in kept(args).items() if name != "sort"}
    found = {}
    for name in dict.fromkeys(order.lstrip("-") for order in orders):
        current = {name: "asc", f"-{name}": "desc"}.get(chosen)
        turned = f"-{name}" if current == "asc" else name
        found[name] = {"href": url_for(endpoint, sort=turned, **rest), "current": current}
    return found


def ordered(args: Mapping[str, str], orders: Mapping[str, Order]) -> Order:
    """The order an address asks for; the usual one for none or nonsense."""
    return orders.get(args.get("sort", "")) or next(iter(orders.values()))


def chips(
    endpoint: str, session: Session, actor: Actor, args: Mapping[str, str], now: datetime
) -> list[dict[str, Any]]:
    """The chips with how many items each holds under the other filters."""
    rest: dict[str, Any] = {name: value for name, value in kept(args).items() if name != "lamp"}
    return [
        {
            "href": url_for(endpoint, lamp=lamp or None, **rest),
            "label": label,
            "current": args.get("lamp", "") == lamp,
            "count": queries.count_open(session, actor, narrowed(args, now, lamp)),
            "urgent": lamp == "red",
        }
        for lamp, label in LAMPS
    ]


def procedures(session: Session) -> list[tuple[str, str]]:
    """What the filter for procedures offers."""
    return [(release.key, release.name) for release in catalogue.in_force(session)]


MOST_PICKED = 200
"""So many rows stand on a page from which many are picked to be dealt with at once."""

AT_ONCE = ("claim", "complete", "transfer", "release")


def picks(rows: Sequence[WorkItem]) -> dict[int, list[str]]:
    """By item, which actions make sense on many at once: what the row shows; each verdict falls later."""
    return {row.id: [action for action in AT_ONCE if _offers(row, action)] for row in rows}


def _offers(row: WorkItem, action: str) -> bool:
    if action == "claim":
        return row.state == OFFERED
    if action == "complete" and row.kind != STEP:
        return False
    rule = actions.TABLE[action]
    return row.kind in rule.kinds and row.state in rule.states
