"""Reads about the calendar: a month as it is published and as it stands, and what was changed why."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.calendars.commands import years
from workflows.calendars import CalendarDay
from workflows.clock import festival, is_published, published

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the State Council published it, and as it stands here."""

    day: date
    published: bool
    changed: bool | None

    @property
    def works(self) -> bool:
        """Whether offices work."""
        return self.published if self.changed is None else self.changed

    @property
    def festival(self) -> str:
        """The festival that makes it a day off, or one worked instead."""
        return festival(self.day)

    @property
    def mark(self) -> str:
        """One sign where the day is not what its place in the week says."""
        if self.works is (self.day.weekday() < WEEKEND):
            return ""
        return "班" if self.works else "休"

    @property
    def words(self) -> str:
        """What stands in the published calendar, in words."""
        kind = "工作日" if self.published else "休息日"
        if not self.festival:
            return kind
        return f"{kind}（{self.festival}{'调休' if self.published else '放假'}）"


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday on; days of its neighbours are None."""

    first: date
    weeks: list[list[Day | None]]
    before: date | None
    after: date | None

    @property
    def working(self) -> int:
        """How many days offices work in it."""
        return sum(day.works for week in self.weeks for day in week if day is not None)

    @property
    def is_published(self) -> bool:
        """Whether the State Council's calendar for its year is known."""
        return is_published(self.first.year)


def month(session: Session, first: date, today: date) -> Month:
    """The month that begins with ``first``, with its neighbours as far as they may be changed."""
    last = _next(first) - timedelta(days=1)
    newest = select(CalendarDay.day, CalendarDay.works).where(CalendarDay.day.between(first, last))
    changed = {row.day: row.works for row in session.execute(newest.order_by(CalendarDay.id))}
    weeks = [
        [Day(day, published(day), changed.get(day)) if day.month == first.month else None for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    neighbours = ((first - timedelta(days=1)).replace(day=1), _next(first))
    before, after = (each if each.year in years(today) else None for each in neighbours)
    return Month(first, weeks, before, after)


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def one(session: Session, day: date) -> tuple[Day, Sequence[CalendarDay]]:
    """A day, and every change of it, the newest first."""
    query = select(CalendarDay).where(CalendarDay.day == day).order_by(CalendarDay.id.desc())
    rows = session.scalars(query).all()
    return Day(day, published(day), rows[0].works if rows else None), rows


def changes(session: Session, year: int) -> Sequence[CalendarDay]:
    """Every change of a year's days, by day, the newest of a day first."""
    within = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    query = select(CalendarDay).where(within).order_by(CalendarDay.day, CalendarDay.id.desc())
    return session.scalars(query).all()
