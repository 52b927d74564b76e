"""The rows of work items inside a command: read, changed, finished, withdrawn, opened under a case lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, insert, literal, or_, select, type_coerce, update

from workflows import calendars, cases, limits
from workflows.db import JsonText
from workflows.work_items import (
    AFTER,
    DONE,
    HELD,
    NO_LIMIT,
    OPEN,
    STEP,
    TAKEN_BACK,
    WITHDRAWN,
    OpenItem,
    UnknownItem,
    WorkItem,
    require_move,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from workflows.cases import OpenCase
    from workflows.clock import WorkingDays
    from workflows.commands import Actor, Context

_FIELDS = tuple(OpenItem.__dataclass_fields__)
_table = WorkItem.__table__
_ONE = select(*(_table.c[name] for name in _FIELDS)).where(_table.c.id == bindparam("item_id"))
_CASE_OF = select(_table.c.case_id).where(_table.c.id == bindparam("item_id"))
# Spelt out: a list of values is rendered anew at every execution.
_OPEN_OF_CASE = select(_table.c.id, _table.c.task_id, _table.c.kind, _table.c.host_id).where(
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
        remind_at=None,
        done_at=bindparam("b_at"),
        done_by_id=bindparam("b_by_id"),
        done_by=bindparam("b_by"),
        done_for_id=bindparam("b_for_id"),
        done_for=bindparam("b_for"),
        conclusion=bindparam("b_conclusion"),
        opinion=bindparam("b_opinion"),
    )
)
_WITHDRAW = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(state=WITHDRAWN, revision=_table.c.revision + 1, remind_at=None, done_at=bindparam("b_at"))
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
_OF_TASK = (
    select(_table)
    .where(_table.c.case_id == bindparam("b_case"), _table.c.task_id == bindparam("b_task"))
    .where(_table.c.kind == STEP)
    .order_by(_table.c.id.desc())
    .limit(1)
)
_ASIDES_OF = (
    select(*(_table.c[name] for name in _FIELDS))
    .where(_table.c.host_id == bindparam("b_host"), or_(*(_table.c.state == literal(s) for s in OPEN)))
    .order_by(_table.c.id)
)
_SIGNED_BEHIND = (
    select(_table)
    .where(
        _table.c.host_id == bindparam("b_host"),
        _table.c.kind == literal(AFTER),
        _table.c.state == literal(DONE),
    )
    .order_by(_table.c.id)
)
_HOLD = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        revision=bindparam("b_revision"),
        draft=bindparam("b_draft"),
        opinion=bindparam("b_opinion"),
        assignee_id=bindparam("b_assignee_id"),
        assignee=bindparam("b_assignee"),
        done_by_id=bindparam("b_by_id"),
        done_by=bindparam("b_by"),
        done_for_id=bindparam("b_for_id"),
        done_for=bindparam("b_for"),
    )
)
_CLOCK = ("due_at", "created_at", "remind_stage", "remind_at")
_LIMITS = select(_table.c.id, *(_table.c[name] for name in _CLOCK)).where(
    _table.c.case_id == bindparam("b_case"),
    _table.c.due_at.is_not(None),
    or_(*(_table.c.state == literal(state) for state in OPEN)),
)
_PUT_OFF = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(
        due_at=bindparam("b_due"),
        due_sort=bindparam("b_due"),
        remind_stage=bindparam("b_remind_stage"),
        remind_at=bindparam("b_remind_at"),
    )
)
_TAKE_BACK = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(state=TAKEN_BACK, revision=_table.c.revision + 1)
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
    _remember(ctx, case_id, (item for item in items if item.state in OPEN))
    return next(item for item in items if item.id == item_id)


def _remember(ctx: Context, case_id: int, rows: Iterable[Any]) -> dict[str, int]:
    """Keep for this command which tasks have an open item, and which open asides hang on which item."""
    known: dict[str, int] = {}
    asides: dict[int, int] = {}
    for row in rows:
        if row.kind == STEP:
            known[row.task_id] = row.id
        else:
            asides[row.id] = row.host_id
    ctx.memory[_known(case_id)], ctx.memory[_hanging(case_id)] = known, asides
    return known


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


def set_state(ctx: Context, item: OpenItem, state: str) -> None:
    """Move an item to another state, as the table allows or as undoing demands; its holder keeps it."""
    item.state = state
    change(ctx, item)


def hold(ctx: Context, item: OpenItem, answers: dict[str, Any], opinion: str | None) -> None:
    """Keep the decision of an item until the signers behind it have signed."""
    require_move(item, HELD)
    item.state, item.draft, item.opinion = HELD, answers, opinion
    item.revision += 1
    ctx.session.execute(
        _HOLD,
        {
            "b_id": item.id,
            "b_state": item.state,
            "b_revision": item.revision,
            "b_draft": answers,
            "b_opinion": opinion,
            "b_assignee_id": item.assignee_id,
            "b_assignee": item.assignee,
            **_hands(ctx, item, ctx.actor),
        },
    )


def _hands(ctx: Context, item: OpenItem, by: Actor) -> dict[str, Any]:
    """Who did or decided it, and for whom on leave; a decision that others bring into force keeps its own."""
    absent = ctx.standing
    if by is ctx.actor:
        item.done_for_id = absent.person_id if absent else None
        item.done_for = absent.name if absent else None
    said = {"b_by_id": by.person_id, "b_by": by.name}
    return {**said, "b_for_id": item.done_for_id, "b_for": item.done_for}


def finish(ctx: Context, item: OpenItem, by: Actor, *, conclusion: str | None, opinion: str | None) -> None:
    """Mark an item done by ``by``; what was planned to hang on it goes."""
    require_move(item, DONE)
    item.state = DONE
    if item.kind == STEP:
        ctx.memory.get(_known(item.case_id), {}).pop(item.task_id, None)
        _withdraw_asides(ctx, item.case_id, [item.id])
    else:
        ctx.memory.get(_hanging(item.case_id), {}).pop(item.id, None)
    ctx.session.execute(
        _FINISH,
        {
            "b_id": item.id,
            "b_at": ctx.now,
            **_hands(ctx, item, by),
            "b_conclusion": conclusion,
            "b_opinion": opinion,
        },
    )


def none_open(ctx: Context, case_id: int) -> None:
    """Say that a case has just come into being: no item of it needs to be looked for."""
    _remember(ctx, case_id, ())


def tasks_open(ctx: Context, case_id: int) -> dict[str, int]:
    """Engine task id → item id of every open item of the locked case; looked up once per command."""
    known: dict[str, int] | None = ctx.memory.get(_known(case_id))
    if known is None:
        known = _remember(ctx, case_id, ctx.session.execute(_OPEN_OF_CASE, {"b_case": case_id}))
    return dict(known)


def _known(case_id: int) -> tuple[str, int]:
    """Where a command remembers which items of a case are open."""
    return "open items", case_id


def _hanging(case_id: int) -> tuple[str, int]:
    """Where a command remembers the open asides of a case, each with its host."""
    return "open asides", case_id


def withdraw(ctx: Context, case_id: int, tasks: list[str]) -> None:
    """Take back items whose tasks the case no longer waits for, with the asides that hang on them."""
    if tasks:
        known = ctx.memory[_known(case_id)]
        gone = [known.pop(task) for task in tasks]
        ctx.session.execute(_WITHDRAW, [{"b_id": item, "b_at": ctx.now} for item in gone])
        _withdraw_asides(ctx, case_id, gone)


def _withdraw_asides(ctx: Context, case_id: int, hosts: list[int]) -> None:
    hanging: dict[int, int] = ctx.memory.get(_hanging(case_id), {})
    for aside in [aside for aside, host in hanging.items() if host in hosts]:
        withdraw_aside(ctx, case_id, aside)


def withdraw_aside(ctx: Context, case_id: int, aside: int) -> None:
    """Take back one item that no diagram draws."""
    ctx.memory.get(_hanging(case_id), {}).pop(aside, None)
    ctx.session.execute(_WITHDRAW, {"b_id": aside, "b_at": ctx.now})


def has_asides(ctx: Context, case_id: int) -> bool:
    """Whether anything was asked for beside any open item of the locked case."""
    tasks_open(ctx, case_id)
    return bool(ctx.memory[_hanging(case_id)])


def asides_of(ctx: Context, host_id: int) -> list[OpenItem]:
    """The open items asked for beside an item of a locked case, oldest first."""
    return [OpenItem(*row) for row in ctx.session.execute(_ASIDES_OF, {"b_host": host_id})]


def signed_behind(ctx: Context, host_id: int) -> list[dict[str, Any]]:
    """Rows, without their ids, of those who have signed behind the item's decision, oldest first."""
    rows = ctx.session.execute(_SIGNED_BEHIND, {"b_host": host_id}).mappings()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def latest_of_task(ctx: Context, case_id: int, task_id: str) -> dict[str, Any]:
    """The whole row of the newest item of an engine task, as it was when it was last open."""
    row = ctx.session.execute(_OF_TASK, {"b_case": case_id, "b_task": task_id}).mappings().one()
    return dict(row)


