"""How long a step took beside its limit: minutes of working days, and parts of the limit in bands."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from typing import TYPE_CHECKING

from workflows.clock import end_of_day, local_date, start_of_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workflows.clock import WorkingDays

BOUNDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.5, 2.0, 3.0)
"""The upper ends of the bands, as parts of the limit; the last band has none."""

BANDS = len(BOUNDS) + 1

A_DAY = 24 * 60


def working_minutes(since: datetime, until: datetime, calendar: WorkingDays) -> int:
    """Whole minutes between two instants that fall on working days, from 0:00 to 24:00 as limits do."""
    first, last = local_date(since), local_date(until)
    seconds, day = 0.0, first
    while day <= last:
        if calendar.is_working(day):
            begun, over = max(since, start_of_day(day)), min(until, end_of_day(day))
            seconds += max(0.0, (over - begun).total_seconds())
        day += timedelta(days=1)
    return int(seconds // 60)


def band(minutes: int, limit_minutes: int) -> int:
    """The band of a time that has a limit; exactly the limit is still within it."""
    return bisect_left(BOUNDS, minutes / limit_minutes)


def part_reached(bands: Sequence[int], share: float) -> float | None:
    """Which part of their limit so large a share of the steps kept to, at most; None where none had a limit.

    The figure is the upper end of a band; beyond three limits it is infinite.
    """
    total = sum(bands)
    if not total:
        return None
    seen = 0
    for place, number in enumerate(bands):
        seen += number
        if seen >= share * total:
            return BOUNDS[place] if place < len(BOUNDS) else float("inf")
    raise AssertionError("unreachable")  # pragma: no cover


def days_of(minutes: float) -> str:
    """Minutes of working days in words: 1.5 个工作日."""
    return f"{minutes / A_DAY:.1f} 个工作日"
