"""Pages of alerts: the list, one of them, and the note on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from app import door, policy
from app.pages import PAGE_ROWS, after, go, page, paged, row_number
from app.supervision.alerts.commands import NoteAlert, UnknownAlert
from app.supervision.alerts.finding import STATES, broken_rules, shown_to
from app.supervision.alerts.rules import NAMES
from app.supervision.models import Alert
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

bp = Blueprint("alerts", __name__)


@bp.get("/supervision/alerts")
@policy.allow(policy.supervises)
def index() -> ResponseReturnValue:
    """The alerts of one's divisions, the newest first."""
    state, cursor = request.args.get("state", ""), request.args.get("cursor")
    query = select(Alert).where(shown_to(door.current_actor()))
    if state in STATES:
        query = query.where(Alert.state == state)
    came = after(cursor, row_number)
    if came:
        query = query.where(Alert.id < came[0])
    rows = door.reading().scalars(query.order_by(Alert.id.desc()).limit(PAGE_ROWS + 1)).all()
    shown = paged(rows, PAGE_ROWS, lambda row: (row.id,))
    here: dict[str, Any] = {"state": state} if state in STATES else {}
    return page(
        "supervision/alerts.html",
        fragment="supervision/_alerts.html",
        rows=shown.rows,
        rules=NAMES,
        states=STATES,
        chips=[
            {
                "href": url_for("supervision.alerts.index", state=key or None),
                "label": words,
                "current": key == state,
            }
            for key, words in {"": "全部", **STATES}.items()
        ],
        next_url=url_for("supervision.alerts.index", cursor=shown.next, **here) if shown.next else None,
        first_url=url_for("supervision.alerts.index", **here) if cursor else None,
    )


@bp.get("/supervision/alerts/<int:alert_id>")
@policy.allow(policy.supervises)
def show(alert_id: int) -> ResponseReturnValue:
    """One alert, and the note on it."""
    return _show(alert_id, {}, {})


def _show(
    alert_id: int, given: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    alert = (
        door.reading()
        .scalars(select(Alert).where(Alert.id == alert_id, shown_to(door.current_actor())))
        .one_or_none()
    )
    if alert is None:
        raise UnknownAlert
    return page(
        "supervision/alert.html", status, alert=alert, rules=NAMES, states=STATES, given=given, errors=errors
    )


@bp.post("/supervision/alerts/<int:alert_id>")
@policy.allow(policy.supervises)
def note(alert_id: int) -> ResponseReturnValue:
    """Note that it was looked at, or close it."""
    form = request.form
    try:
        door.perform(NoteAlert(alert_id=alert_id, note=form.get("note", ""), close=bool(form.get("close"))))
    except Invalid as refusal:
        return _show(alert_id, form, refusal.errors, 422)
    return go("supervision.alerts.show", "已记下。", alert_id=alert_id)


@bp.get("/system/rules")
@policy.allow(policy.administers)
def broken() -> ResponseReturnValue:
    """预警规则: those that do not get through, for the system officer; nothing of any case."""
    found = broken_rules(door.reading())
    sound = [name for name in NAMES.values() if name not in {one.rule for one in found}]
    return page("supervision/rules.html", broken=found, sound=sound)
