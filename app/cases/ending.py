"""The page that asks before a case is ended (终止) by who began it; it needs no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from app import door, policy
from app.cases import whole
from app.cases.views import bp
from app.errors import status_of
from app.pages import go, page
from workflows.errors import Invalid, Refusal
from workflows.handling import CancelCase

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.cases.whole import Whole

CANCEL = "cancel"


def _mine(number: str) -> Whole:
    """The case, if its reader may end it."""
    found = whole.read(door.reading(), door.current_actor(), number)
    whole.require(found, CANCEL)
    return found


@bp.get("/cases/<number>/cancel")
@policy.allow(policy.reads_cases)
def ask_cancel(number: str) -> ResponseReturnValue:
    """Why."""
    return _ask(_mine(number))


def _ask(found: Whole, status: int = 200, problem: Refusal | None = None) -> ResponseReturnValue:
    errors = problem.errors if isinstance(problem, Invalid) else {}
    return page(
        "cases/cancel.html",
        status,
        case=found.case,
        own=own(),
        given=request.form,
        errors=errors,
        problem=str(problem) if problem and not errors else None,
    )


def own() -> bool:
    """Whether a household asks, to whom the office's words say little."""
    return door.current_actor().holds("household")


@bp.post("/cases/<number>/cancel")
@policy.allow(policy.reads_cases)
def cancel(number: str) -> ResponseReturnValue:
    """终止."""
    found = _mine(number)
    try:
        door.perform(CancelCase(number=number, reason=request.form.get("reason", "")))
    except Refusal as refusal:
        return _ask(found, status_of(refusal), refusal)
    return go("cases.show", "已终止：申请不再办理。" if own() else "办件已终止。", number=number)
