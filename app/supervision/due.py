"""Which cases have to be counted: new ones by their ids, changed ones by the audit's last entries.

A step pays nothing for being counted. A look goes back a little, for transactions that committed late, and
now and then far back, for those of a host whose clock runs slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, insert, or_, select, update

from app.supervision.models import WatchedCase, WatchProgress
from workflows.audit import AuditEntry
from workflows.cases import Case

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from workflows.commands import Context

OVERLAP, FAR = timedelta(seconds=15), timedelta(minutes=10)

NAME, STREAM = "counts", "case:"


class Progress(NamedTuple):
    """How far counting has come; see WatchProgress."""

    through: int
    since: datetime
    looked: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """The next cases, and whether these are all that had changed."""

    case_ids: list[int]
    through: int
    all_changes: bool
    far: bool


_PROGRESS = select(WatchProgress.through, WatchProgress.since, WatchProgress.looked).where(
    WatchProgress.name == NAME
)


def progress_of(session: Session) -> Progress | None:
    """How far it has come; None before it was begun."""
    row = session.execute(_PROGRESS).one_or_none()
    return Progress(*row) if row else None


def locked(ctx: Context) -> Progress | None:
    """How far it has come, for this transaction alone; None while somebody else counts."""
    row = ctx.session.execute(_PROGRESS.with_for_update(skip_locked=True)).one_or_none()
    if row is not None:
        return Progress(*row)
    if progress_of(ctx.session) is not None:
        return None
    begun = Progress(through=0, since=ctx.now - OVERLAP, looked=ctx.now)
    ctx.session.execute(insert(WatchProgress).values(name=NAME, **begun._asdict()))
    return begun


def waits(session: Session, now: datetime) -> bool:
    """Whether there is anything to count, for who looks before locking."""
    progress = progress_of(session)
    if progress is None or _looks_far(progress, now) or progress.since < now - 4 * OVERLAP:
        return True
    newest = session.scalar(select(func.max(Case.id))) or 0
    return newest > progress.through or bool(
        session.scalar(_changed(progress, _since(progress, now)).limit(1))
    )


def next_cases(session: Session, progress: Progress, now: datetime, most: int) -> Due:
    """New cases first, in the order they came; then changed ones."""
    fresh = list(
        session.scalars(select(Case.id).where(Case.id > progress.through).order_by(Case.id).limit(most))
    )
    through = fresh[-1] if fresh else progress.through
    room = most - len(fresh)
    far = _looks_far(progress, now)
    since = min(progress.looked, now) - FAR if far else _since(progress, now)
    changed = list(session.scalars(_changed(progress, since).limit(room))) if room else []
    return Due([*fresh, *changed], through, all_changes=bool(room) and len(changed) < room, far=far)


def move_on(ctx: Context, progress: Progress, found: Due) -> None:
    """Say how far it is now."""
    since = ctx.now - OVERLAP if found.all_changes else progress.since
    looked = ctx.now if found.all_changes and found.far else progress.looked
    ctx.session.execute(
        update(WatchProgress)
        .where(WatchProgress.name == NAME)
        .values(through=found.through, since=since, looked=looked)
    )


def _since(progress: Progress, now: datetime) -> datetime:
    # Somebody may have turned the clock back.
    return min(progress.since, now - OVERLAP)


def _looks_far(progress: Progress, now: datetime) -> bool:
    return not now - FAR < progress.looked <= now


def _changed(progress: Progress, since: datetime) -> Select[int]:
    differs = or_(WatchedCase.case_id.is_(None), WatchedCase.revision != Case.revision)
    return (
        select(Case.id)
        .distinct()
        .select_from(AuditEntry)
        .join(Case, Case.number == func.substr(AuditEntry.stream, len(STREAM) + 1))
        .outerjoin(WatchedCase, WatchedCase.case_id == Case.id)
        .where(
            AuditEntry.at >= since,
            AuditEntry.stream.startswith(STREAM, autoescape=True),
            Case.id <= progress.through,
            differs,
        )
    )
