"""What an address of supervision asks for, and the address of the same with something else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.supervision import queries
from app.supervision.queries import Wanted
from workflows.clock import local_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workflows.commands import Actor

USUAL_DAYS = 30

PARTS = ("area", "procedure", "version", "step", "since", "until")
"""What an address may say."""


def wanted(actor: Actor, args: Mapping[str, str], now: datetime) -> Wanted:
    """What is asked for; the last thirty days where no days are named. Raises UnknownArea."""
    today = local_date(now)
    until = _day(args.get("until")) or today
    since = _day(args.get("since")) or until - timedelta(days=USUAL_DAYS - 1)
    version = args.get("version", "")
    return Wanted(
        area=queries.area_for(actor, args.get("area")),
        since=min(since, until),
        until=until,
        procedure=args.get("procedure") or None,
        version=int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else None,
        step=args.get("step") or None,
    )


def said(wanted: Wanted, **other: Any) -> dict[str, Any]:
    """The same as parts of an address; ``other`` replaces, None leaves out."""
    parts = {
        "area": wanted.area,
        "procedure": wanted.procedure,
        "version": wanted.version,
        "step": wanted.step,
        "since": wanted.since.isoformat(),
        "until": wanted.until.isoformat(),
    }
    return {name: value for name, value in {**parts, **other}.items() if value is not None}


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if date(1970, 1, 1) <= found <= date(9000, 1, 1) else None
