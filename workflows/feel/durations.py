"""The two kinds of duration: years and months, days and time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from workflows.feel.problems import Wrong

SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_LIMIT: Final = 10**15 * DAY
_MONTHS_LIMIT: Final = 12 * 10**10
_PATTERN: Final = re.compile(
    r"(-)?P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?(?:(\d{1,12})D)?"
    r"(?:(T)(?:(\d{1,20})H)?(?:(\d{1,20})M)?(?:(\d{1,20})(?:\.(\d{1,30}))?S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A number of months, as in `P1Y6M`."""

    months: int

    def __post_init__(self) -> None:
        """Refuse lengths no calendar needs."""
        if abs(self.months) > _MONTHS_LIMIT:
            raise Wrong("时段过长")

    def __str__(self) -> str:
        """The ISO 8601 text."""
        if not self.months:
            return "P0M"
        years, months = divmod(abs(self.months), 12)
        sign = "-" if self.months < 0 else ""
        return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


@dataclass(frozen=True, slots=True, order=True)
class DaysTime:
    """A length of time in nanoseconds, as in `P1DT12H`."""

    nanos: int

    def __post_init__(self) -> None:
        """Refuse lengths no calendar needs."""
        if abs(self.nanos) > _LIMIT:
            raise Wrong("时段过长")

    @classmethod
    def of(cls, delta: timedelta) -> DaysTime:
        """The duration of a Python timedelta."""
        return cls(delta.days * DAY + delta.seconds * SECOND + delta.microseconds * 1000)

    def to_timedelta(self) -> timedelta:
        """The Python timedelta, to the microsecond."""
        return timedelta(microseconds=self.nanos // 1000)

    @property
    def seconds(self) -> Decimal:
        """The whole length in seconds."""
        return Decimal(self.nanos).scaleb(-9)

    def __str__(self) -> str:
        """The ISO 8601 text."""
        if not self.nanos:
            return "PT0S"
        days, rest = divmod(abs(self.nanos), DAY)
        hours, rest = divmod(rest, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        text = ("-" if self.nanos < 0 else "") + "P" + (f"{days}D" if days else "")
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if rest:
            clock += seconds_text(rest) + "S"
        return text + ("T" + clock if clock else "")


def seconds_text(nanos: int) -> str:
    """Seconds with as many decimals as needed."""
    seconds, fraction = divmod(nanos, SECOND)
    return f"{seconds}.{fraction:09d}".rstrip("0") if fraction else str(seconds)


def parse_duration(text: str) -> YearsMonths | DaysTime:
    """The duration an ISO 8601 text stands for; years and days never mix."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise Wrong(f"“{text[:40]}”不是时段")
    minus, years, months, days, marked, hours, minutes, seconds, fraction = match.groups()
    sign = -1 if minus else 1
    clock = (hours, minutes, seconds)
    if marked and clock == (None, None, None):
        raise Wrong(f"“{text[:40]}”不是时段：T后没有时间")
    if years or months:
        if days or marked:
            raise Wrong("时段不能同时含年月与日时")
        return YearsMonths(sign * (int(years or 0) * 12 + int(months or 0)))
    if not days and not marked:
        raise Wrong(f"“{text[:40]}”不是时段")
    nanos = int(days or 0) * DAY + int(hours or 0) * HOUR + int(minutes or 0) * MINUTE
    nanos += int(seconds or 0) * SECOND + int((fraction or "0")[:9].ljust(9, "0"))
    return DaysTime(sign * nanos)
