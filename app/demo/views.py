"""Demo mode's two addresses: which accounts there are, and the clock that can be turned."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from app import door, policy
from app.demo import queries
from app.demo.commands import TurnClock
from app.extensions import csrf
from workflows import feel, timers, worker
from workflows.clock import LOCAL
from workflows.errors import Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("demo", __name__, url_prefix="/demo")

# The clock is turned by programs; there is no session whose name could be misused.
csrf.exempt(bp)

PATIENCE = 40
"""How often to look again for what another worker holds just now."""

FIRST_YEAR, LAST_YEAR = 2020, 2099


@bp.get("/accounts")
@policy.allow(policy.demo_only)
def accounts() -> ResponseReturnValue:
    """The accounts, narrowed by unit, role, open item or procedure."""
    args = request.args
    item = args.get("item", "").strip()
    if item and not (item.isascii() and item.isdigit() and len(item) < 19):
        raise Invalid({"item": "应为待办编号。"})
    wanted = queries.Wanted(
        unit=args.get("unit") or None,
        role=args.get("role") or None,
        item=int(item) if item else None,
        procedure=(args.get("procedure") or "").replace("\x00", "") or None,
    )
    return _json(queries.accounts(door.reading(), wanted))


@bp.post("/clock")
@policy.allow(policy.demo_only)
def clock() -> ResponseReturnValue:
    """Set the application clock, fire what is due, and say what time it is now."""
    executor = door.executor()
    door.perform(TurnClock(to=_target(executor.clock.now())))
    door.close_reading()
    fired = _fire()
    return _json({"now": executor.clock.now().isoformat(), "fired": fired})


def _target(now: datetime) -> datetime:
    given = request.get_json(force=True, silent=True)
    if not isinstance(given, dict) or len(given.keys() & {"now", "advance"}) != 1:
        raise Invalid({"now": "请给出 now（时刻）或 advance（时段，如 P5D）其中一个。"})
    name = "now" if "now" in given else "advance"
    try:
        to = _instant(given["now"]) if name == "now" else _later(now, given["advance"])
        if not FIRST_YEAR <= to.year <= LAST_YEAR:
            raise ValueError
    except (ValueError, TypeError, OverflowError):
        raise Invalid({name: _WRONG[name]}) from None
    return to


_WRONG = {
    "now": f"应为 ISO 8601 时刻，如 2026-03-20T09:00:00+08:00，年份在 {FIRST_YEAR} 与 {LAST_YEAR} 之间。",
    "advance": f"应为 ISO 8601 时段，如 P5D、PT36H、P1M，且不超出 {LAST_YEAR} 年。",
}


def _instant(text: Any) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=LOCAL)).astimezone(UTC)


def _later(now: datetime, text: Any) -> datetime:
    length = feel.evaluate("duration(text)", {"text": text})
    if isinstance(length, feel.DaysTime):
        return now + length.to_timedelta()
    if isinstance(length, timedelta):
        return now + length
    if isinstance(length, feel.YearsMonths):
        moved = feel.evaluate("at + length", {"at": now, "length": length})
        return _instant(str(moved))
    raise ValueError


def _fire() -> int:
    """Fire what is due, also what the worker beside us is firing: afterwards nothing due is left."""
    executor = door.executor()
    fired = worker.drain(executor)
    for _ in range(PATIENCE):
        with executor.database.reading() as session:
            if not timers.cases_due(session, executor.clock.now(), 1):
                break
        time.sleep(0.05)
        fired += worker.drain(executor)
    return fired


def _json(content: object) -> Response:
    return Response(orjson.dumps(content), content_type="application/json")
