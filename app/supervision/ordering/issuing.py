"""下达督办单 from a page: the item chosen, what the record says of it shown, the rest asked."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, request, url_for

from app import door, policy
from app.attachments import shelf
from app.errors import status_of
from app.orders import facts, queries, rule
from app.orders.commands import AlreadyOrdered, IssueOrder
from app.orders.facts import GIVEN, NotOrderable, UnknownWatched
from app.pages import go, page
from workflows.errors import Invalid, Refusal
from workflows.once import Once, Replayed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    import forms
    from app.orders.facts import Watched
    from workflows.catalogue import Release

bp = Blueprint("issuing", __name__)

NO_PROCEDURE = "本地没有发布督办单这一事项，不能下达；请联系事项管理员。"
CHANGED = "办件的情况与页面上的不一致，已按现在的记录重新带出，请核对后再下达。"
FACTS = (*GIVEN, "proposed")
"""What the page shows and does not ask."""

RUNNING_ALREADY = "case.already_running"


@bp.get("/supervision/orders/new")
@policy.allow(policy.supervises)
def ask() -> ResponseReturnValue:
    """The start form about one item; of a case with several open steps, first which."""
    number, item = request.args.get("case"), request.args.get("item", type=int)
    if item is None and number:
        found = facts.items_of(door.reading(), door.current_actor(), number)
        if len(found) != 1:
            return page("supervision/order_which.html", number=number, items=found)
        item = found[0].id
    if item is None:
        raise UnknownWatched
    return _ask(item, None)


def _ask(item: int, problem: str | None, status: int = 200) -> ResponseReturnValue:
    """The form over the record as it is now; what was typed before stands in it still."""
    session = door.reading()
    seen = facts.watched(session, door.current_actor(), item, door.now())
    number = queries.open_on(session, door.current_actor(), item)
    if number is not None:
        raise AlreadyOrdered(number=number)
    release, card, why = _by_rule(seen)
    known: dict[str, Any] = {**seen.given(), "proposed": card}
    typed = {key: request.form[key] for key in ("demand", "card", "card_reason") if key in request.form}
    form = _form(release, seen, {**known, "card": card, **typed})
    return _show(seen, form, why, status, problem=problem, known=known)


def _by_rule(seen: Watched) -> tuple[Release, str, str]:
    release = rule.release_of(door.reading(), seen.locality, door.now())
    grade = rule.graded(release, seen.overdue_days, 0, door.now()) if release else None
    if release is None or grade is None:
        raise NotOrderable(why=NO_PROCEDURE)
    return release, grade.card, grade.why


def _form(release: Release, seen: Watched, data: Mapping[str, Any]) -> forms.WholeForm:
    first = release.start_element()
    text = release.forms[first.form or ""] if first else ""
    scope = {"param": dict(release.parameters), "case": {"division": seen.division}, "subject": {}}
    return shelf.build(door.reading(), door.current_actor(), door.now(), text, data, scope=scope)


def _show(
    seen: Watched, form: forms.WholeForm, why: str, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """The page; the facts go along as they were first shown, unless ``known`` says them anew."""
    known = values.pop("known", None) or {name: request.form.get(name, "") for name in FACTS}
    return page(
        "supervision/order.html",
        status,
        seen=seen,
        form=form,
        why=why,
        known=known,
        **values,
        once=request.form.get("_once") or secrets.token_urlsafe(18),
        back=url_for("supervision.ordering.index", part="proposed"),
    )


@bp.post("/supervision/orders/new")
@policy.allow(policy.supervises)
def issue() -> ResponseReturnValue:
    """Issue it; the facts come back as they were shown, and the command holds them against the record."""
    item = request.form.get("item", type=int) or 0
    seen = facts.watched(door.reading(), door.current_actor(), item, door.now())
    release, _, why = _by_rule(seen)
    form = _form(release, seen, request.form)
    if "_refresh" in request.form:
        return _show(seen, form, why)
    try:
        number = _issued(release, seen, form.said(), request.form.get("_once"))
    except Invalid as refusal:
        if {*FACTS, "division"} & set(refusal.errors):
            return _ask(item, CHANGED, 422)
        form.validate()
        return _show(seen, form, why, 422)
    except Refusal as refusal:
        session, twice = door.reading(), refusal.code == RUNNING_ALREADY
        named = queries.open_on(session, door.current_actor(), item) if twice else None
        refused = AlreadyOrdered(number=named) if named else refusal
        return _show(seen, form, why, status_of(refused), problem=str(refused))
    return go("cases.show", f"督办单 {number} 已下达，{seen.unit}将收到待办。", number=number)


def _issued(release: Release, seen: Watched, said: Mapping[str, Any], key: str | None) -> str:
    command = IssueOrder(procedure=release.key, division=seen.division, answers=said)
    asked = orjson.dumps([release.key, seen.division, dict(said)], default=str)
    once = Once(key, asked, lambda result: str(result.number)) if key else None
    try:
        return door.perform(command, once=once).number
    except Replayed as replay:
        return replay.answer
