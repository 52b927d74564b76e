"""台账: rows and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import door, policy
from app.api import asking, shapes
from app.api.answering import listed, said
from app.api.calls import PAGED, Call
from app.api.schema_parts import Query
from app.registers import queries
from app.registers.queries import SORTS, Narrowed, UnknownRegister

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@Call(
    "GET",
    "/registers",
    policy.reads_cases,
    summary="各台账及其各状态的条数",
    query=PAGED,
    gives="RegisterPage",
)
def registers() -> ResponseReturnValue:
    """Every register; few enough for one page."""
    return said({"items": queries.summaries(door.reading(), door.current_actor()), "next": None})


@Call(
    "GET",
    "/registers/<key>",
    policy.reads_cases,
    summary="台账的各行及其全部变动，新的在前",
    query=(
        Query("q", "word", "户主、台账编号或村名中的文字"),
        Query("division", "division", "12 位区划代码：它及其下"),
        Query("status", "word", "状态"),
        Query("sort", "word", "次序：new、changed、name、division、due"),
        *PAGED,
    ),
    gives="RegisterRowPage",
    refusals=(UnknownRegister,),
)
def register(key: str) -> ResponseReturnValue:
    """Rows within the person's divisions."""
    session, actor = door.reading(), door.current_actor()
    narrowed = Narrowed(
        q=asking.asked("q"),
        division=asking.asked("division"),
        status=asking.asked("status"),
        sort=asking.asked("sort") or "new",
    )
    page = queries.rows(
        session,
        actor,
        key,
        narrowed,
        asking.cursor(*SORTS.get(narrowed.sort, SORTS["new"]).kinds),
        asking.limit(),
    )
    history = queries.history(session, [row.id for row in page.rows])
    return listed(page, lambda row: shapes.register_row(row, history[row.id]))


@Call(
    "GET",
    "/registers/<key>/<int:row_id>",
    policy.reads_cases,
    summary="台账的一行及其全部变动",
    gives="RegisterRow",
    refusals=(UnknownRegister,),
)
def register_row(key: str, row_id: int) -> ResponseReturnValue:
    """One row within the person's divisions."""
    row, history = queries.row(door.reading(), door.current_actor(), key, row_id)
    return said(shapes.register_row(row, history))
