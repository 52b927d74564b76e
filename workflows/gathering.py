"""Gathering: what each of several that did the same step saw and answered, in the order of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, select

from workflows.journal import StepRecord
from workflows.work_items import TAKEN_BACK, WorkItem

if TYPE_CHECKING:
    from workflows.cases import OpenCase
    from workflows.commands import Context

_item, _record = WorkItem.__table__.c, StepRecord.__table__.c
_ANSWERED = (
    select(_item.id, _item.place, _item.member, _record.answers)
    .join_from(
        WorkItem.__table__,
        StepRecord.__table__,
        and_(_record.case_id == _item.case_id, _record.item_id == _item.id, _record.kind == "task"),
        isouter=True,
    )
    .where(
        _item.case_id == bindparam("b_case"),
        _item.step == bindparam("b_step"),
        _item.round == bindparam("b_round"),
        _item.place.is_not(None),
        _item.state != TAKEN_BACK,
    )
    .order_by(_item.place, _item.id)
)


def gathered(ctx: Context, case: OpenCase, step: str) -> list[tuple[dict[str, Any], dict[str, Any]] | None]:
    """Element and answers of each instance of the step's present round; None for one withdrawn undone."""
    # What this very command took down is written with the case, at its end.
    fresh = {row["item_id"]: row["answers"] for row in case.journal if row["kind"] == "task"}
    asked = {"b_case": case.id, "b_step": step, "b_round": case.rounds.get(step, 1)}
    found: dict[int, tuple[dict[str, Any], dict[str, Any]] | None] = {}
    for item_id, place, member, answers in ctx.session.execute(_ANSWERED, asked):
        said = fresh.get(item_id, answers)
        # One that was withdrawn and opened again has two items in its place: the later one counts.
        found[place] = None if said is None else (member or {}, said)
    return list(found.values())
