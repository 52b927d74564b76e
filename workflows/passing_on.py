"""Passing open items on when their holder leaves (交接): many at once, with their drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from workflows import cases
from workflows.cases import Case, OpenCase
from workflows.work_items import CLAIMED, HELD, OFFERED, PLANNED, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.commands import Context

LOCKED_TOGETHER = 500
"""Cases read by one statement."""

HELD_BY_SOMEBODY = (CLAIMED, HELD, PLANNED)
"""The states in which an open item is a person's."""

_table = WorkItem.__table__
_PASS_ON = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        revision=_table.c.revision + 1,
        assignee_id=bindparam("b_assignee_id"),
        assignee=bindparam("b_assignee"),
    )
)


@dataclass(frozen=True, slots=True)
class Passing:
    """One item and who gets it; nobody: its unit."""

    item_id: int
    state: str
    person_id: int | None
    person: str | None


def pass_on(ctx: Context, passings: list[Passing]) -> None:
    """Write the new holders; call it with the cases locked. What goes to a person keeps its state."""
    if passings:
        rows = [
            {
                "b_id": one.item_id,
                "b_state": one.state if one.person_id else OFFERED,
                "b_assignee_id": one.person_id,
                "b_assignee": one.person,
            }
            for one in passings
        ]
        ctx.session.execute(_PASS_ON, rows)


def lock_all(ctx: Context, ids: Iterable[int]) -> list[OpenCase]:
    """Lock the cases with these ids, lowest first, so that two who want several never wait for each other."""
    wanted, found = sorted(set(ids)), []
    # The statement for one case, its id left open.
    each = cases.locking(Case.__table__.c.id).order_by(Case.__table__.c.id)
    for start in range(0, len(wanted), LOCKED_TOGETHER):
        some = each.where(Case.__table__.c.id.in_(wanted[start : start + LOCKED_TOGETHER]))
        found += [OpenCase(*row) for row in ctx.session.execute(some)]
    return found
