"""Which cases the index has not taken in: new ones by their ids, changed ones by the audit's last entries.

Completing a step pays nothing for it: whatever changes a case raises its revision and adds an entry to the
audit, whose index by time is there anyway. A look goes back a little, for transactions that committed late,
and now and then far back, for those of a host whose clock runs slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import aliased

from app.papers.models import Document
from app.searching.models import CaseText, IndexProgress
from workflows.audit import AuditEntry
from workflows.cases import Case

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from workflows.commands import Context

OVERLAP = timedelta(seconds=15)
"""Longer than a transaction takes, so that none is missed that began before and ended after a look."""

FAR = timedelta(minutes=10)
"""Once in so long a look goes back twice as far."""

PAPERS_AGAIN = 200
"""So many of the newest papers seen are looked at again, for the same reason."""

NAME = "cases"

_STREAM = "case:"


@dataclass(frozen=True, slots=True)
class Due:
    """The next cases, and whether these are all that had changed."""

    case_ids: list[int]
    through: int
    papers: int
    all_changes: bool
    far: bool


class Progress(NamedTuple):
    """How far the index has come; see IndexProgress."""

    through: int
    since: datetime
    papers: int
    looked: datetime


def progress_of(session: Session) -> Progress | None:
    """How far the index has come; None before it was begun."""
    row = session.execute(_PROGRESS).one_or_none()
    return Progress(*row) if row else None


_PROGRESS = select(
    IndexProgress.through, IndexProgress.since, IndexProgress.papers, IndexProgress.looked
).where(IndexProgress.name == NAME)


def locked(ctx: Context) -> Progress | None:
    """How far it has come, for this transaction alone; None while somebody else is at it."""
    row = ctx.session.execute(_PROGRESS.with_for_update(skip_locked=True)).one_or_none()
    if row is not None:
        return Progress(*row)
    if progress_of(ctx.session) is not None:
        return None
    begun = Progress(through=0, since=ctx.now - OVERLAP, papers=0, looked=ctx.now)
    ctx.session.execute(insert(IndexProgress).values(name=NAME, **begun._asdict()))
    return begun


def next_cases(session: Session, progress: Progress, now: datetime, most: int) -> Due:
    """New cases first, in the order they came; then changed ones, and those with a new paper."""
    fresh = list(
        session.scalars(select(Case.id).where(Case.id > progress.through).order_by(Case.id).limit(most))
    )
    through = fresh[-1] if fresh else progress.through
    room = most - len(fresh)
    far = _looks_far(progress, now)
    since = min(progress.looked, now) - FAR if far else _since(progress, now)
    changed = list(session.scalars(_changed(progress, since).limit(room))) if room else []
    filed, papers = _filed(session, progress, most) if len(changed) < room else ([], progress.papers)
    ids = list(dict.fromkeys([*fresh, *changed, *filed]))
    return Due(ids, through, papers, all_changes=bool(room) and len(changed) < room, far=far)


def behind(session: Session, progress: Progress, now: datetime, most: int) -> list[int]:
    """Cases taken in once that have changed since or were missed; the first ``most`` of them."""
    return list(session.scalars(_changed(progress, _since(progress, now)).limit(most)))


def waits(session: Session, now: datetime) -> bool:
    """Whether there is anything to do, for who looks before locking."""
    progress = progress_of(session)
    if progress is None or _looks_far(progress, now) or progress.since < now - 4 * OVERLAP:
        return True
    newest = session.scalar(select(func.max(Case.id))) or 0
    paper = session.scalar(select(func.max(Document.id))) or 0
    return newest > progress.through or paper > progress.papers or bool(behind(session, progress, now, 1))


def move_on(ctx: Context, progress: Progress, found: Due) -> None:
    """Say how far it is now."""
    since = ctx.now - OVERLAP if found.all_changes else progress.since
    looked = ctx.now if found.all_changes and found.far else progress.looked
    ctx.session.execute(
        update(IndexProgress)
        .where(IndexProgress.name == NAME)
        .values(through=found.through, since=since, papers=found.papers, looked=looked)
    )


def _since(progress: Progress, now: datetime) -> datetime:
    # Somebody may have turned the clock back.
    return min(progress.since, now - OVERLAP)


def _looks_far(progress: Progress, now: datetime) -> bool:
    return not now - FAR < progress.looked <= now


def _changed(progress: Progress, since: datetime) -> Select[int]:
    differs = or_(CaseText.case_id.is_(None), CaseText.revision != Case.revision)
    return (
        select(Case.id)
        .distinct()
        .select_from(AuditEntry)
        .join(Case, Case.number == func.substr(AuditEntry.stream, len(_STREAM) + 1))
        .outerjoin(CaseText, CaseText.case_id == Case.id)
        .where(
            AuditEntry.at >= since,
            AuditEntry.stream.startswith(_STREAM, autoescape=True),
            Case.id <= progress.through,
            differs,
        )
    )


def _filed(session: Session, progress: Progress, most: int) -> tuple[list[int], int]:
    """Cases that got a paper since they were taken in, and up to which paper that has been seen."""
    newest = session.scalar(select(func.max(Document.id))) or 0
    each = aliased(Document)
    count = select(func.count(each.id)).where(each.case_id == CaseText.case_id).scalar_subquery()
    asked = (
        select(Document.case_id)
        .distinct()
        .join(CaseText, CaseText.case_id == Document.case_id)
        .where(Document.id > progress.papers - PAPERS_AGAIN, count != CaseText.papers)
        .limit(most)
    )
    found = list(session.scalars(asked))
    return found, newest if len(found) < most else progress.papers
