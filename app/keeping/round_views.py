"""Pages of a round of disposals: what can be done with a selection, doing it, and the report that stays."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import request

from app import door, policy
from app.keeping import rounds
from app.keeping.models import PROPOSE
from app.keeping.rounds import BY, WORDS, BeginRound, HandleLine
from app.keeping.views import bp, take_off_the_disk
from app.pages import go, page
from workflows.errors import Invalid, Unavailable
from workflows.once import Once, Replayed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.keeping.rounds import Verdict


def _action() -> str:
    """Each officer has one part, and so one action."""
    actor = door.current_actor()
    return next(action for action, role in BY.items() if actor.holds(role))


def _checked() -> list[Verdict]:
    session, action = door.reading(), _action()
    picks = rounds.picked(session, action, request.form.getlist("pick"))
    return rounds.check(session, door.current_actor(), door.now(), action, picks)


def _ask(
    found: list[Verdict], status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    return page(
        "keeping/check.html",
        status,
        able=[one for one in found if not one.why],
        unable=[one for one in found if one.why],
        proposes=_action() == PROPOSE,
        words=WORDS[_action()],
        given=request.form,
        errors=errors or {},
        once=request.form.get("once") or secrets.token_urlsafe(18),
    )


@bp.post("/disposals/check")
@policy.allow(policy.keeps_files)
def check() -> ResponseReturnValue:
    """Every picked case with whether it can be done; nothing is done yet."""
    found = _checked()
    return _ask(found, 200 if found else 422)


@bp.post("/disposals/rounds")
@policy.allow(policy.keeps_files)
def begin() -> ResponseReturnValue:
    """Do it case by case; pressed twice, it leads to the one that was begun."""
    found = _checked()
    if not request.form.get("once"):
        return _ask(found, 422)
    picks = tuple(one.pick for one in found)
    command = BeginRound(action=_action(), picks=picks, reason=request.form.get("reason", ""))
    try:
        made = door.perform(command, once=Once(f"disposals {request.form['once']}", b"", str))
    except Replayed as replay:
        made = int(replay.answer)
    except Invalid as refusal:
        return _ask(found, 422, refusal.errors)
    return _handled(int(made))


def _handled(round_id: int) -> ResponseReturnValue:
    """Each case in its own transaction; what does not come to its turn stays open and can be gone on with."""
    for line_id in rounds.waiting(door.reading(), round_id):
        try:
            gone = door.perform(HandleLine(line_id=line_id))
        except Unavailable:
            break
        take_off_the_disk(gone)
    return go("keeping.round_of", round_id=round_id)


@bp.get("/disposals/rounds/<int:round_id>")
@policy.allow(policy.keeps_files)
def round_of(round_id: int) -> ResponseReturnValue:
    """What was done, what was refused and why."""
    row, lines = rounds.round_with_lines(door.reading(), round_id)
    counted = {state: sum(line.state == state for line in lines) for state in ("done", "refused", "open")}
    own = row.account_id == door.current_actor().account_id
    return page(
        "keeping/round.html", round=row, lines=lines, counted=counted, words=WORDS[row.action], own=own
    )


@bp.post("/disposals/rounds/<int:round_id>")
@policy.allow(policy.keeps_files)
def go_on(round_id: int) -> ResponseReturnValue:
    """Go on with what did not come to its turn."""
    rounds.round_with_lines(door.reading(), round_id)
    return _handled(round_id)
