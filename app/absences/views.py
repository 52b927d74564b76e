"""Pages of 我的账户 › 离岗委托."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from app import door, policy
from app.absences import queries
from app.absences.commands import AppointDeputy, EndAbsence
from app.errors import status_of
from app.pages import go, page
from workflows.clock import local_date
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

bp = Blueprint("absences", __name__, template_folder="templates")


@bp.get("/me/absences")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """离岗委托: my own, and those in which I am the deputy."""
    me = door.current_actor().person_id or 0
    return page(
        "absences/index.html",
        mine=me,
        absences=queries.of_person(door.reading(), me, door.now()),
        candidates=queries.candidates(door.reading(), me),
    )


@bp.get("/me/absences/new")
@policy.allow(policy.handles_work)
def ask() -> ResponseReturnValue:
    """The form of a new appointment."""
    return _ask({})


def _ask(errors: Mapping[str, str], status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    me = door.current_actor().person_id or 0
    return page(
        "absences/new.html",
        status,
        candidates=queries.candidates(door.reading(), me),
        procedures=queries.procedures_for(door.reading(), me),
        given=request.form,
        chosen=request.form.getlist("procedures"),
        today=local_date(door.now()).isoformat(),
        errors=errors,
        problem=problem,
    )


@bp.post("/me/absences/new")
@policy.allow(policy.handles_work)
def appoint() -> ResponseReturnValue:
    """Appoint a deputy."""
    given, errors = _given()
    if errors:
        return _ask(errors, 422)
    try:
        door.perform(AppointDeputy(person_id=door.current_actor().person_id or 0, **given))
    except Invalid as refusal:
        return _ask(refusal.errors, 422)
    except Refusal as refusal:
        return _ask({}, status_of(refusal), str(refusal))
    return go("absences.index", "已委托，双方都会收到消息。")


def _given() -> tuple[dict[str, Any], dict[str, str]]:
    form, errors = request.form, {}
    unit, _, deputy = form.get("deputy", "").partition(":")
    if not (unit.isdecimal() and deputy.isdecimal()):
        errors["deputy"] = "请选择一位同事。"
    days = {}
    for field, name in (("from", "first_day"), ("until", "last_day")):
        try:
            days[name] = date.fromisoformat(form.get(field, ""))
        except ValueError:
            errors[field] = "请选择日期。"
    if errors:
        return {}, errors
    return {
        "unit_id": int(unit),
        "deputy_id": int(deputy),
        "reason": form.get("reason", ""),
        "procedures": tuple(form.getlist("procedures")),
        **days,
    }, {}


@bp.get("/me/absences/<int:absence_id>/end")
@policy.allow(policy.handles_work)
def ask_end(absence_id: int) -> ResponseReturnValue:
    """The question whether to end it, on a page of its own."""
    return _ask_end(absence_id)


def _ask_end(absence_id: int, status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    me = door.current_actor().person_id or 0
    found = queries.absence(door.reading(), me, absence_id, door.now())
    if found.person_id != me:
        raise queries.UnknownAbsence
    return page("absences/end.html", status, absence=found, problem=problem)


@bp.post("/me/absences/<int:absence_id>/end")
@policy.allow(policy.handles_work)
def end(absence_id: int) -> ResponseReturnValue:
    """End it, from this moment on."""
    try:
        door.perform(EndAbsence(absence_id=absence_id, reason=request.form.get("reason", "")))
    except queries.UnknownAbsence:
        raise
    except Refusal as refusal:
        return _ask_end(absence_id, status_of(refusal), str(refusal))
    return go("absences.index", "离岗委托已结束，即时生效。")
