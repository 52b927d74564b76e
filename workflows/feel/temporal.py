"""Dates, times and date-times of the standard: any year, nanoseconds, offsets and zones."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, Final

from workflows.feel.durations import DAY, HOUR, MINUTE, SECOND, DaysTime, parse_duration, seconds_text
from workflows.feel.effort import spend
from workflows.feel.problems import Wrong

MAX_YEAR: Final = 999_999_999
_DATE: Final = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
_TIME: Final = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(?:(Z|[zZ])|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+/\-]{1,60}))?",
    re.ASCII,
)
_DAYS_TO_1970: Final = 719_468
_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Whether February has 29 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """How many days the month has."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day of the proleptic Gregorian calendar."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        """Refuse days that are not in the calendar."""
        if abs(self.year) > MAX_YEAR or not 1 <= self.month <= 12:
            raise Wrong("日期不存在")
        if not 1 <= self.day <= month_length(self.year, self.month):
            raise Wrong("日期不存在")

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        year = self.year - (self.month <= 2)
        era, of_era = divmod(year, 400)
        of_year = (153 * ((self.month + 9) % 12) + 2) // 5 + self.day - 1
        return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - _DAYS_TO_1970

    @classmethod
    def from_ordinal(cls, days: int) -> Date:
        """The day so many days after 1970-01-01."""
        era, of_era = divmod(days + _DAYS_TO_1970, 146_097)
        years = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
        of_year = of_era - (365 * years + years // 4 - years // 100)
        shifted = (5 * of_year + 2) // 153
        month = (shifted + 2) % 12 + 1
        return cls(era * 400 + years + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1)

    def plus_months(self, months: int) -> Date:
        """So many months later, on the last day where the month is shorter."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        if abs(year) > MAX_YEAR:
            raise Wrong("日期超出范围")
        return Date(year, month + 1, min(self.day, month_length(year, month + 1)))

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.ordinal + 3) % 7 + 1

    def __str__(self) -> str:
        """The ISO 8601 text."""
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; `offset` in seconds east of UTC or a `zone` name, or neither for a local time."""

    nanos: int
    offset: int | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        """Refuse times outside the day and offsets no place on earth has."""
        if not 0 <= self.nanos < DAY or (self.offset is not None and abs(self.offset) > 18 * 3600):
            raise Wrong("时间不存在")

    def offset_on(self, day: Date) -> int | None:
        """Seconds east of UTC on that day."""
        if self.zone is None:
            return self.offset
        delta = _near(day, self.nanos, zone_info(self.zone)).utcoffset()
        return None if delta is None else int(delta.total_seconds())

    @property
    def utc_offset(self) -> int | None:
        """Seconds east of UTC where that does not depend on the day's date too much to matter."""
        return self.offset if self.zone is None else self.offset_on(Date(1970, 1, 1))

    def __str__(self) -> str:
        """The ISO 8601 text, a zone appended as `@Zone`."""
        hours, rest = divmod(self.nanos, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        seconds = seconds_text(rest)
        if rest < 10 * SECOND:
            seconds = "0" + seconds
        return f"{hours:02d}:{minutes:02d}:{seconds}{self._suffix()}"

    def _suffix(self) -> str:
        if self.zone is not None:
            return f"@{self.zone}"
        if self.offset is None:
            return ""
        if not self.offset:
            return "Z"
        minutes, seconds = divmod(abs(self.offset), 60)
        text = f"{'-' if self.offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
        return text + (f":{seconds:02d}" if seconds else "")


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day with a time."""

    date: Date
    time: Time

    @property
    def local_nanos(self) -> int:
        """Nanoseconds since 1970-01-01 by the clock on the wall."""
        return self.date.ordinal * DAY + self.time.nanos

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC, None for a local date-time."""
        return self.time.offset_on(self.date)

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01 UTC; a local one is taken as UTC."""
        return self.local_nanos - (self.offset or 0) * SECOND

    def plus(self, nanos: int) -> DateTime:
        """So many nanoseconds later; in a named zone the clocks may have been changed in between."""
        if self.time.zone is not None:
            return DateTime.at_instant(self.instant + nanos, self.time.zone)
        days, rest = divmod(self.local_nanos + nanos, DAY)
        if abs(days) > 366 * MAX_YEAR:
            raise Wrong("日期超出范围")
        return DateTime(Date.from_ordinal(days), Time(rest, self.time.offset))

    @classmethod
    def at_instant(cls, instant: int, zone: str) -> DateTime:
        """What the clocks of a named zone show so many nanoseconds after 1970-01-01 UTC."""
        spend(10)
        if abs(instant) > 366 * MAX_YEAR * DAY:
            raise Wrong("日期超出范围")
        day, nanos = divmod(instant, DAY)
        utc = _near(Date.from_ordinal(day), nanos, UTC)
        east = utc.astimezone(zone_info(zone)).utcoffset() or timedelta(0)
        days, nanos = divmod(instant + int(east.total_seconds()) * SECOND, DAY)
        return cls(Date.from_ordinal(days), Time(nanos, None, zone))

    def __str__(self) -> str:
        """The ISO 8601 text."""
        return f"{self.date}T{self.time}"


def _near(day: Date, nanos: int, zone: tzinfo) -> datetime:
    """The Python datetime; zone rules repeat beyond Python's years, so a year of the same shape stands in."""
    year = day.year if 1 < day.year < 9999 else 2000 + day.year % 400
    seconds, micros = divmod(nanos // 1000, 1_000_000)
    clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60, micros, tzinfo=zone)
    return datetime.combine(date(year, day.month, day.day), clock)


@lru_cache(maxsize=1024)
def zone_info(name: str) -> zoneinfo.ZoneInfo:
    """The rules of a named zone; raises Wrong for an unknown one."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise Wrong(f"没有名为“{name}”的时区") from error


def parse_date(text: str) -> Date:
    """The day a text stands for."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise Wrong(f"“{text[:40]}”不是日期")
    return Date(int(match[1]), int(match[2]), int(match[3]))


def parse_time(text: str) -> Time:
    """The time of day a text stands for."""
    match = _TIME.fullmatch(text.removeprefix("T"))
    if match is None:
        raise Wrong(f"“{text[:40]}”不是时间")
    hours, minutes, seconds, fraction, utc, sign, east_hours, east_minutes, east_seconds, zone = (
        match.groups()
    )
    if int(hours) > 23 or int(minutes) > 59 or int(seconds) > 59:
        raise Wrong(f"“{text[:40]}”不是时间")
    nanos = int(hours) * HOUR + int(minutes) * MINUTE + int(seconds) * SECOND
    nanos += int((fraction or "0")[:9].ljust(9, "0"))
    if zone:
        zone_info(zone)
        return Time(nanos, None, zone)
    if sign is None:
        return Time(nanos, 0 if utc else None)
    if int(east_minutes) > 59 or int(east_seconds or 0) > 59:
        raise Wrong(f"“{text[:40]}”不是时间")
    east = int(east_hours) * 3600 + int(east_minutes) * 60 + int(east_seconds or 0)
    return Time(nanos, -east if sign == "-" else east)


def parse_date_time(text: str) -> DateTime:
    """The date-time a text stands for; a date alone is its midnight."""
    day, mark, clock = text.partition("T")
    return DateTime(parse_date(day), parse_time(clock) if mark else Time(0))


def at_literal(text: str) -> Any:
    """The value of `@"…"`: whichever of the temporal kinds the text is."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text and not text.startswith("T"):
        if "-" in text[1:].partition("T")[0]:
            return parse_date_time(text)
        return parse_time(text)
    return parse_time(text) if ":" in text else parse_date(text)


def from_python(value: date | time | timedelta) -> Date | Time | DateTime | DaysTime:
    """The value of a Python date, time, datetime or timedelta."""
    if isinstance(value, timedelta):
        return DaysTime.of(value)
    if isinstance(value, datetime):
        return DateTime(Date(value.year, value.month, value.day), _time_of(value.timetz(), value.utcoffset()))
    if isinstance(value, date):
        return Date(value.year, value.month, value.day)
    return _time_of(value, value.utcoffset())


def _time_of(value: time, offset: timedelta | None) -> Time:
    nanos = (value.hour * 3600 + value.minute * 60 + value.second) * SECOND + value.microsecond * 1000
    zone = getattr(value.tzinfo, "key", None) if isinstance(value.tzinfo, zoneinfo.ZoneInfo) else None
    if zone is not None:
        return Time(nanos, None, zone)
    return Time(nanos, None if offset is None else int(offset.total_seconds()))


def to_python(value: Date | Time | DateTime) -> Any:
    """The Python value, or the same value where Python has no such year or no such fraction of a second."""
    clock = value.time if isinstance(value, DateTime) else value
    if isinstance(clock, Time) and clock.nanos % 1000:
        return value
    if isinstance(value, Time):
        return _python_time(value)
    day = value.date if isinstance(value, DateTime) else value
    if not 1 <= day.year <= 9999:
        return value
    if isinstance(value, Date):
        return date(day.year, day.month, day.day)
    return datetime.combine(date(day.year, day.month, day.day), _python_time(value.time))


def _python_time(value: Time) -> time:
    seconds, micros = divmod(value.nanos // 1000, 1_000_000)
    zone: tzinfo | None = None
    if value.zone is not None:
        zone = zone_info(value.zone)
    elif value.offset is not None:
        zone = timezone(timedelta(seconds=value.offset)) if value.offset else UTC
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, micros, tzinfo=zone)
