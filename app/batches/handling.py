"""Dealing with one item of a batch: its own verdict, its own deed, its own entry, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from app.batches.judging import (
    CLAIM,
    COMPLETE,
    RELEASE,
    REMIND,
    TRANSFER,
    Kin,
    judge,
    prepared,
    seen_by,
    words_of,
)
from app.batches.models import DONE, OPEN, REFUSED, Batch, BatchItem
from app.inbox.commands import RemindHolders
from app.messages.commands import write
from app.organisation import queries as people
from workflows import item_rows, running
from workflows.commands import Part
from workflows.errors import Refusal
from workflows.work_items import UnknownItem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.inbox.item import ItemView
    from workflows.commands import Actor, Command, Context

EFFECT = "batch.item"
"""The kind of effect that deals with one item: whatever the request did not get to, the worker does."""

AT_ONCE = 20
"""So many items at most are dealt with while the person waits."""

DEEDS: dict[str, type[Command[Any]]] = {
    CLAIM: running.ClaimWorkItem,
    COMPLETE: running.CompleteWorkItem,
    TRANSFER: running.TransferWorkItem,
    RELEASE: running.ReleaseWorkItem,
    REMIND: RemindHolders,
}
"""The command behind each action; the chain knows an item of a batch by its name."""


def deliver(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Keep the promise: deal with the item unless it has its result."""
    handle(ctx, payload["row"])


def handle(ctx: Context, row_id: int) -> None:
    """Deal with one item in the running transaction: settled with it, or not at all.

    Whoever comes second finds it settled. A refusal undoes the item's own deed alone.
    """
    row = ctx.session.get(BatchItem, row_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != OPEN:
        return
    batch = ctx.session.get_one(Batch, row.batch_id)
    try:
        actor = people.actor_of(ctx.session, batch.account_id, batch.device)
    except Refusal as refusal:
        row.settle(REFUSED, ctx.now, refusal.code, str(refusal))
    else:
        _handle(ctx, batch, row, actor)
    _finish_if_last(ctx, batch)


def _handle(ctx: Context, batch: Batch, row: BatchItem, actor: Actor) -> None:
    part = Part(ctx, actor, batch.id, DEEDS[batch.action].__name__)
    seen = None
    try:
        if batch.action == REMIND:
            command = _reminder(ctx, batch, row)
        else:
            seen = seen_by(ctx.session, actor, [row.item_id]).get(row.item_id)
            command = _deed(batch, row, seen)
        part.carry_out(command)
    except Refusal as refusal:
        part.put_on_record(refusal, item_id=row.item_id, batch=batch.id)
        row.settle(REFUSED, ctx.now, refusal.code, words_of(refusal, seen))
    else:
        row.settle(DONE, ctx.now)


def _reminder(ctx: Context, batch: Batch, row: BatchItem) -> Command[Any]:
    """Reminding is for those whose item it is not; who may read its case, the command says."""
    if row.revision is not None:
        item_rows.read(ctx, row.item_id).require_revision(row.revision)
    return RemindHolders(item_id=row.item_id, words=batch.reason or "")


def _deed(batch: Batch, row: BatchItem, seen: ItemView | None) -> Command[Any]:
    """The command for one item; raises its refusal.

    What is read here is read again under the case's lock: a draft that changes changes the revision too.
    """
    if seen is None:
        raise UnknownItem
    judge(seen, batch.action, row.revision)
    Kin(batch.kin, batch.about).require(seen, batch.action)
    aimed: dict[str, Any] = {"item_id": row.item_id, "revision": seen.item.revision}
    if batch.action == COMPLETE:
        answers = prepared(seen, batch.conclusion, batch.opinion)
        return running.CompleteWorkItem(**aimed, answers=answers, opinion=batch.opinion)
    if batch.action == TRANSFER:
        return running.TransferWorkItem(**aimed, to_person_id=batch.to_id or 0, reason=batch.reason or "")
    return DEEDS[batch.action](**aimed)


def _finish_if_last(ctx: Context, batch: Batch) -> None:
    """Note when the last item has its result, and tell whoever did not wait for it.

    Last in the transaction, under the batch's lock: of two workers on the last two items one comes second.
    """
    ctx.session.flush()
    ctx.session.refresh(batch, with_for_update=True)
    still_open = select(exists().where(BatchItem.batch_id == batch.id, BatchItem.state == OPEN))
    if batch.finished_at is not None or ctx.session.scalar(still_open):
        return
    batch.finished_at = ctx.now
    if batch.total > AT_ONCE:
        done = ctx.session.scalar(_DONE.where(BatchItem.batch_id == batch.id)) or 0
        text = f"批量办理（第 {batch.id} 批）已结束：办成 {done} 件，未办 {batch.total - done} 件。"
        write(ctx, [batch.person_id], text, link=f"/batches/{batch.id}")


_DONE = select(func.count()).where(BatchItem.state == DONE)
