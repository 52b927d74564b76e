"""Turns what a timer says into an instant, reckoned from the moment of the command.

The engine never reads the machine's clock: each due instant is worked out once, when the token
arrives, from ``Scope.at``, and kept in the state; ``wake`` compares it with the next ``Scope.at``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from workflows.clock import LOCAL, end_of_day
from workflows.feel.durations import DaysTime, YearsMonths

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
_CYCLE = re.compile(r"R(?P<times>\d{1,6})?/(?P<every>P.+)", re.ASCII)
_LATEST_YEAR = 9000


class Unreckonable(ValueError):
    """A value that names no instant, no duration and no repetition."""


def whole(value: object) -> int | None:
    """``value`` as an int when it is a whole number or the text of one, else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    if isinstance(value, int | float | Decimal):
        return int(value) if value == int(value) else None
    return None


def instant(value: Any, at: datetime) -> datetime:
    """The UTC instant that ``value`` means when reckoned from ``at``.

    A date means its 24:00 in Beijing time, a time without zone is Beijing time, a duration is from ``at``.
    """
    if isinstance(value, datetime):
        return _aware(value)
    if isinstance(value, date):
        return end_of_day(value)
    if isinstance(value, YearsMonths | DaysTime):
        return _later(at, *_parts(value))
    if isinstance(value, str):
        return _read(value.strip(), at)
    raise Unreckonable(value)


def cycle(value: Any, at: datetime) -> tuple[datetime, int | None]:
    """First due instant and number of firings left after it of ``R3/P1D``; None means without end."""
    match = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise Unreckonable(value)
    times = match["times"]
    if times is not None and int(times) < 1:
        raise Unreckonable(value)
    first = _read(match["every"], at)
    if first <= at:
        raise Unreckonable(value)
    return first, None if times is None else int(times) - 1


def times(text: str, count: int) -> YearsMonths | DaysTime:
    """An ISO 8601 duration of months or of days and hours, ``count`` times over."""
    months, rest = _duration(text)
    if months and rest:
        raise Unreckonable(text)
    return YearsMonths(months * count) if months else DaysTime.of(rest * count)


def _read(text: str, at: datetime) -> datetime:
    if text.startswith("P"):
        return _later(at, *_duration(text))
    try:
        if len(text) == len("2026-01-01"):
            return end_of_day(date.fromisoformat(text))
        return _aware(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise Unreckonable(text) from error


def _duration(text: str) -> tuple[int, timedelta]:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise Unreckonable(text)
    given = {name: float(number) for name, number in match.groupdict().items() if number}
    months = int(given.pop("years", 0)) * 12 + int(given.pop("months", 0))
    try:
        return months, timedelta(**given)
    except OverflowError as error:
        raise Unreckonable(text) from error


def _parts(value: YearsMonths | DaysTime) -> tuple[int, timedelta]:
    if isinstance(value, YearsMonths):
        return value.months, timedelta()
    return 0, value.to_timedelta()


def _later(at: datetime, months: int, rest: timedelta) -> datetime:
    local = at.astimezone(LOCAL)
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    if year > _LATEST_YEAR:
        raise Unreckonable(months)
    day = min(local.day, monthrange(year, month + 1)[1])
    try:
        return (local.replace(year=year, month=month + 1, day=day) + rest).astimezone(UTC)
    except OverflowError as error:
        raise Unreckonable(rest) from error


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        value = value.replace(tzinfo=LOCAL)
    return value.astimezone(UTC)
