"""The working days of this installation: the published calendar with what administrators changed in it.

Changes are rows that are never changed themselves; of several for one day the newest counts. A limit that
was set keeps its instant: it was reckoned once, from the calendar of its moment.
"""

from __future__ import annotations

from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Date, Integer, String, Text, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.catalogue import where
from workflows.clock import WorkingDays
from workflows.db import Base, UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Context


class CalendarDay(Base):
    """What somebody said of a day: that offices work, rest, or go by the published calendar again."""

    __tablename__ = "calendar_day"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    works: Mapped[bool | None] = mapped_column()
    """None takes an earlier change back."""
    why: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_table = CalendarDay.__table__

REVISION = select(func.coalesce(func.max(_table.c.id), 0)).correlate(None).scalar_subquery()
"""Goes up with every change, since those are made one after another; may stand in any query."""

_REVISION = select(REVISION)
_CHANGES = select(_table.c.id, _table.c.day, _table.c.works).order_by(_table.c.id)
_IN_TURN = text("SELECT pg_advisory_xact_lock(hashtext('calendar'))")

_known: dict[str, tuple[int, WorkingDays]] = {}
_lock = Lock()


def in_turn(ctx: Context) -> None:
    """Let one change wait for another: the revision may not go up before an earlier one is seen."""
    if ctx.session.get_bind().dialect.name == "postgresql":
        ctx.session.execute(_IN_TURN)


def of(session: Session, revision: int | None = None) -> WorkingDays:
    """The working days as they stand now.

    ``revision`` is REVISION as just read by another query; without it, it is asked for once the first day
    is looked up, since most of what may ask for a day never does.
    """
    return _Asked(session) if revision is None else _at(session, revision)


def as_of(session: Session, instant: datetime) -> WorkingDays:
    """The working days as they stood at ``instant``."""
    changes = select(_table.c.day, _table.c.works).where(_table.c.at <= instant).order_by(_table.c.id)
    changed: dict[date, bool | None] = {row.day: row.works for row in session.execute(changes)}
    return WorkingDays({day: works for day, works in changed.items() if works is not None})


class _Asked(WorkingDays):
    """The working days of a session's database, looked up when first asked for."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._found: WorkingDays | None = None

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``."""
        if self._found is None:
            self._found = _at(self._session, self._session.scalar(_REVISION) or 0)
        return self._found.is_working(day)


def _at(session: Session, revision: int) -> WorkingDays:
    """The calendar of that revision or a newer one; read again whenever the revision has gone up."""
    place = where(session)
    kept = _known.get(place)
    if kept is None or kept[0] != revision:
        changed: dict[date, bool | None] = {}
        newest = 0
        for row in session.execute(_CHANGES):
            changed[row.day] = row.works
            newest = row.id
        own = {day: works for day, works in changed.items() if works is not None}
        kept = (newest, WorkingDays(own))
        with _lock:
            _known[place] = kept
    return kept[1]
