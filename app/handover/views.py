"""Pages of 离任交接, for the security officer: who leaves, what would be moved, and what was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from app import door, policy
from app.errors import status_of
from app.handover import queries
from app.handover.commands import HandOver
from app.pages import go, page
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

bp = Blueprint("handover", __name__, template_folder="templates")

ROLE = "role-"
"""A field so named gives one role, by its grant's number, to somebody else."""


@bp.get("/handovers")
@policy.allow(policy.secures)
def index() -> ResponseReturnValue:
    """The handovers made."""
    return page("handover/index.html", handovers=queries.handovers(door.reading()))


@bp.get("/handovers/new")
@policy.allow(policy.secures)
def ask() -> ResponseReturnValue:
    """Who leaves and who follows; with both named, the dry run: everything that would be moved."""
    return _ask(request.args, {})


def _ask(
    given: Mapping[str, str], errors: dict[str, str], status: int = 200, problem: str | None = None
) -> ResponseReturnValue:
    plan = None
    if given.get("from") and given.get("to"):
        try:
            plan = queries.dry(door.reading(), *_people(given), door.now())
        except Invalid as refusal:
            errors, status = {**refusal.errors, **errors}, 422
    return page("handover/new.html", status, given=given, plan=plan, errors=errors, problem=problem)


def _people(given: Mapping[str, str]) -> tuple[int, int, dict[int, int]]:
    """Who leaves, who follows, and who takes over which role instead."""
    session = door.reading()
    others = {
        int(name.removeprefix(ROLE)): queries.named(session, name, username).person_id
        for name, username in given.items()
        if name.startswith(ROLE) and name.removeprefix(ROLE).isdecimal() and username.strip()
    }
    leaver = queries.named(session, "from", given.get("from", ""))
    heir = queries.named(session, "to", given.get("to", ""))
    return leaver.person_id, heir.person_id, others


@bp.post("/handovers/new")
@policy.allow(policy.secures)
def hand_over() -> ResponseReturnValue:
    """Do it, in one act; or look again, with other successors for some roles."""
    form = request.form
    if form.get("_action") == "preview":
        return _ask(form, {})
    try:
        leaver, heir, others = _people(form)
        command = HandOver(
            from_person_id=leaver,
            to_person_id=heir,
            reason=form.get("reason", ""),
            others=tuple(others.items()),
        )
        done = door.perform(command)
    except Invalid as refusal:
        return _ask(form, refusal.errors, 422)
    except Refusal as refusal:
        return _ask(form, {}, status_of(refusal), str(refusal))
    return go("handover.show", "交接已完成，离任人的登录已全部退出。", handover_id=done)


@bp.get("/handovers/<int:handover_id>")
@policy.allow(policy.secures)
def show(handover_id: int) -> ResponseReturnValue:
    """The report of one handover."""
    found = queries.handover(door.reading(), handover_id)
    return page("handover/show.html", handover=found, **_told(found.report))


def _told(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: report[name] for name in ("roles", "items", "duties", "absences")}
