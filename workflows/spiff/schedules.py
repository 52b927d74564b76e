"""When a timer start fires: a cron expression or an ISO 8601 repeating interval, in Beijing time.

Cron is Camunda 8's: ``second minute hour day-of-month month day-of-week``, or ``@yearly``, ``@monthly``,
``@weekly``, ``@daily``; at most once a day. ISO is ``R[n]/start/period``; the start is needed, since a
schedule that reckoned from its publication would move with every new version.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from workflows.clock import LOCAL
from workflows.spiff import timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 1",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_ISO = re.compile(r"R(?P<times>\d{0,6})/(?P<start>[^/]+)/(?P<every>P[^/]+)", re.ASCII)
_LONGEST_SEARCH = 366 * 12
"""Days looked at for the next firing: 29 February on a given weekday comes at least once in 12 years."""


PERIODS = ("day", "week", "ten_days", "month", "quarter", "half_year", "year")
"""By what the time from one firing to the next may be called."""


class Unscheduled(ValueError):
    """A text that is no schedule."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Instants at which something begins; each lasts until the next one."""

    text: str
    days: Callable[[date], bool] | None
    at: time
    start: datetime | None = None
    every: str = ""
    count: int | None = None

    def first_from(self, instant: datetime) -> datetime | None:
        """The first firing at or after ``instant`` (aware), in UTC; None when there is none any more."""
        return next(self.firings(instant), None)

    def firings(self, instant: datetime) -> Iterator[datetime]:
        """Every firing at or after ``instant``, in order; a bounded schedule ends."""
        if self.days is None:
            yield from (moment for moment in self._intervals() if moment >= instant)
            return
        local = instant.astimezone(LOCAL)
        day, idle = local.date(), 0
        while idle < _LONGEST_SEARCH:
            idle += 1
            if self.days(day) and self._on(day) >= instant:
                yield self._on(day)
                idle = 0
            day += timedelta(days=1)

    def last_until(self, instant: datetime) -> datetime | None:
        """The last firing at or before ``instant``; None when the first is still to come."""
        if self.days is None:
            found = None
            for moment in self._intervals():
                if moment > instant:
                    break
                found = moment
            return found
        day = instant.astimezone(LOCAL).date()
        for _ in range(_LONGEST_SEARCH):
            if self.days(day) and self._on(day) <= instant:
                return self._on(day)
            day -= timedelta(days=1)
        return None

    def _intervals(self) -> Iterator[datetime]:
        assert self.start is not None  # noqa: S101 (told to the type checker: read() gives one of the two)
        left, times = self.count, 0
        while left is None or times < left:
            # Reckoned from the start each time: a month after 31 January and another is not 28 March.
            yield _multiple(self.start, self.every, times)
            times += 1

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, LOCAL).astimezone(UTC)


@lru_cache(maxsize=512)
def read(text: str) -> Schedule:
    """The schedule that ``text`` says; raises Unscheduled."""
    text = text.strip()
    if text.startswith("R"):
        return _iso(text)
    fields = _MACROS.get(text.lower(), text).upper().split()
    if len(fields) != 6:
        raise Unscheduled(text)
    clock = [_numbers(field, 0, most) for field, most in zip(fields, (59, 59, 23), strict=False)]
    months = _numbers(fields[4], 1, 12, _MONTHS)
    in_month, in_week = _month_day(fields[3]), _week_day(fields[5])

    def fits(day: date) -> bool:
        return day.month in months and in_month(day) and in_week(day)

    if any(len(field) > 1 for field in clock):
        raise Unscheduled(text)
    (second,), (minute,), (hour,) = clock
    found = Schedule(text, fits, time(hour, minute, second))
    if found.first_from(_SOME_DAY) is None:
        raise Unscheduled(text)
    return found


