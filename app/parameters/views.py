"""Pages of the parameters: by procedure, the form of a change, its confirmation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from app import door, policy
from app.errors import status_of
from app.pages import go, page
from app.parameters import queries
from app.parameters.commands import ConfirmParameter, ProposeParameter, UnknownParameter, WithdrawParameter
from workflows.clock import local_date, start_of_day
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from workflows.commands import Command

bp = Blueprint("parameters", __name__, template_folder="templates")


@bp.get("/parameters")
@policy.allow(policy.sets_parameters)
def index() -> ResponseReturnValue:
    """参数: the procedures one administers."""
    return page("parameters/index.html", releases=queries.administered(door.reading(), door.current_actor()))


@bp.get("/parameters/<key>")
@policy.allow(policy.sets_parameters)
def show(key: str) -> ResponseReturnValue:
    """The parameters of a procedure."""
    return _show(key)


def _show(key: str, status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    session, actor = door.reading(), door.current_actor()
    release = queries.release_for(session, actor, key, door.now())
    return page(
        "parameters/show.html",
        status,
        release=release,
        settings=queries.settings(session, release),
        hindrance=queries.hindrance(actor, release),
        me=actor.person_id,
        problem=problem,
    )


@bp.get("/parameters/<key>/<name>")
@policy.allow(policy.sets_parameters)
def ask(key: str, name: str) -> ResponseReturnValue:
    """The form of a change."""
    return _ask(key, name, {})


def _ask(key: str, name: str, errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    session = door.reading()
    release = queries.release_for(session, door.current_actor(), key, door.now())
    return page(
        "parameters/ask.html",
        status,
        release=release,
        setting=queries.setting(session, release, name),
        errors=errors,
        given=request.form,
        today=local_date(door.now()).isoformat(),
    )


@bp.post("/parameters/<key>/<name>")
@policy.allow(policy.sets_parameters)
def propose(key: str, name: str) -> ResponseReturnValue:
    """提议."""
    release = queries.release_for(door.reading(), door.current_actor(), key, door.now())
    said = queries.setting(door.reading(), release, name).said
    try:
        command = ProposeParameter(
            procedure=key,
            name=name,
            value=_value(said, request.form.getlist("value")),
            effective_at=start_of_day(_day(request.form.get("effective", ""))),
            reason=request.form.get("reason", ""),
        )
        door.perform(command)
    except Invalid as refusal:
        return _ask(key, name, refusal.errors, 422)
    except Refusal as refusal:
        return _show(key, status_of(refusal), str(refusal))
    return go("parameters.show", "已提议，待另一位事项管理员核准。", key=key)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid({"effective": "请填写生效日期。"}) from None


def _value(said: Mapping[str, Any], given: list[str]) -> Any:
    """What was typed, as a value of the parameter's type; what cannot be one stays text and is refused."""
    typed = given[0].strip() if given else ""
    kind = said.get("type")
    if kind == "boolean":
        return typed == "true"
    if kind == "list":
        lines = given if said.get("options") else typed.splitlines()
        return [line.strip() for line in lines if line.strip()]
    if kind in {"integer", "number"}:
        try:
            return int(typed)
        except ValueError:
            return _number(typed) if kind == "number" else typed
    return typed


def _number(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed


@bp.post("/parameters/proposals/<int:proposal_id>/confirm")
@policy.allow(policy.sets_parameters)
def confirm(proposal_id: int) -> ResponseReturnValue:
    """核准."""
    return _on(proposal_id, ConfirmParameter(proposal_id=proposal_id), "已核准，生效后发起的办件按新值办理。")


@bp.post("/parameters/proposals/<int:proposal_id>/withdraw")
@policy.allow(policy.sets_parameters)
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """撤回."""
    return _on(proposal_id, WithdrawParameter(proposal_id=proposal_id), "提议已撤回，参数未变。")


def _on(proposal_id: int, command: Command[int], said: str) -> ResponseReturnValue:
    key = queries.proposal_key(door.reading(), proposal_id)
    if key is None:
        raise UnknownParameter
    try:
        door.perform(command)
    except Refusal as refusal:
        return _show(key, status_of(refusal), str(refusal))
    return go("parameters.show", said, key=key)
