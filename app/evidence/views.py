"""Handing out the evidence of a case; erasing by law what it says of people."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, request, send_file

from app import door, policy
from app.attachments.content import digest, path_of
from app.errors import status_of
from app.evidence import bundle, queries
from app.evidence.commands import EraseCase, TakeBundle
from app.pages import go, page
from app.scope import provable
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from flask.typing import ResponseReturnValue

    from app.settings import Settings

bp = Blueprint("evidence", __name__, template_folder="templates")


def _folder() -> Path:
    return cast("Settings", current_app.extensions["settings"]).data_dir


@bp.get("/cases/<number>/evidence.zip")
@policy.allow(policy.audits)
def take(number: str) -> ResponseReturnValue:
    """Journal, chain, proofs, version, papers and files of a case, with the page that verifies them."""
    case = provable(door.reading(), door.current_actor(), number)
    content = bundle.made(door.reading(), case, _folder(), door.executor().host.sealer)
    door.perform(TakeBundle(number=case.number, sha256=digest(content)))
    name = f"{case.number} 证据包.zip"
    return send_file(BytesIO(content), "application/zip", as_attachment=True, download_name=name)


@bp.get("/security/erase")
@policy.allow(policy.secures)
def ask_erase() -> ResponseReturnValue:
    """依法删除个人信息: find the case, then say on what ground and why."""
    return _ask(request.args.get("number", "").strip(), {})


def _ask(
    number: str, errors: dict[str, str], status: int = 200, problem: str | None = None
) -> ResponseReturnValue:
    found = queries.erasable(door.reading(), number) if number else None
    if number and found is None:
        errors, status = {"number": "没有这个编号的办件，请核对。"}, 404
    return page(
        "evidence/erase.html",
        status,
        number=number,
        found=found,
        given=request.form,
        errors=errors,
        problem=problem,
    )


@bp.post("/security/erase")
@policy.allow(policy.secures)
def erase() -> ResponseReturnValue:
    """The words go, then the files."""
    form = request.form
    number = form.get("number", "").strip()
    if form.get("confirmed", "").strip() != number:
        return _ask(number, {"confirmed": "与上面的办件编号不一致，没有删除；请核对后再输入一遍。"}, 422)
    try:
        command = EraseCase(number=number, basis=form.get("basis", ""), reason=form.get("reason", ""))
        gone = door.perform(command)
    except Invalid as refusal:
        return _ask(number, refusal.errors, 422)
    except Refusal as refusal:
        return _ask(number, {}, status_of(refusal), str(refusal))
    for sha256 in gone:
        path_of(_folder(), sha256).unlink(missing_ok=True)
    return go("evidence.ask_erase", "个人信息已删除；审计链和封存仍可核验。", number=number)
