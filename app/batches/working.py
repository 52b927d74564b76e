"""Dealing with a short batch while the person waits."""

from __future__ import annotations

from app import door
from app.batches import queries
from app.batches.commands import HandleBatchItem
from app.batches.handling import AT_ONCE
from workflows.errors import Unavailable


def at_once(batch_id: int) -> None:
    """Deal with the items of one's batch now, each in its own transaction; a long one is the worker's.

    What does not come to its turn here, since the database went away or the process ended, is promised.
    """
    report = queries.report(door.reading(), door.current_actor(), batch_id)
    if report.batch.total > AT_ONCE:
        return
    for row_id in queries.waiting(door.reading(), door.current_actor(), batch_id):
        try:
            door.perform(HandleBatchItem(row_id=row_id))
        except Unavailable:
            return
