"""Pages of 抄送我, and the page that asks whom a case is sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from app import door, policy
from app.cases import whole
from app.copies import queries
from app.errors import status_of
from app.pages import PAGE_ROWS, after, go, page, paged, row_number
from workflows.copies import CIRCULATE, COPY, WORDS, ReadCopy, SendCopies
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.cases.whole import Whole
    from app.copies.queries import Sent

bp = Blueprint("copies", __name__, template_folder="templates")

MOST_AT_ONCE = 5
"""So many people are chosen on one page; more of them, once more."""


@bp.get("/copies")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """抄送我: what is not read yet first asked for."""
    unread = request.args.get("show") != "all"
    behind = after(request.args.get("cursor"), row_number)
    before = behind[0] if behind else None
    found = queries.copies(
        door.reading(), door.current_actor(), unread=unread, before=before, limit=PAGE_ROWS + 1
    )
    listed = paged(found, PAGE_ROWS, lambda sent: (sent.copy.id,))
    return page("copies/index.html", listed=listed, unread=unread, cursor=before)


@bp.get("/copies/<int:copy_id>")
@policy.allow(policy.handles_work)
def show(copy_id: int) -> ResponseReturnValue:
    """One of them: who sent it and why, what I said to it, and where to say it."""
    return _show(queries.copy(door.reading(), door.current_actor(), copy_id))


def _show(sent: Sent, status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    return page("copies/show.html", status, sent=sent, given=request.form, errors={}, problem=problem)


@bp.post("/copies/<int:copy_id>/read")
@policy.allow(policy.handles_work)
def read(copy_id: int) -> ResponseReturnValue:
    """阅."""
    sent = queries.copy(door.reading(), door.current_actor(), copy_id)
    try:
        number = door.perform(ReadCopy(copy_id=copy_id, answer=request.form.get("answer", "")))
    except Refusal as refusal:
        return _show(sent, status_of(refusal), str(refusal))
    if sent.copy.kind == CIRCULATE:
        return go("copies.index", f"已阅 {number}，并记入流转记录。")
    return go("cases.show", "已阅。", number=number)


def _to_send(number: str) -> Whole:
    """The case, if its reader may send it round."""
    found = whole.read(door.reading(), door.current_actor(), number)
    whole.require(found, COPY)
    return found


@bp.get("/cases/<number>/copy")
@policy.allow(policy.handles_work)
def ask(number: str) -> ResponseReturnValue:
    """To know or to read, to whom, and why."""
    return _ask(_to_send(number))


def _ask(found: Whole, status: int = 200, problem: Refusal | None = None) -> ResponseReturnValue:
    errors = problem.errors if isinstance(problem, Invalid) else {}
    return page(
        "copies/send.html",
        status,
        case=found.case,
        groups=queries.readers(door.reading(), door.current_actor(), found.case),
        most=MOST_AT_ONCE,
        given=request.form,
        errors=errors,
        problem=str(problem) if problem and not errors else None,
    )


@bp.post("/cases/<number>/copy")
@policy.allow(policy.handles_work)
def send(number: str) -> ResponseReturnValue:
    """抄送, 传阅."""
    found = _to_send(number)
    command = SendCopies(
        number=number,
        kind=request.form.get("kind", ""),
        to_person_ids=tuple(request.form.getlist("to", type=int)),
        words=request.form.get("words", ""),
    )
    try:
        count = door.perform(command)
    except Refusal as refusal:
        return _ask(found, status_of(refusal), refusal)
    what = WORDS[command.kind]
    said = f"已{what}给 {count} 人。" if count else f"所选人员此前都已收到{what}，没有重复发送。"
    return go("cases.show", said, number=number)
