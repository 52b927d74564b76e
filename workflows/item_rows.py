"""The rows of work items inside a command: read, changed, finished, withdrawn, opened under a case lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, insert, literal, or_, select, type_coerce, update

from workflows import cases
from workflows.db import JsonText
from workflows.work_items import (
    DONE,
    NO_LIMIT,
    OPEN,
    WITHDRAWN,
    OpenItem,
    UnknownItem,
    WorkItem,
    require_move,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.cases import OpenCase
    from workflows.commands import Context

_FIELDS = tuple(OpenItem.__dataclass_fields__)
_table = WorkItem.__table__
_ONE = select(*(_table.c[name] for name in _FIELDS)).where(_table.c.id == bindparam("item_id"))
_CASE_OF = select(_table.c.case_id).where(_table.c.id == bindparam("item_id"))
# Spelt out: a list of values is rendered anew at every execution.
_OPEN_OF_CASE = select(_table.c.id, _table.c.task_id).where(
    _table.c.case_id == bindparam("b_case"),
    or_(*(_table.c.state == literal(state) for state in OPEN)),
)
_CHANGE = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        revision=bindparam("b_revision"),
        assignee_id=bindparam("b_assignee_id"),
        assignee=bindparam("b_assignee"),
        draft=bindparam("b_draft"),
    )
)
_FINISH = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(
        state=DONE,
        revision=_table.c.revision + 1,
        draft=None,
        done_at=bindparam("b_at"),
        done_by_id=bindparam("b_by_id"),
        done_by=bindparam("b_by"),
        conclusion=bindparam("b_conclusion"),
        opinion=bindparam("b_opinion"),
    )
)
_WITHDRAW = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(state=WITHDRAWN, revision=_table.c.revision + 1, done_at=bindparam("b_at"))
)
_HEAVY = {
    # Of the other open items only their being open is asked, and there may be a thousand.
    name: type_coerce(case((_table.c.id == bindparam("item_id"), _table.c[name])), JsonText)
    for name in ("draft", "member")
}
_ONE_AND_OPEN = select(*(_HEAVY.get(name, _table.c[name]) for name in _FIELDS)).where(
    _table.c.case_id == bindparam("b_case"),
    or_(_table.c.id == bindparam("item_id"), *(_table.c.state == literal(state) for state in OPEN)),
)
_LOCK_CASE = cases.locking(
    select(_table.c.case_id).where(_table.c.id == bindparam("item_id")).scalar_subquery()
)
_OPEN = insert(_table).returning(_table.c.id)  # type: ignore[arg-type]
# A page is one statement, and the driver reads long statements slowly.
_OPEN_MANY = _OPEN.returning(sort_by_parameter_order=True).execution_options(insertmanyvalues_page_size=50)

_OF_CASE = (
    select(WorkItem)
    .where(
        WorkItem.case_id == bindparam("b_case"), or_(*(WorkItem.state == literal(state) for state in OPEN))
    )
    .order_by(WorkItem.id)
)


def lock_case(ctx: Context, item_id: int) -> OpenCase:
    """Lock the case of an item and give it; raises UnknownItem."""
    case = cases.locked(ctx, _LOCK_CASE, item_id=item_id)
    if case is None:
        raise UnknownItem
    return case


def case_of(ctx: Context, item_id: int) -> int:
    """The case an item belongs to (never changes, so no lock is needed); raises UnknownItem."""
    case_id = ctx.session.execute(_CASE_OF, {"item_id": item_id}).scalar_one_or_none()
    if case_id is None:
        raise UnknownItem
    return int(case_id)


def read(ctx: Context, item_id: int) -> OpenItem:
    """The item as it stands; call it with the case locked, so that nothing moves between verdict and deed."""
    row = ctx.session.execute(_ONE, {"item_id": item_id}).one_or_none()
    if row is None:
        raise UnknownItem
    return OpenItem(*row)


def read_among(ctx: Context, case_id: int, item_id: int) -> OpenItem:
    """The item of a locked case, open or not; which others are open is remembered for the same command."""
    rows = ctx.session.execute(_ONE_AND_OPEN, {"b_case": case_id, "item_id": item_id})
    items = [OpenItem(*row) for row in rows]
    ctx.memory[_known(case_id)] = {item.task_id: item.id for item in items if item.state in OPEN}
    return next(item for item in items if item.id == item_id)


def change(ctx: Context, item: OpenItem) -> None:
    """Write an open item's state, holder and draft; its revision goes up by one."""
    item.revision += 1
    ctx.session.execute(
        _CHANGE,
        {
            "b_id": item.id,
            "b_state": item.state,
            "b_revision": item.revision,
            "b_assignee_id": item.assignee_id,
            "b_assignee": item.assignee,
            "b_draft": item.draft,
        },
    )


def finish(ctx: Context, item: OpenItem, *, conclusion: str | None, opinion: str | None) -> None:
    """Mark an item done by the acting person."""
    require_move(item, DONE)
    item.state = DONE
    ctx.memory.get(_known(item.case_id), {}).pop(item.task_id, None)
    ctx.session.execute(
        _FINISH,
        {
            "b_id": item.id,
            "b_at": ctx.now,
            "b_by_id": ctx.actor.person_id,
            "b_by": ctx.actor.name,
            "b_conclusion": conclusion,
            "b_opinion": opinion,
        },
    )


def none_open(ctx: Context, case_id: int) -> None:
    """Say that a case has just come into being: no item of it needs to be looked for."""
    ctx.memory[_known(case_id)] = {}


def tasks_open(ctx: Context, case_id: int) -> dict[str, int]:
    """Engine task id → item id of every open item of the locked case; looked up once per command."""
    known: dict[str, int] | None = ctx.memory.get(_known(case_id))
    if known is None:
        rows = ctx.session.execute(_OPEN_OF_CASE, {"b_case": case_id})
        known = ctx.memory[_known(case_id)] = {row.task_id: row.id for row in rows}
    return dict(known)


def _known(case_id: int) -> tuple[str, int]:
    """Where a command remembers which items of a case are open."""
    return "open items", case_id


def withdraw(ctx: Context, case_id: int, tasks: list[str]) -> None:
    """Take back items whose tasks the case no longer waits for."""
    if tasks:
        known = ctx.memory[_known(case_id)]
        ctx.session.execute(_WITHDRAW, [{"b_id": known.pop(task), "b_at": ctx.now} for task in tasks])


def open_items(ctx: Context, items: list[dict[str, Any]]) -> None:
    """Insert the open items of one case; hundreds of a campaign at once as a few rows are."""
    for values in items:
        values["due_sort"] = values["due_at"] or NO_LIMIT
    if items:
        ids = ctx.session.scalars(*((_OPEN, items[0]) if len(items) == 1 else (_OPEN_MANY, items)))
        known = ctx.memory.get(_known(items[0]["case_id"]), {})
        known.update(zip((values["task_id"] for values in items), ids, strict=True))


def of_case(session: Session, case_id: int) -> list[WorkItem]:
    """The open items of a case, for reading, oldest first."""
    return list(session.scalars(_OF_CASE, {"b_case": case_id}))
