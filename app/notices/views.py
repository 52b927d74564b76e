"""Notices, objections and progress: pages for everyone, no sign-in asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from app import policy
from app.door import current_actor, now, perform, reading
from app.notices import queries
from app.notices.commands import AskProgress, RaiseObjection, TooManyMisses, UnknownNotice
from app.pages import PAGE_ROWS, after, go, page, paged, row_number
from app.policy import allow
from workflows.errors import Conflict, Invalid, TooMany

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

bp = Blueprint("notices", __name__, template_folder="templates")

NOT_FOR_PEOPLE = "website"
"""A field people do not see; a program that fills in every field gives itself away."""


@bp.get("/notices")
@allow(policy.public)
def index() -> ResponseReturnValue:
    """The notices, those in their period first asked for."""
    when = queries.PAST if request.args.get("when") == queries.PAST else queries.CURRENT
    division = _division(request.args.get("division", ""))
    behind = after(request.args.get("cursor"), row_number)
    before = behind[0] if behind else None
    found = queries.notices(
        reading(), now(), division=division, when=when, before=before, limit=PAGE_ROWS + 1
    )
    listed = paged(found, PAGE_ROWS, lambda notice: (notice.id,))
    return page(
        "notices/index.html",
        listed=listed,
        when=when,
        division=division or "",
        cursor=before,
        places=queries.places(reading()),
    )


def _division(code: str) -> str | None:
    return code if code.isdigit() and len(code) == 12 else None


@bp.get("/notices/<int:notice_id>")
@allow(policy.public)
def show(notice_id: int) -> ResponseReturnValue:
    """One notice, and where to object."""
    return _notice(notice_id)


@bp.post("/notices/<int:notice_id>/objections")
@allow(policy.public)
def raise_objection(notice_id: int) -> ResponseReturnValue:
    """Take an objection; what was typed stays on the page when it cannot be taken."""
    given = {key: request.form.get(key, "") for key in ("name", "phone", "reason")}
    if request.form.get(NOT_FOR_PEOPLE):
        return _notice(notice_id, 422, given, {}, "没有提交：隐藏的“网站”一栏应留空，请清空后再提交。")
    try:
        perform(RaiseObjection(notice_id=notice_id, **given))
    except Invalid as refusal:
        return _notice(notice_id, 422, given, refusal.errors)
    except (Conflict, TooMany) as refusal:
        status = 429 if isinstance(refusal, TooMany) else 409
        return _notice(notice_id, status, given, {}, str(refusal))
    return go("notices.show", "异议已收到，公示已中止，将重新入户核实。", notice_id=notice_id)


def _notice(
    notice_id: int,
    status: int = 200,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str | None = None,
) -> ResponseReturnValue:
    notice = queries.notice(reading(), notice_id, now())
    if notice is None:
        raise UnknownNotice
    checks = queries.may_check(current_actor(), notice.division)
    return page(
        "notices/show.html",
        status,
        notice=notice,
        given=given or {},
        errors=errors or {},
        problem=problem,
        objections=queries.objections(reading(), [notice.id]) if checks else None,
    )


@bp.get("/progress")
@allow(policy.public)
def progress() -> ResponseReturnValue:
    """The question: which case."""
    return page("notices/progress.html", given={"number": request.args.get("number", "")})


@bp.post("/progress")
@allow(policy.public)
def ask_progress() -> ResponseReturnValue:
    """The answer: where it stands, or the same sentence for every wrong pair."""
    given = {key: request.form.get(key, "").strip()[:40] for key in ("number", "last_four")}
    try:
        found = perform(AskProgress(**given))
    except TooManyMisses as refusal:
        return page("notices/progress.html", 429, given=given, problem=str(refusal))
    if found is None:
        wrong = "没有查到：请核对办件编号和户主身份证号后四位。"
        return page("notices/progress.html", 422, given=given, problem=wrong)
    return page("notices/progress.html", given=given, found=found)