_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _iso(text: str) -> Schedule:
    match = _ISO.fullmatch(text)
    if match is None:
        raise Unscheduled(text)
    start = match["start"]
    try:
        # A bare date means its beginning here, since something starts then; a limit would mean its end.
        begin = datetime.fromisoformat(f"{start}T00:00:00" if len(start) == len("2026-01-01") else start)
        aware = begin if begin.tzinfo else begin.replace(tzinfo=LOCAL)
        if timing.instant(match["every"], aware) < aware + timedelta(days=1):
            raise Unscheduled(text)
    except (ValueError, OverflowError) as error:
        raise Unscheduled(text) from error
    count = int(match["times"]) if match["times"] else None
    return Schedule(text, None, time(), aware.astimezone(UTC), match["every"], count)


def _multiple(start: datetime, every: str, times: int) -> datetime:
    return timing.instant(timing.times(every, times), start) if times else start


def _numbers(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The values a field of cron lets in."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        if span in {"*", "?"}:
            low, high = least, most
        else:
            first, dash, last = span.partition("-")
            low = _number(first, names, least)
            high = _number(last, names, least) if dash else (most if slash else low)
        stride = int(step) if slash and step.isdigit() else 1
        if (slash and (not step.isdigit() or stride < 1)) or not least <= low <= high <= most:
            raise Unscheduled(field)
        found.update(range(low, high + 1, stride))
    return frozenset(found)


def _number(text: str, names: tuple[str, ...], least: int) -> int:
    if text in names:
        return names.index(text) + least
    if not (text.isascii() and text.isdigit()):
        raise Unscheduled(text)
    return int(text)


def _month_day(field: str) -> Callable[[date], bool]:
    """``*``, numbers, ``L`` (last day), ``L-3`` (third before it), ``LW`` and ``15W`` (nearest weekday)."""
    last = re.fullmatch(r"L(?:-(\d{1,2}))?", field)
    if last:
        before = int(last[1] or 0)
        return lambda day: day.day == monthrange(day.year, day.month)[1] - before
    near = re.fullmatch(r"(L|\d{1,2})W", field)
    if near:
        wanted = 31 if near[1] == "L" else int(near[1])
        if not 1 <= wanted <= 31:
            raise Unscheduled(field)
        return lambda day: day.day == _weekday_near(day, wanted)
    days = _numbers(field, 1, 31)
    return lambda day: day.day in days


def _weekday_near(day: date, wanted: int) -> int:
    """The day of the month from Monday to Friday that is nearest to ``wanted``, within the month."""
    length = monthrange(day.year, day.month)[1]
    middle = day.replace(day=min(wanted, length))
    if middle.weekday() == 5:
        return middle.day - 1 if middle.day > 1 else middle.day + 2
    if middle.weekday() == 6:
        return middle.day + 1 if middle.day < length else middle.day - 2
    return middle.day


def _week_day(field: str) -> Callable[[date], bool]:
    """``*``, numbers and names (0 and 7 are Sunday), ``FRI#2`` (the second), ``FRIL`` (the last)."""
    nth = re.fullmatch(r"(\w+)#([1-5])", field)
    last = re.fullmatch(r"(\d|SUN|MON|TUE|WED|THU|FRI|SAT)L", field)
    if nth or last:
        which = _number((nth or last)[1], _WEEKDAYS, 0)  # type: ignore[index]
        place = int(nth[2]) if nth else 0
        return lambda day: day.isoweekday() % 7 == which % 7 and _is_nth(day, place)
    days = {each % 7 for each in _numbers(field, 0, 7, _WEEKDAYS)}
    return lambda day: day.isoweekday() % 7 in days


def _is_nth(day: date, place: int) -> bool:
    """Whether it is the ``place``-th of its weekday in the month; 0 means the last."""
    if place == 0:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == place


def period_name(kind: str, day: date) -> str:
    """What offices call the period that begins on ``day``: ``2026年第4季度``, ``2026年3月中旬``."""
    year, month = f"{day.year}年", f"{day.year}年{day.month}月"
    tens = ("上旬", "中旬", "下旬")
    return {
        "year": year,
        "half_year": year + ("上半年" if day.month <= 6 else "下半年"),
        "quarter": f"{year}第{(day.month + 2) // 3}季度",
        "month": month,
        "ten_days": month + tens[min((day.day - 1) // 10, 2)],
        "week": f"{day.isocalendar().year}年第{day.isocalendar().week}周",
    }.get(kind, f"{month}{day.day}日")
