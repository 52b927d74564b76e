"""My work, and acting on one item of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app import door, policy
from app.api import acting, asking, shapes
from app.api.answering import Answer, listed, performed, said
from app.api.calls import PAGED, ROW, Call
from app.api.schema_parts import Query
from app.api.schemas import ACTIONS
from app.inbox import item as items
from app.inbox import queries
from app.inbox.commands import OwnWork, RemindedToday
from app.inbox.queries import Filters
from workflows import item_rows, work_items
from workflows.actions import NotForAside
from workflows.asides import WaitsForOthers
from workflows.cases import Case, CaseNotRunning
from workflows.errors import Invalid, NotFound
from workflows.returning import NoStraightReturn, NothingToTakeBack
from workflows.running import NoSendBack
from workflows.signing import NotAdded, NoVoters
from workflows.work_items import (
    AlreadyDone,
    Held,
    IllegalMove,
    NotYet,
    NotYours,
    Stale,
    UnknownItem,
    Withdrawn,
    WorkItem,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session


class UnknownAction(NotFound):
    """No such action."""

    code = "work_item.unknown_action"
    sentence = "没有“{action}”这一操作；可用：{known}。"


@Call(
    "GET",
    "/work-items",
    policy.handles_work,
    summary="我的待办（时限近的在前），或我的已办（新的在前）",
    query=(
        Query("state", "word", "open：待办（缺省）；done：已办", ("open", "done")),
        Query("procedure", "word", "事项的 key"),
        Query("q", "word", "户主、办件编号或村名中的文字"),
        Query("due_before", "day", "只列时限早于此时刻的；写日期即该日零时（北京时间）"),
        *PAGED,
    ),
    gives="WorkItemPage",
)
def work_items_list() -> ResponseReturnValue:
    """Items waiting for the person, or done by them."""
    filters = Filters(
        procedure=asking.asked("procedure"), q=asking.asked("q"), due_before=asking.asked("due_before")
    )
    find = queries.done_items if asking.asked("state") == "done" else queries.open_items
    cursor = asking.cursor(asking.aware, asking.row_number)
    page = find(door.reading(), door.current_actor(), filters, cursor, asking.limit())
    return listed(page, lambda row: shapes.item(row, door.now()))


@Call(
    "GET",
    f"/work-items/<{ROW}:item_id>",
    policy.handles_work,
    summary="一个待办：表单、草稿、可做的操作",
    gives="WorkItemFull",
    refusals=(UnknownItem,),
)
def work_item(item_id: int) -> ResponseReturnValue:
    """One item with its form."""
    return said(_full(door.reading(), item_id))


def _full(session: Session, item_id: int) -> dict[str, Any]:
    seen = items.view(session, door.current_actor(), item_id)
    now = door.now()
    return {
        **shapes.item_full(session, seen, now),
        "may": seen.actions,
        "colleagues": [{"id": one.person_id, "name": one.name} for one in acting.colleagues(session, seen)],
        "case_now": shapes.standing(seen.case, item_rows.of_case(session, seen.case.id), now),
    }


def _reminding(row: WorkItem) -> list[str]:
    """Whether reminding makes sense: the item is open, and not already with who asks."""
    mine = row.assignee_id is not None and row.assignee_id == door.current_actor().person_id
    return ["remind"] if row.state in work_items.OPEN and not mine else []


@Call(
    "POST",
    f"/work-items/<{ROW}:item_id>/<action>",
    policy.handles_work,
    summary="办理：签收、退还、暂存、办结、退回、撤回、转办、委派、加签、减签、催办（见 action 的取值）",
    body="Act",
    actions=ACTIONS,
    gives="WorkItemActed",
    refusals=(
        UnknownItem,
        UnknownAction,
        NotYours,
        AlreadyDone,
        Withdrawn,
        Stale,
        IllegalMove,
        NoSendBack,
        CaseNotRunning,
        NotForAside,
        Held,
        NotYet,
        WaitsForOthers,
        NoStraightReturn,
        NothingToTakeBack,
        NoVoters,
        NotAdded,
        RemindedToday,
        OwnWork,
        Invalid,
    ),
)
def act(item_id: int, action: str) -> ResponseReturnValue:
    """Act on an item; answers with the item as it then stands."""
    if action not in ACTIONS:
        raise UnknownAction(action=action[:40], known="、".join(ACTIONS))
    command = acting.command(item_id, action, asking.body("Act"))
    return performed(command, lambda session, _: Answer.of(_acted(session, item_id)))


def _acted(session: Session, item_id: int) -> dict[str, Any]:
    """The item as it stands after the action: whole while it is the person's to do, else its heading."""
    row = session.get_one(WorkItem, item_id)
    if work_items.may_act(row, door.current_actor()):
        return _full(session, item_id)
    now = door.now()
    stands = session.execute(_STANDS.where(Case.id == row.case_id)).one()
    open_items = item_rows.of_case(session, row.case_id)
    return {
        **shapes.item(row, now),
        "may": _reminding(row),
        "case_now": shapes.standing(stands, open_items, now),
    }


_STANDS = select(Case.state, Case.outcome, Case.waiting)
"""What is told of the case; its engine state and variables stay where they are."""
