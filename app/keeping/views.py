"""Pages of 档案处置: what is due, what is proposed, what was destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, request

from app import door, policy, retention
from app.attachments import content
from app.errors import status_of
from app.keeping import disposing, rounds
from app.keeping.disposing import ConfirmDisposal, ProposeDisposal, WithdrawDisposal
from app.pages import PAGE_ROWS, after, go, page, paged, row_number
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from app.settings import Settings

bp = Blueprint("keeping", __name__, template_folder="templates")


@bp.get("/disposals")
@policy.allow(policy.keeps_files)
def index() -> ResponseReturnValue:
    """档案处置."""
    return _index()


def _index(status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    session, behind = door.reading(), after(request.args.get("cursor"), row_number)
    found = disposing.due(session, door.now(), after=behind[0] if behind else None, limit=PAGE_ROWS + 1)
    return page(
        "keeping/index.html",
        status,
        listed=paged(found, PAGE_ROWS, lambda row: (row.id,)),
        onward=bool(behind),
        proposals=disposing.proposals(session),
        register=disposing.register(session),
        rounds=rounds.of_late(session),
        words=rounds.WORDS,
        picked=request.args.get("pick"),
        proposes=door.current_actor().holds("system_officer"),
        source=retention.SOURCE,
        problem=problem,
    )


@bp.get("/disposals/<number>")
@policy.allow(policy.administers)
def ask(number: str) -> ResponseReturnValue:
    """The question before 提请销毁."""
    return _ask(number, {})


def _ask(number: str, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    found = disposing.one_due(door.reading(), number, door.now())
    return page("keeping/ask.html", status, due=found, given=request.form, errors=errors)


@bp.post("/disposals/<number>")
@policy.allow(policy.administers)
def propose(number: str) -> ResponseReturnValue:
    """提请."""
    try:
        door.perform(ProposeDisposal(number=number, reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _ask(number, refusal.errors, 422)
    return go("keeping.index", "已提请，待审计管理员批准。")


def take_off_the_disk(gone: Iterable[str]) -> None:
    """Files whose words went: after the commit, since a file that is gone does not come back."""
    settings = cast("Settings", current_app.extensions["settings"])
    for sha256 in gone:
        content.path_of(settings.data_dir, sha256).unlink(missing_ok=True)


@bp.post("/disposals/<int:disposal_id>/confirm")
@policy.allow(policy.audits_alone)
def confirm(disposal_id: int) -> ResponseReturnValue:
    """批准: the words go, then the files."""
    try:
        take_off_the_disk(door.perform(ConfirmDisposal(disposal_id=disposal_id)))
    except Refusal as refusal:
        return _index(status_of(refusal), str(refusal))
    return go("keeping.index", "已销毁并记入销毁清册；审计链仍可核验。")


@bp.post("/disposals/<int:disposal_id>/withdraw")
@policy.allow(policy.keeps_files)
def withdraw(disposal_id: int) -> ResponseReturnValue:
    """退回 or take back."""
    try:
        door.perform(WithdrawDisposal(disposal_id=disposal_id))
    except Refusal as refusal:
        return _index(status_of(refusal), str(refusal))
    return go("keeping.index", "已退回，不销毁。")
