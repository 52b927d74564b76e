"""公示: open to everyone, objections included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import door, policy
from app.api import asking
from app.api.answering import Answer, listed, performed, said
from app.api.calls import PAGED, ROW, Call
from app.api.schema_parts import Query
from app.notices import queries
from app.notices.commands import (
    AlreadyStopped,
    AtRest,
    CalledOff,
    NoObjections,
    PeriodOver,
    RaiseObjection,
    TooManyObjections,
    UnknownNotice,
)
from app.pages import decode_cursor, paged
from workflows.errors import Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session


@Call(
    "GET",
    "/notices",
    policy.public,
    summary="公示，无需登录，新的在前",
    query=(
        Query("when", "word", "current：公示期内（缺省）；past：已过；all：全部", ("current", "past", "all")),
        Query("division", "division", "12 位区划代码：它及其下"),
        *PAGED,
    ),
    gives="NoticePage",
)
def notices() -> ResponseReturnValue:
    """Notices as the public sees them."""
    after = decode_cursor(asking.cursor(asking.row_number))
    when = asking.asked("when") or queries.CURRENT
    rows = asking.limit()
    found = queries.notices(
        door.reading(),
        door.now(),
        division=asking.asked("division"),
        when="" if when == "all" else when,
        before=after[0] if after else None,
        limit=rows + 1,
    )
    return listed(paged(found, rows, lambda one: (one.id,)), lambda one: one.as_json())


@Call(
    "GET",
    f"/notices/<{ROW}:notice_id>",
    policy.public,
    summary="一则公示，无需登录",
    gives="Notice",
    refusals=(UnknownNotice,),
)
def notice(notice_id: int) -> ResponseReturnValue:
    """One notice."""
    return said(_notice(door.reading(), notice_id))


def _notice(session: Session, notice_id: int) -> dict[str, Any]:
    found = queries.notice(session, notice_id, door.now())
    if found is None:
        raise UnknownNotice
    return found.as_json()


@Call(
    "POST",
    f"/notices/<{ROW}:notice_id>/objections",
    policy.public,
    summary="对公示提出异议，无需登录：公示中止，办件回到入户核实",
    body="Objection",
    gives="ObjectionTaken",
    status=201,
    refusals=(
        UnknownNotice,
        NoObjections,
        AlreadyStopped,
        CalledOff,
        AtRest,
        PeriodOver,
        TooManyObjections,
        Invalid,
    ),
)
def object_to(notice_id: int) -> ResponseReturnValue:
    """Raise an objection."""
    given = asking.body("Objection")
    command = RaiseObjection(notice_id=notice_id, **given)
    return performed(
        command, lambda session, found: Answer.of({"id": found, "notice": _notice(session, notice_id)}, 201)
    )
