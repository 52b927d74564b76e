"""The application clock, and working days on the Chinese calendar with 调休."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import chinese_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL = ZoneInfo("Asia/Shanghai")
"""All offices keep Beijing time; dates are local to it, instants are UTC."""

_SATURDAY = 5


class Clock(Protocol):
    """Tells the instant; the only source of *now* for business code."""

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC."""
        return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """The calendar day in Beijing time on which ``instant`` (aware) falls."""
    return instant.astimezone(LOCAL).date()


def start_of_day(day: date) -> datetime:
    """The UTC instant at which ``day`` begins in Beijing time."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The UTC instant of 24:00 of ``day`` in Beijing time (民法典第203条: the last day ends at 24:00)."""
    return start_of_day(day + timedelta(days=1))


@lru_cache(maxsize=20_000)
def published(day: date) -> bool:
    """What the State Council's calendar says of ``day``; it takes long to say it, and lists ask it often."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def festival(day: date) -> str:
    """The festival for which ``day`` is off, or worked instead, by the published calendar; mostly none."""
    try:
        _, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    return str(chinese_calendar.Holiday(name).chinese) if name else ""


def is_published(year: int) -> bool:
    """Whether the State Council's calendar for that year is known here."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


class WorkingDays:
    """Which days offices work: the State Council's holidays and 调休, weekends elsewhere.

    ``overrides`` maps a day to True (works) or False (rests) and wins over the published calendar;
    years the calendar does not know fall back to Monday to Friday.
    """

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``."""
        return self._overrides[day] if day in self._overrides else published(day)

    def after(self, day: date, days: int) -> date:
        """The ``days``-th working day after ``day``; the day itself never counts (民法典第201条)."""
        if days < 0:
            raise ValueError(days)
        current, left = day, days
        while left:
            current += timedelta(days=1)
            left -= self.is_working(current)
        return current

    def before(self, day: date, days: int) -> date:
        """The ``days``-th working day before ``day``; the day itself never counts."""
        if days < 0:
            raise ValueError(days)
        current, left = day, days
        while left:
            current -= timedelta(days=1)
            left -= self.is_working(current)
        return current

    def due_after(self, instant: datetime, days: int) -> datetime:
        """24:00 (as UTC instant) of the ``days``-th working day after the local day of ``instant``."""
        return end_of_day(self.after(local_date(instant), days))

    def rested(self, since: datetime, until: datetime) -> int:
        """Working days that passed between two instants, by their local days."""
        return max(0, self.left(local_date(since), local_date(until)))

    def later(self, due: datetime, days: int) -> datetime:
        """A limit put off by ``days`` working days; one at 24:00 stays at 24:00."""
        last = local_date(due - datetime.resolution)
        return due + (self.after(last, days) - last)

    def left(self, today: date, last: date) -> int:
        """Working days from ``today`` (not counted) up to and including ``last``; negative when past."""
        if last < today:
            return -self.left(last, today)
        span = (last - today).days
        return sum(self.is_working(today + timedelta(days=offset)) for offset in range(1, span + 1))


PUBLISHED = WorkingDays()
"""The State Council's calendar alone, for what knows no office: drafts, rehearsals, the command line."""
