"""What was sent to me to know or to read (抄送, 传阅)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import door, policy
from app.api import asking, shapes
from app.api.answering import Answer, listed, performed
from app.api.calls import PAGED, ROW, Call
from app.api.schema_parts import Query
from app.copies import queries
from app.pages import decode_cursor, paged
from workflows.copies import ReadCopy, UnknownCopy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@Call(
    "GET",
    "/copies",
    policy.handles_work,
    summary="抄送、传阅给我的办件，新的在前",
    query=(Query("state", "word", "unread：未阅（缺省）；all：全部", ("unread", "all")), *PAGED),
    gives="CopyPage",
)
def copies() -> ResponseReturnValue:
    """What was sent to the person."""
    after = decode_cursor(asking.cursor(asking.row_number))
    rows = asking.limit()
    found = queries.copies(
        door.reading(),
        door.current_actor(),
        unread=asking.asked("state") != "all",
        before=after[0] if after else None,
        limit=rows + 1,
    )
    return listed(paged(found, rows, lambda sent: (sent.copy.id,)), shapes.copy)


@Call(
    "POST",
    f"/copies/<{ROW}:copy_id>/read",
    policy.handles_work,
    summary="阅：传阅的可写意见，记入流转记录；再次提交不改变第一次的",
    body="ReadCopy",
    gives="Copy",
    refusals=(UnknownCopy,),
)
def read_copy(copy_id: int) -> ResponseReturnValue:
    """阅; answers with the copy."""
    command = ReadCopy(copy_id=copy_id, answer=asking.body("ReadCopy").get("answer") or "")
    return performed(
        command,
        lambda session, _: Answer.of(shapes.copy(queries.copy(session, door.current_actor(), copy_id))),
    )
