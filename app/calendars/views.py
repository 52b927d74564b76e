"""Pages of the calendar: a month, and a day of it with the form of a change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, request

from app import door, policy
from app.calendars import queries
from app.calendars.commands import ChangeDay, require_administrator, years
from app.errors import status_of
from app.pages import go, page
from workflows.clock import local_date
from workflows.errors import Invalid, NotAllowed, NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

bp = Blueprint("calendars", __name__, template_folder="templates")

CHOICES = {"yes": True, "no": False, "published": None}
"""What the form offers, and what it means."""


class NoSuchDay(NotFound):
    """An address that is no day, or one of a year that is not looked after."""

    code = "calendar.no_such_day"
    sentence = "没有这一天，或者不是今年、明年的日子。"


@bp.get("/calendar")
@policy.allow(policy.sets_parameters)
def index() -> ResponseReturnValue:
    """日历: a month, this one unless the address names another."""
    today = local_date(door.now())
    asked = request.args.get("month")
    first = _day(f"{asked}-01") if asked else today.replace(day=1)
    session = door.reading()
    return page(
        "calendars/index.html",
        month=queries.month(session, first, today),
        changes=queries.changes(session, first.year),
        today=today,
        hindrance=_hindrance(),
    )


@bp.get("/calendar/<day>")
@policy.allow(policy.sets_parameters)
def show(day: str) -> ResponseReturnValue:
    """A day: what is published, what was changed, and the form of a change."""
    return _show(_day(day), {})


def _show(
    day: date, errors: Mapping[str, str], status: int = 200, problem: str | None = None
) -> ResponseReturnValue:
    seen, earlier = queries.one(door.reading(), day)
    return page(
        "calendars/day.html",
        status,
        seen=seen,
        earlier=earlier,
        errors=errors,
        problem=problem or errors.get("day"),
        given=request.form,
        hindrance=_hindrance(),
    )


@bp.post("/calendar/<day>")
@policy.allow(policy.sets_parameters)
def change(day: str) -> ResponseReturnValue:
    """调整."""
    which = _day(day)
    chosen = request.form.get("works", "")
    if chosen not in CHOICES:
        return _show(which, {"works": "请选择这一天上班还是休息。"}, 422)
    try:
        door.perform(ChangeDay(day=which, works=CHOICES[chosen], why=request.form.get("why", "")))
    except Invalid as refusal:
        return _show(which, refusal.errors, 422)
    except Refusal as refusal:
        return _show(which, {}, status_of(refusal), str(refusal))
    return go("calendars.index", "已调整，此后计算的时限按新的工作日。", month=day[:7])


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NoSuchDay from None
    if found.isoformat() != text or found.year not in years(local_date(door.now())):
        raise NoSuchDay
    return found


def _hindrance() -> str:
    """Why one may look at the calendar but not change it; empty where one may."""
    try:
        require_administrator(door.current_actor())
    except NotAllowed as refusal:
        return str(refusal)
    return ""
