"""How the lists of work are narrowed: what the address says, and the chips above the list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for

from app import door
from app.inbox import queries
from app.inbox.queries import Filters
from workflows import catalogue
from workflows.limits import near_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

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


def chips(session: Session, actor: Actor, args: Mapping[str, str], now: datetime) -> list[dict[str, Any]]:
    """The chips with how many items each holds under the other filters."""
    kept: dict[str, Any] = {name: args[name] for name in ("q", "procedure") if args.get(name)}
    return [
        {
            "href": url_for("inbox.index", lamp=lamp or None, **kept),
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
