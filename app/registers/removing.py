"""销号: one by one, only what was put right, and never by who put it right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.registers import rows
from app.registers.definition import REMOVED, Definition
from app.registers.models import RegisterEvent, RegisterRow
from workflows.errors import Conflict

if TYPE_CHECKING:
    from app.registers.rows import Deed
    from workflows.commands import Context


class OneByOne(Conflict):
    """销号 of several at once."""

    code = "register.one_by_one"
    sentence = "台账“{register}”须解决一户销号一户，一次只能销一个编号。"


class NotPutRight(Conflict):
    """销号 of what was not put right, or where nothing is ever taken off."""

    code = "register.not_put_right"
    sentence = "台账“{register}”中“{name}”的状态是“{status}”，尚不能销号。"


class RemovedByOneself(Conflict):
    """Who put something right may not take it off the list."""

    code = "register.removed_by_oneself"
    sentence = "“{name}”由您本人整改，销号须由他人核验。"


def remove_row(ctx: Context, definition: Definition, row: RegisterRow, deed: Deed) -> RegisterRow:
    """销号; raises NotPutRight or RemovedByOneself."""
    if definition.removal is None or row.status != definition.removal[0] or row.ended_at is not None:
        raise NotPutRight(register=definition.name, name=row.subject_name, status=row.status)
    put_right = ctx.session.scalars(
        select(RegisterEvent)
        .where(RegisterEvent.row_id == row.id, RegisterEvent.status == definition.removal[0])
        .where(RegisterEvent.status_before.is_distinct_from(definition.removal[0]))
        .order_by(RegisterEvent.seq.desc())
    ).first()
    # Nobody known put it right, or nobody known takes it off: then it cannot be shown that they are two.
    if put_right is None or ctx.actor.person_id in (None, put_right.actor_id):
        raise RemovedByOneself(name=row.subject_name)
    taken = replace(deed, event=REMOVED, status=definition.removal[1])
    return rows.change(ctx, row, taken, end=True, removing=True)
