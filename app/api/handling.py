"""Acting on a case as a whole: its starter, who handles it, and the administrator of its county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import door, policy
from app.api import asking, shapes
from app.api.acting import people_of
from app.api.answering import Answer, performed, said
from app.api.asking import Unfit
from app.api.calls import Call
from app.api.whole_case import CASE_ACTIONS
from app.cases import whole
from app.handling import queries
from workflows.cases import CaseNotRunning, UnknownCase
from workflows.copies import SendCopies
from workflows.errors import Invalid, NotFound
from workflows.handling import (
    CancelCase,
    JumpItem,
    MovedOn,
    NotSuspended,
    NotToHandle,
    ResumeCase,
    SuspendCase,
)
from workflows.work_items import UnknownItem, WorkItem

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from workflows.cases import Case
    from workflows.commands import Command

WHOLE = {"cancel": CancelCase, "suspend": SuspendCase, "resume": ResumeCase}
SENDING = ("copy", "circulate")

WHICH = "办件现在的待办不止一个或者没有：请用 item 指明从哪个待办跳转，见 GET /handling/{number}。"


class UnknownCaseAction(NotFound):
    """No such action on a case."""

    code = "case.unknown_action"
    sentence = "没有“{action}”这一操作；可用：{known}。"


@Call(
    "POST",
    "/cases/<number>/<action>",
    policy.handles_work,
    summary="对整个办件：终止、挂起、恢复、抄送、传阅、跳转（见 action 的取值）",
    body="Handle",
    actions=CASE_ACTIONS,
    gives="CaseHandled",
    refusals=(
        UnknownCase,
        UnknownCaseAction,
        UnknownItem,
        NotToHandle,
        CaseNotRunning,
        NotSuspended,
        MovedOn,
        Invalid,
    ),
)
def handle(number: str, action: str) -> ResponseReturnValue:
    """Act on a case; answers where it then stands, without anybody it is about."""
    if action not in CASE_ACTIONS:
        raise UnknownCaseAction(action=action[:40], known="、".join(CASE_ACTIONS))
    given = asking.body("Handle")
    # Whoever may not know of the case learns from no refusal that it exists.
    case = whole.known(door.reading(), door.current_actor(), number).case
    try:
        return performed(_command(case, action, given), lambda session, _: _stands(session, number))
    except UnknownItem:
        if given.get("item") is None:
            raise Unfit({"item": WHICH}) from None
        raise


def _stands(session: Session, number: str) -> Answer:
    found = whole.known(session, door.current_actor(), number)
    return Answer.of(shapes.handled(queries.described(session, found), door.now()))


def _command(case: Case, action: str, given: dict[str, Any]) -> Command[Any]:
    reason = given.get("reason") or ""
    if action in WHOLE:
        return WHOLE[action](number=case.number, reason=reason)
    if action in SENDING:
        to, words = people_of(given.get("to")), given.get("words") or ""
        return SendCopies(number=case.number, kind=action, to_person_ids=to, words=words)
    return JumpItem(item_id=_from(case, given.get("item")), to=str(given.get("to") or ""), reason=reason)


def _from(case: Case, item_id: int | None) -> int:
    """The item to jump from: the one named, else the only open step; 0, which is nobody's, when unclear."""
    session = door.reading()
    if item_id is not None:
        item = session.get(WorkItem, item_id)
        return item_id if item is not None and item.case_id == case.id else 0
    steps = queries.open_steps(session, case)
    return steps[0].id if len(steps) == 1 else 0


@Call(
    "GET",
    "/handling/<number>",
    policy.disposes,
    summary="办件处置：本旗区县一个办件停在哪里，可以跳转到哪里（不含当事人的信息）",
    gives="CaseHandling",
    refusals=(UnknownCase,),
)
def handling(number: str) -> ResponseReturnValue:
    """A case as its administrator sees it."""
    session, actor = door.reading(), door.current_actor()
    found = queries.handled(session, actor, number)
    ways = [
        shapes.jump(step.id, way)
        for step in found.steps
        if whole.JUMP in found.may
        for way in queries.jumps(session, actor, number, step.id)[1]
    ]
    acts = [shapes.act(one) for one in found.acts]
    return said({**shapes.handled(found, door.now()), "jumps": ways, "acts": acts})
