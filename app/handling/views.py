"""Pages of 办件处置: find a stuck case, and let it rest, go on, end, or stand elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from app import door, policy
from app.cases import whole
from app.errors import status_of
from app.handling import queries
from app.handling.queries import Narrowed
from app.pages import PAGE_ROWS, go, page
from workflows.cases import UnknownCase
from workflows.errors import Invalid, Refusal
from workflows.handling import CancelCase, CaseCommand, JumpItem, ResumeCase, SuspendCase

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

    from app.handling.queries import Jump, OpenStep

bp = Blueprint("handling", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Asked:
    """One act on a whole case: its command, the button, what it does, and what is said once it is done."""

    command: type[CaseCommand]
    verb: str
    kind: str
    effect: str
    said: str


ACTS = {
    "suspend": Asked(
        SuspendCase,
        "挂起",
        "return",
        "挂起期间谁都不能办理，时限、计时和公示都暂停，公示不受理异议。挂起会记入流转记录，并通知正在办理的人和申请人。",
        "已挂起，暂停办理。",
    ),
    "resume": Asked(
        ResumeCase,
        "恢复",
        "primary",
        "恢复后接着原来的环节办理：办理时限按挂起的工作日顺延，计时和公示期按挂起的天数顺延。",
        "已恢复办理，各项时限已顺延。",
    ),
    "cancel": Asked(
        CancelCase,
        "终止",
        "refuse",
        "终止后不能恢复：全部待办撤销，计时和公示停止；已登记台账的内容和全部经过保留。"
        "终止会记入流转记录，并通知正在办理的人和申请人。",
        "办件已终止。",
    ),
}
"""What an administrator may do with a whole case, by the API's names."""

REST, STAND = "suspended", "standing"


@bp.get("/handling")
@policy.allow(policy.disposes)
def index() -> ResponseReturnValue:
    """Cases at rest, or steps that stand long; a number leads to its case."""
    args, session, actor = request.args, door.reading(), door.current_actor()
    number = args.get("number", "").strip().upper()
    missing = bool(number) and not _is_here(number)
    if number and not missing:
        return go("handling.show", number=number)
    show = STAND if args.get("show") == STAND else REST
    by = Narrowed(procedure=args.get("procedure") or None, step=args.get("step") or None)
    found = (
        queries.suspended(session, actor, args.get("cursor"), PAGE_ROWS)
        if show == REST
        else queries.long_standing(session, actor, door.now(), by, args.get("cursor"), PAGE_ROWS)
    )
    return page(
        "handling/index.html",
        listed=found,
        show=show,
        by=by,
        stuck=queries.stuck(session, actor, door.now()) if show == STAND else [],
        days=queries.LONG.days,
        number=number,
        missing=missing,
    )


def _is_here(number: str) -> bool:
    try:
        whole.administered(door.reading(), door.current_actor(), number)
    except UnknownCase:
        return False
    return True


@bp.get("/handling/<number>")
@policy.allow(policy.disposes)
def show(number: str) -> ResponseReturnValue:
    """Where a case stands, what was done with it as a whole, and what may be."""
    case = queries.handled(door.reading(), door.current_actor(), number)
    return page("handling/show.html", case=case, acts=[(key, ACTS[key]) for key in ACTS if key in case.may])


@bp.get("/handling/<number>/<any(suspend, resume, cancel):act>")
@policy.allow(policy.disposes)
def ask(number: str, act: str) -> ResponseReturnValue:
    """Why."""
    _require(number, act)
    return _ask(number, act)


def _require(number: str, act: str) -> None:
    whole.require(whole.administered(door.reading(), door.current_actor(), number), act)


def _ask(number: str, act: str, status: int = 200, problem: Refusal | None = None) -> ResponseReturnValue:
    return page(
        "handling/ask.html",
        status,
        case=queries.handled(door.reading(), door.current_actor(), number),
        act=act,
        asked=ACTS[act],
        **_told(problem),
    )


def _told(problem: Refusal | None) -> dict[str, Any]:
    """What was typed, what is wrong with it, and why it was refused."""
    errors = problem.errors if isinstance(problem, Invalid) else {}
    said = str(problem) if problem and not errors else None
    return {"given": request.form, "errors": errors, "problem": said}


@bp.post("/handling/<number>/<any(suspend, resume, cancel):act>")
@policy.allow(policy.disposes)
def handle(number: str, act: str) -> ResponseReturnValue:
    """挂起, 恢复, 终止."""
    _require(number, act)
    asked = ACTS[act]
    try:
        door.perform(asked.command(number=number, reason=request.form.get("reason", "")))
    except Refusal as refusal:
        return _ask(number, act, status_of(refusal), refusal)
    return go("handling.show", asked.said, number=number)


@bp.get("/handling/<number>/jump")
@policy.allow(policy.disposes)
def ask_jump(number: str) -> ResponseReturnValue:
    """Where to, each with what it leaves out; once that is chosen, why."""
    here, ways = _jumps(number, request.args.get("item", type=int) or 0)
    chosen = next((way for way in ways if way.step == request.args.get("to")), None)
    if chosen is None:
        return page("handling/jump.html", number=number, here=here, ways=ways)
    return _ask_jump(number, here, chosen)


def _jumps(number: str, item_id: int) -> tuple[OpenStep, list[Jump]]:
    return queries.jumps(door.reading(), door.current_actor(), number, item_id)


def _ask_jump(
    number: str, here: OpenStep, way: Jump, status: int = 200, problem: Refusal | None = None
) -> ResponseReturnValue:
    return page(
        "handling/jump_to.html",
        status,
        number=number,
        here=here,
        way=way,
        back=url_for("handling.ask_jump", number=number, item=here.id),
        **_told(problem),
    )


@bp.post("/handling/<number>/jump")
@policy.allow(policy.disposes)
def jump(number: str) -> ResponseReturnValue:
    """跳转."""
    form = request.form
    here, ways = _jumps(number, form.get("item", type=int) or 0)
    way = next((one for one in ways if one.step == form.get("to")), None)
    if way is None:
        return page("handling/jump.html", 422, number=number, here=here, ways=ways)
    try:
        door.perform(JumpItem(item_id=here.id, to=way.step, reason=form.get("reason", "")))
    except Refusal as refusal:
        return _ask_jump(number, here, way, status_of(refusal), refusal)
    return go("handling.show", f"已由“{here.name}”跳转到“{way.name}”。", number=number)
