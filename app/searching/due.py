"""Which cases the index has not taken in: new ones, changed ones, and those that got a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from app import following
from app.following import Follower, Progress
from app.papers.models import Document
from app.searching.models import CaseText, IndexProgress

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Context

INDEX = Follower("cases", IndexProgress, CaseText, {"papers": 0})

PAPERS_AGAIN = 200
"""So many of the newest papers seen are looked at again: one may have been committed late."""


@dataclass(frozen=True, slots=True)
class Due:
    """The next cases: new and changed ones, then those with a new paper; and up to which paper was looked."""

    cases: following.Due
    filed: list[int]
    papers: int

    @property
    def case_ids(self) -> list[int]:
        """Each of them once."""
        return list(dict.fromkeys([*self.cases.case_ids, *self.filed]))


def waits(session: Session, now: datetime) -> bool:
    """Whether there is anything to do, for who looks before locking."""
    newest = session.scalar(select(func.max(Document.id))) or 0
    return INDEX.waits(session, now) or newest > _papers(session)


def next_cases(session: Session, progress: Progress, now: datetime, most: int) -> Due:
    """New cases first, in the order they came; then changed ones, and those with a new paper."""
    cases = INDEX.next_cases(session, progress, now, most)
    seen = _papers(session)
    filed, papers = _filed(session, seen, most) if len(cases.case_ids) < most else ([], seen)
    return Due(cases, filed, papers)


def move_on(ctx: Context, progress: Progress, found: Due) -> None:
    """Say how far it is now."""
    INDEX.move_on(ctx, progress, found.cases)
    ctx.session.execute(
        update(IndexProgress).where(IndexProgress.name == INDEX.name).values(papers=found.papers)
    )


def _papers(session: Session) -> int:
    """The paper up to which they have been seen."""
    return session.scalar(select(IndexProgress.papers).where(IndexProgress.name == INDEX.name)) or 0


def _filed(session: Session, seen: int, most: int) -> tuple[list[int], int]:
    """Cases that got a paper since they were taken in, and up to which paper that has been seen."""
    newest = session.scalar(select(func.max(Document.id))) or 0
    each = aliased(Document)
    count = select(func.count(each.id)).where(each.case_id == CaseText.case_id).scalar_subquery()
    asked = (
        select(Document.case_id)
        .distinct()
        .join(CaseText, CaseText.case_id == Document.case_id)
        .where(Document.id > seen - PAPERS_AGAIN, count != CaseText.papers)
        .limit(most)
    )
    found = list(session.scalars(asked))
    return found, newest if len(found) < most else seen
