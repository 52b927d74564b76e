"""Reads of what a person began and has not handed in: applications, and items put away half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.catalogue.commands import UnknownDraft
from app.catalogue.models import StartDraft
from workflows import withholding
from workflows.work_items import CLAIMED, WorkItem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

MOST_ITEMS = 100


def drafts(session: Session, actor: Actor) -> list[StartDraft]:
    """One's own drafts, the newest first."""
    mine = select(StartDraft).where(StartDraft.person_id == actor.person_id)
    return list(session.scalars(mine.order_by(StartDraft.saved_at.desc(), StartDraft.id.desc())))


def draft(session: Session, actor: Actor, draft_id: int) -> StartDraft:
    """One's own draft of that number; raises UnknownDraft, whoever else's it is."""
    row = session.get(StartDraft, draft_id)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise UnknownDraft
    return row


def known(session: Session, actor: Actor, draft_id: int | None) -> StartDraft | None:
    """One's own draft of that number; None where there is none any more."""
    try:
        return None if draft_id is None else draft(session, actor, draft_id)
    except UnknownDraft:
        return None


def half_done(session: Session, actor: Actor) -> list[WorkItem]:
    """Open items that the person put away with something typed, nearest limit first."""
    mine = (
        select(WorkItem)
        .where(
            WorkItem.assignee_id == actor.person_id,
            WorkItem.state == CLAIMED,
            WorkItem.draft.is_not(None),
            WorkItem.case_id.not_in(withholding.kept_from(actor)),
        )
        .order_by(WorkItem.due_sort, WorkItem.id)
        .limit(MOST_ITEMS)
    )
    return list(session.scalars(mine))
