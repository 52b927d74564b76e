"""Keeping up with cases after their commits: new ones by their ids, changed ones by the audit's last entries.

Completing a step pays nothing for it: whatever changes a case raises its revision and adds an entry to the
audit, whose index by time is there anyway. A look goes back a little, for transactions that committed late,
and now and then far back, for those of a host whose clock runs slow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, insert, or_, select, update

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

_STREAM = "case:"


class Progress(NamedTuple):
    """How far somebody has come: cases up to an id, revisions up to an instant, when they last looked far."""

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


@dataclass(frozen=True, slots=True)
class Follower:
    """Whoever takes something from every case, and again when it changes.

    ``progress`` is the table that holds how far, with ``name``, ``through``, ``since`` and ``looked``;
    ``taken`` the one with a row per case taken: ``case_id`` and its ``revision`` then; ``first`` is what
    else the first row of progress holds.
    """

    name: str
    progress: type[Any]
    taken: type[Any]
    first: Mapping[str, Any] = field(default_factory=dict)

    def progress_of(self, session: Session) -> Progress | None:
        """How far it has come; None before it was begun."""
        row = session.execute(self._progress()).one_or_none()
        return Progress(*row) if row else None

    def locked(self, ctx: Context) -> Progress | None:
        """How far it has come, for this transaction alone; None while somebody else is at it."""
        row = ctx.session.execute(self._progress().with_for_update(skip_locked=True)).one_or_none()
        if row is not None:
            return Progress(*row)
        if self.progress_of(ctx.session) is not None:
            return None
        begun = Progress(through=0, since=ctx.now - OVERLAP, looked=ctx.now)
        ctx.session.execute(insert(self.progress).values(name=self.name, **begun._asdict(), **self.first))
        return begun

    def waits(self, session: Session, now: datetime) -> bool:
        """Whether there is anything to take, for who looks before locking."""
        progress = self.progress_of(session)
        if progress is None or _looks_far(progress, now) or progress.since < now - 4 * OVERLAP:
            return True
        newest = session.scalar(select(func.max(Case.id))) or 0
        return newest > progress.through or bool(self.behind(session, progress, now, 1))

    def behind(self, session: Session, progress: Progress, now: datetime, most: int) -> list[int]:
        """Cases taken once that have changed since or were missed; the first ``most`` of them."""
        return list(session.scalars(self._changed(progress, _since(progress, now)).limit(most)))

    def next_cases(self, session: Session, progress: Progress, now: datetime, most: int) -> Due:
        """New cases first, in the order they came; then changed ones."""
        fresh = list(
            session.scalars(select(Case.id).where(Case.id > progress.through).order_by(Case.id).limit(most))
        )
        through = fresh[-1] if fresh else progress.through
        room = most - len(fresh)
        far = _looks_far(progress, now)
        since = min(progress.looked, now) - FAR if far else _since(progress, now)
        changed = list(session.scalars(self._changed(progress, since).limit(room))) if room else []
        return Due([*fresh, *changed], through, all_changes=bool(room) and len(changed) < room, far=far)

    def move_on(self, ctx: Context, progress: Progress, found: Due) -> None:
        """Say how far it is now."""
        since = ctx.now - OVERLAP if found.all_changes else progress.since
        looked = ctx.now if found.all_changes and found.far else progress.looked
        ctx.session.execute(
            update(self.progress)
            .where(self.progress.name == self.name)
            .values(through=found.through, since=since, looked=looked)
        )

    def _progress(self) -> Select[Any]:
        table = self.progress
        return select(table.through, table.since, table.looked).where(table.name == self.name)

    def _changed(self, progress: Progress, since: datetime) -> Select[int]:
        taken = self.taken
        return (
            select(Case.id)
            .distinct()
            .select_from(AuditEntry)
            .join(Case, Case.number == func.substr(AuditEntry.stream, len(_STREAM) + 1))
            .outerjoin(taken, taken.case_id == Case.id)
            .where(
                AuditEntry.at >= since,
                AuditEntry.stream.startswith(_STREAM, autoescape=True),
                Case.id <= progress.through,
                or_(taken.case_id.is_(None), taken.revision != Case.revision),
            )
        )


def _since(progress: Progress, now: datetime) -> datetime:
    # Somebody may have turned the clock back.
    return min(progress.since, now - OVERLAP)


def _looks_far(progress: Progress, now: datetime) -> bool:
    return not now - FAR < progress.looked <= now
