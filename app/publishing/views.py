"""Pages of publishing: hand an amendment in, review it, publish it; versions in waiting and out of force."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from app import door, policy
from app.errors import status_of
from app.pages import go, page
from app.publishing import queries
from workflows.catalogue import VERSION_WORDS
from workflows.clock import LOCAL, local_date
from workflows.designing import retiring
from workflows.designing.amending import OpenAmendment
from workflows.designing.amendments import STATE_WORDS, seen
from workflows.designing.effective import WithdrawVersion, version_of
from workflows.designing.migration_rows import STATE_WORDS as MOVE_WORDS
from workflows.designing.retiring import ConfirmRetirement, DropRetirement, ProposeRetirement
from workflows.designing.reviewing import (
    BackToDrafting,
    PublishAmendment,
    ReviewAmendment,
    SubmitAmendment,
)
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from workflows.commands import Command

bp = Blueprint("publishing", __name__, template_folder="templates")

DOCUMENT = ("number", "title", "date", "text")


@bp.get("/publishing/amendments/<int:amendment_id>")
@policy.allow(policy.sets_parameters)
def amendment(amendment_id: int) -> ResponseReturnValue:
    """复核与发布: where an amendment stands on its way to being in force."""
    return _amendment(amendment_id)


def _amendment(
    amendment_id: int, status: int = 200, problem: str = "", errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    found = queries.reviewed(door.reading(), door.current_actor(), amendment_id)
    return page(
        "publishing/amendment.html",
        status,
        found=found,
        row=found.row,
        state=STATE_WORDS[found.row.state],
        problem=problem,
        errors=errors or {},
        given=request.form,
        version_words=VERSION_WORDS,
    )


@bp.get("/publishing/amendments/<int:amendment_id>/submit")
@policy.allow(policy.sets_parameters)
def ask_submit(amendment_id: int) -> ResponseReturnValue:
    """The form of handing it in."""
    return _ask_submit(amendment_id)


def _ask_submit(
    amendment_id: int, status: int = 200, problem: str = "", errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    row = seen(door.reading(), door.current_actor(), amendment_id)
    given: Mapping[str, Any] = request.form if request.method == "POST" else {**row.document}
    today = local_date(door.now()).isoformat()
    return page(
        "publishing/submit.html",
        status,
        row=row,
        given=given,
        errors=errors or {},
        problem=problem,
        today=today,
    )


@bp.post("/publishing/amendments/<int:amendment_id>/submit")
@policy.allow(policy.sets_parameters)
def submit(amendment_id: int) -> ResponseReturnValue:
    """提交复核."""
    try:
        command = SubmitAmendment(
            amendment_id=amendment_id,
            revision=request.form.get("revision", 0, type=int),
            document={name: request.form.get(name, "") for name in DOCUMENT},
            effective_at=_instant(request.form.get("effective", ""), request.form.get("clock", "")),
        )
        door.perform(command)
    except Invalid as refusal:
        return _ask_submit(amendment_id, 422, _unless_named(refusal), refusal.errors)
    except Refusal as refusal:
        return _ask_submit(amendment_id, status_of(refusal), str(refusal))
    return go(".amendment", "已提交，等待另一位事项管理员复核。", amendment_id=amendment_id)


def _unless_named(refusal: Invalid) -> str:
    """What the page says on top, where no field of it can say it."""
    return "" if set(refusal.errors) <= {*DOCUMENT, "effective"} else str(refusal)


def _instant(day: str, clock: str) -> datetime | None:
    try:
        at = time.fromisoformat(clock) if clock else time()
        return datetime.combine(date.fromisoformat(day), at.replace(tzinfo=None), tzinfo=LOCAL)
    except ValueError:
        return None


@bp.post("/publishing/amendments/<int:amendment_id>/review")
@policy.allow(policy.sets_parameters)
def review(amendment_id: int) -> ResponseReturnValue:
    """复核: approve or send back."""
    approve = request.form.get("verdict") == "approve"
    command = ReviewAmendment(
        amendment_id=amendment_id,
        digest=request.form.get("digest", ""),
        approve=approve,
        opinion=request.form.get("opinion", ""),
    )
    said = "已复核通过，可以发布。" if approve else "已退回起草人修改。"
    return _on_amendment(amendment_id, command, said)


@bp.post("/publishing/amendments/<int:amendment_id>/back")
@policy.allow(policy.sets_parameters)
def back(amendment_id: int) -> ResponseReturnValue:
    """退回起草."""
    return _on_amendment(amendment_id, BackToDrafting(amendment_id=amendment_id), "已退回起草，复核作废。")


@bp.post("/publishing/amendments/<int:amendment_id>/publish")
@policy.allow(policy.sets_parameters)
def publish(amendment_id: int) -> ResponseReturnValue:
    """发布."""
    numbers = [int(each) for each in request.form.getlist("acknowledged") if each.isdecimal()]
    command = PublishAmendment(
        amendment_id=amendment_id,
        digest=request.form.get("digest", ""),
        acknowledged=tuple(numbers),
    )
    return _on_amendment(amendment_id, command, "已发布，到生效时间起新发起的办件按新版办理。")


def _on_amendment(amendment_id: int, command: Command[int], said: str) -> ResponseReturnValue:
    try:
        door.perform(command)
    except Invalid as refusal:
        return _amendment(amendment_id, 422, str(refusal), refusal.errors)
    except Refusal as refusal:
        seen(door.reading(), door.current_actor(), amendment_id)
        return _amendment(amendment_id, status_of(refusal), str(refusal))
    return go(".amendment", said, amendment_id=amendment_id)


@bp.get("/publishing/<key>")
@policy.allow(policy.sets_parameters)
def procedure(key: str) -> ResponseReturnValue:
    """发布管理: the versions of a procedure, in force, waiting and past."""
    return _procedure(key)


def _procedure(key: str, status: int = 200, problem: str = "") -> ResponseReturnValue:
    found = queries.standing(door.reading(), door.current_actor(), key)
    return page(
        "publishing/procedure.html",
        status,
        found=found,
        procedure=found.procedure,
        words=VERSION_WORDS,
        move_words=MOVE_WORDS,
        problem=problem,
        me=door.current_actor().person_id,
    )


@bp.post("/publishing/<key>/versions/<int:version>/amend")
@policy.allow(policy.sets_parameters)
def amend(key: str, version: int) -> ResponseReturnValue:
    """恢复: begin an amendment with the words of an earlier version."""
    title = f"恢复第 {version} 版的内容"
    try:
        amendment_id = door.perform(OpenAmendment(procedure=key, title=title, version=version))
    except Refusal as refusal:
        return _procedure(key, status_of(refusal), str(refusal))
    said = "已按该版内容起草，在用的版本没有变动；改好后照常提交复核。"
    return go("designer.show", said, amendment_id=amendment_id)


@bp.get("/publishing/<key>/versions/<int:version>/withdraw")
@policy.allow(policy.sets_parameters)
def ask_withdraw(key: str, version: int) -> ResponseReturnValue:
    """Ask why a version in waiting is withdrawn."""
    return _ask_withdraw(key, version)


def _ask_withdraw(
    key: str, version: int, status: int = 200, problem: str = "", errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    session = door.reading()
    found = queries.standing(session, door.current_actor(), key)
    return page(
        "publishing/withdraw.html",
        status,
        procedure=found.procedure,
        version=version_of(session, key, version),
        problem=problem,
        errors=errors or {},
        given=request.form,
    )


@bp.post("/publishing/<key>/versions/<int:version>/withdraw")
@policy.allow(policy.sets_parameters)
def withdraw(key: str, version: int) -> ResponseReturnValue:
    """撤回待生效版本."""
    command = WithdrawVersion(procedure=key, number=version, reason=request.form.get("reason", ""))
    try:
        door.perform(command)
    except Invalid as refusal:
        return _ask_withdraw(key, version, 422, errors=refusal.errors)
    except Refusal as refusal:
        return _ask_withdraw(key, version, status_of(refusal), str(refusal))
    return go(".procedure", f"第 {version} 版已撤回，不会生效。", key=key)


@bp.get("/publishing/<key>/retire")
@policy.allow(policy.sets_parameters)
def ask_retire(key: str) -> ResponseReturnValue:
    """The form of a retirement."""
    return _ask_retire(key)


def _ask_retire(
    key: str, status: int = 200, problem: str = "", errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    found = queries.standing(door.reading(), door.current_actor(), key)
    return page(
        "publishing/retire.html",
        status,
        procedure=found.procedure,
        problem=problem,
        errors=errors or {},
        given=request.form,
    )


@bp.post("/publishing/<key>/retire")
@policy.allow(policy.sets_parameters)
def retire(key: str) -> ResponseReturnValue:
    """提议停用."""
    document = {name: request.form.get(name, "") for name in retiring.LONGEST}
    command = ProposeRetirement(procedure=key, reason=request.form.get("reason", ""), document=document)
    try:
        door.perform(command)
    except Invalid as refusal:
        return _ask_retire(key, 422, errors=refusal.errors)
    except Refusal as refusal:
        return _ask_retire(key, status_of(refusal), str(refusal))
    return go(".procedure", "已提议停用，待另一位事项管理员核准。", key=key)


@bp.post("/publishing/<key>/retirements/<int:retirement_id>/confirm")
@policy.allow(policy.sets_parameters)
def confirm_retirement(key: str, retirement_id: int) -> ResponseReturnValue:
    """核准停用."""
    return _on_retirement(key, ConfirmRetirement(retirement_id=retirement_id), "已停用，不再受理新的办件。")


@bp.post("/publishing/<key>/retirements/<int:retirement_id>/drop")
@policy.allow(policy.sets_parameters)
def drop_retirement(key: str, retirement_id: int) -> ResponseReturnValue:
    """撤回停用提议."""
    return _on_retirement(key, DropRetirement(retirement_id=retirement_id), "停用提议已撤回。")


def _on_retirement(key: str, command: Command[int], said: str) -> ResponseReturnValue:
    try:
        door.perform(command)
    except Refusal as refusal:
        return _procedure(key, status_of(refusal), str(refusal))
    return go(".procedure", said, key=key)