def take_back(ctx: Context, item_id: int) -> None:
    """Mark a done item as taken back."""
    ctx.session.execute(_TAKE_BACK, {"b_id": item_id})


def open_items(ctx: Context, items: list[dict[str, Any]], calendar: WorkingDays) -> None:
    """Insert the open items of one case; hundreds of a campaign at once as a few rows are."""
    for values in items:
        values.update(_limited(values, calendar))
    if items:
        ids = ctx.session.scalars(*((_OPEN, items[0]) if len(items) == 1 else (_OPEN_MANY, items)))
        known = ctx.memory.get(_known(items[0]["case_id"]), {})
        known.update(zip((values["task_id"] for values in items), ids, strict=True))


def _limited(values: dict[str, Any], calendar: WorkingDays) -> dict[str, Any]:
    """Where an item that is opened sorts by its limit, and when somebody is first reminded of it."""
    due = values["due_at"]
    stage, at = limits.next_reminder(due, limits.NEAR, values["created_at"], calendar) or (limits.NEAR, None)
    return {"due_sort": due or NO_LIMIT, "remind_stage": stage, "remind_at": at}


def put_off(ctx: Context, case_id: int, days: int, calendar: WorkingDays) -> None:
    """Put the limits of a case's open items, and what is still to be said of them, off by working days."""
    for row in ctx.session.execute(_LIMITS, {"b_case": case_id}).all():
        due = calendar.later(row.due_at, days)
        coming = limits.next_reminder(due, row.remind_stage, row.created_at, calendar)
        stage, at = coming if coming and row.remind_at else (row.remind_stage, None)
        moved = {"b_due": due, "b_remind_stage": stage, "b_remind_at": at}
        ctx.session.execute(_PUT_OFF, {"b_id": row.id, **moved})


def open_aside(ctx: Context, values: dict[str, Any]) -> int:
    """Insert an item asked for beside another; gives its id."""
    values.update(_limited(values, calendars.of(ctx.session)))
    aside = int(ctx.session.execute(_OPEN, values).scalar_one())
    ctx.memory.get(_hanging(values["case_id"]), {})[aside] = values["host_id"]
    return aside


def of_case(session: Session, case_id: int) -> list[WorkItem]:
    """The open items of a case, for reading, oldest first."""
    return list(session.scalars(_OF_CASE, {"b_case": case_id}))
