"""Pages of batches: what can be done with a selection, doing it, and the report that stays."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, request

from app import door, policy
from app.batches import checking, queries, working
from app.batches.commands import BeginBatch, CancelBatch, Pick
from app.batches.judging import ACTIONS, REMIND
from app.pages import MOST_ROW_NUMBER, PAGE_ROWS, go, page
from workflows import actions
from workflows.errors import Invalid
from workflows.once import Once, Replayed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.batches.checking import Checked

bp = Blueprint("batches", __name__, template_folder="templates")


@bp.get("/batches")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """What one has done in batches."""
    found = queries.made_by(door.reading(), door.current_actor(), request.args.get("cursor"), PAGE_ROWS)
    return page("batches/index.html", listed=found)


@bp.post("/batches/check")
@policy.allow(policy.handles_work)
def check() -> ResponseReturnValue:
    """Every picked item with whether it can be dealt with; nothing is done yet."""
    found = _checked()
    return _ask(found, 200 if found.verdicts else 422)


def _checked() -> Checked:
    action = request.form.get("action", "")
    if action not in ACTIONS or action == REMIND:
        raise Invalid({"action": "请选择要批量办理的操作。"})
    picks = _picks()
    return checking.check(door.reading(), door.current_actor(), door.now(), action, picks)


def _picks() -> tuple[Pick, ...]:
    """What was picked, each as ``<id>.<revision>``; nonsense and repetitions are left out."""
    found: dict[int, Pick] = {}
    for text in request.form.getlist("item"):
        number, _, revision = text.partition(".")
        if all(
            part.isascii() and part.isdigit() and int(part) <= MOST_ROW_NUMBER for part in (number, revision)
        ):
            found.setdefault(int(number), Pick(int(number), int(revision)))
    return tuple(found.values())


def _ask(found: Checked, status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    return page(
        "batches/check.html",
        status,
        found=found,
        words=actions.TABLE[found.action].words,
        given=request.form,
        errors=errors or {},
        once=request.form.get("once") or secrets.token_urlsafe(18),
    )


@bp.post("/batches")
@policy.allow(policy.handles_work)
def begin() -> ResponseReturnValue:
    """Begin the batch; pressed twice, it leads to the one that was begun."""
    form, found = request.form, _checked()
    conclusion, opinion = form.get("conclusion") or None, form.get("opinion") or None
    errors = checking.faults(door.reading(), door.now(), found, conclusion, opinion)
    to = form.get("to", type=int)
    if found.colleagues and to not in {person.person_id for person in found.colleagues}:
        errors["to"] = "请选择本单位的一位同事。"
    if errors or not form.get("once"):
        return _ask(found, 422, errors)
    command = BeginBatch(
        action=found.action,
        picks=tuple(one.pick for one in found.verdicts),
        conclusion=conclusion,
        opinion=opinion,
        to_person_id=to,
        reason=form.get("reason"),
    )
    try:
        batch = door.perform(command, once=Once(f"batch {form['once']}", b"", str))
    except Replayed as replay:
        batch = int(replay.answer)
    except Invalid as refusal:
        return _ask(found, 422, refusal.errors)
    working.at_once(int(batch))
    return go("batches.show", batch_id=batch)


@bp.get("/batches/<int:batch_id>")
@policy.allow(policy.handles_work)
def show(batch_id: int) -> ResponseReturnValue:
    """How far it is, and what became of each item."""
    return page("batches/show.html", report=queries.report(door.reading(), door.current_actor(), batch_id))


@bp.post("/batches/<int:batch_id>/cancel")
@policy.allow(policy.handles_work)
def cancel(batch_id: int) -> ResponseReturnValue:
    """Call off what is not done yet."""
    dropped = door.perform(CancelBatch(batch_id=batch_id))
    return go("batches.show", f"已取消，{dropped} 件没有办理，仍在待办中。", batch_id=batch_id)
