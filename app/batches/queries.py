"""Reads behind the pages of batches: one with its items, and those one has made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app import scope
from app.batches.commands import UnknownBatch
from app.batches.models import DONE, DROPPED, OPEN, REFUSED, Batch, BatchItem
from app.inbox import queries as inbox
from app.pages import Page, after, paged, row_number
from workflows import actions
from workflows.cases import Case
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from workflows.commands import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a batch; ``item`` only for whoever may know of it."""

    row: BatchItem
    item: WorkItem | None


@dataclass(frozen=True, slots=True)
class Report:
    """A batch and how far it is; its lines only where they are shown."""

    batch: Batch
    counts: Mapping[str, int]
    lines: Sequence[Line] = ()

    @property
    def words(self) -> str:
        """The office's word for the action."""
        return actions.TABLE[self.batch.action].words

    @property
    def open(self) -> int:
        """How many items still wait for their turn."""
        return self.counts.get(OPEN, 0)

    @property
    def done(self) -> int:
        """How many were done."""
        return self.counts.get(DONE, 0)

    @property
    def refused(self) -> int:
        """How many were refused."""
        return self.counts.get(REFUSED, 0)

    @property
    def dropped(self) -> int:
        """How many were called off."""
        return self.counts.get(DROPPED, 0)


def report(session: Session, actor: Actor, batch_id: int) -> Report:
    """One's own batch with every item, in the order they were picked; raises UnknownBatch."""
    batch = session.get(Batch, batch_id)
    if batch is None or actor.account_id is None or batch.account_id != actor.account_id:
        raise UnknownBatch
    rows = session.scalars(
        select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.place)
    ).all()
    known = _known(session, actor, [row.item_id for row in rows])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    return Report(batch, counts, [Line(row, known.get(row.item_id)) for row in rows])


def _known(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, WorkItem]:
    """The items the actor may know of: those of their own work, and those of cases they may read."""
    rows = session.scalars(select(WorkItem).where(WorkItem.id.in_(ids))).all()
    numbers = {row.case_id for row in rows}
    readable = set(session.scalars(select(Case.id).where(Case.id.in_(numbers), scope.visible(actor))))
    found = {row.id: row for row in rows if row.case_id in readable}
    return found | inbox.items_for(session, actor, ids)


def waiting(session: Session, actor: Actor, batch_id: int) -> list[int]:
    """The rows of one's own batch that have no result yet, in order."""
    query = (
        select(BatchItem.id)
        .join(Batch, Batch.id == BatchItem.batch_id)
        .where(
            Batch.id == batch_id,
            Batch.account_id == actor.account_id,
            BatchItem.state == OPEN,
        )
        .order_by(BatchItem.place)
    )
    return list(session.scalars(query))


def made_by(session: Session, actor: Actor, cursor: str | None, limit: int) -> Page[Report]:
    """The batches one has made, newest first, with their counts."""
    query = select(Batch).where(Batch.person_id == actor.person_id, Batch.account_id == actor.account_id)
    behind = after(cursor, row_number)
    if behind:
        query = query.where(Batch.id < behind[0])
    rows = session.scalars(query.order_by(Batch.id.desc()).limit(limit + 1)).all()
    counted: dict[int, dict[str, int]] = {}
    for batch_id, state, count in session.execute(
        select(BatchItem.batch_id, BatchItem.state, func.count())
        .where(BatchItem.batch_id.in_([row.id for row in rows]))
        .group_by(BatchItem.batch_id, BatchItem.state)
    ):
        counted.setdefault(batch_id, {})[state] = count
    found = [Report(row, counted.get(row.id, {})) for row in rows]
    return paged(found, limit, lambda one: (one.batch.id,))
