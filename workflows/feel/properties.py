"""What may stand behind the dot: entries of contexts, and the parts of dates, times, durations and ranges."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from workflows.feel.durations import DAY, HOUR, MINUTE, SECOND, DaysTime, YearsMonths
from workflows.feel.effort import spend
from workflows.feel.operators import kind_name
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.values import Range, Value

Part = Callable[[Any], Value]


def property_of(base: Value, name: str) -> Value:
    """`base.name`; a list gives the list of its elements' parts. Raises Wrong where there is none."""
    kind = type(base)
    if kind is dict:
        if name not in base:
            raise Wrong(f"没有名为“{name}”的项")
        return base[name]
    if base is None:
        return None
    if kind is list:
        spend(1 + len(base) // 4)
        return [_lenient(item, name) for item in base]
    part = _PARTS.get(kind, {}).get(name)
    if part is None:
        raise Wrong(f"{kind_name(base)}没有“{name}”")
    return part(base)


def _lenient(item: Value, name: str) -> Value:
    try:
        return property_of(item, name)
    except Wrong:
        return None


def _toward_zero(amount: int, unit: int, cycle: int | None = None) -> Decimal:
    size = abs(amount) // unit
    if cycle:
        size %= cycle
    return Decimal(-size if amount < 0 else size)


def _offset(seconds: int | None) -> DaysTime | None:
    return None if seconds is None else DaysTime(seconds * SECOND)


def _date_parts(day: Callable[[Any], Date]) -> dict[str, Part]:
    return {
        "year": lambda value: Decimal(day(value).year),
        "month": lambda value: Decimal(day(value).month),
        "day": lambda value: Decimal(day(value).day),
        "weekday": lambda value: Decimal(day(value).weekday),
    }


def _time_parts(clock: Callable[[Any], Time]) -> dict[str, Part]:
    return {
        "hour": lambda value: Decimal(clock(value).nanos // HOUR),
        "minute": lambda value: Decimal(clock(value).nanos // MINUTE % 60),
        "second": lambda value: Decimal(clock(value).nanos // SECOND % 60),
        "timezone": lambda value: clock(value).zone,
    }


_PARTS: Final[dict[type, dict[str, Part]]] = {
    Date: _date_parts(lambda value: value),
    Time: _time_parts(lambda value: value) | {"time offset": lambda value: _offset(value.utc_offset)},
    DateTime: _date_parts(lambda value: value.date)
    | _time_parts(lambda value: value.time)
    | {"time offset": lambda value: _offset(value.offset)},
    YearsMonths: {
        "years": lambda value: _toward_zero(value.months, 12),
        "months": lambda value: _toward_zero(value.months, 1, 12),
    },
    DaysTime: {
        "days": lambda value: _toward_zero(value.nanos, DAY),
        "hours": lambda value: _toward_zero(value.nanos, HOUR, 24),
        "minutes": lambda value: _toward_zero(value.nanos, MINUTE, 60),
        "seconds": lambda value: _toward_zero(value.nanos, SECOND, 60),
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
