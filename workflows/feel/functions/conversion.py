"""Functions that make one kind of value from another."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from workflows.feel.durations import SECOND, DaysTime, YearsMonths, parse_duration
from workflows.feel.functions.registry import feel, integer
from workflows.feel.literals import plain_text
from workflows.feel.numbers import number
from workflows.feel.problems import Wrong
from workflows.feel.temporal import (
    MAX_YEAR,
    Date,
    DateTime,
    Time,
    parse_date,
    parse_date_time,
    parse_time,
    zone_info,
)
from workflows.feel.values import Range, Value

if TYPE_CHECKING:
    from workflows.feel.environment import Run

_NUMBER: Final = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)
_SWAPPED: Final = str.maketrans(",.", ".,")
_RANGE: Final = re.compile(r"\s*([\[(\]])(.*)\.\.(.*)([\])\[])\s*", re.DOTALL)


@feel("number(from: string, grouping separator?: string, decimal separator?: string)")
def to_number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    """The number written in a string, with these separators."""
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (point and point == grouping)
    ):
        raise Wrong("分隔符不符")
    if grouping:
        text = text.replace(grouping, "")
    if point == ",":
        text = text.translate(_SWAPPED)
    if not _NUMBER.fullmatch(text) or len(text) > 200:
        raise Wrong(f"“{text[:40]}”不是数字")
    return number(text)


@feel("number(from: number)")
def same_number(value: Decimal) -> Decimal:
    """The number itself."""
    return value


@feel("string(from: any)")
def to_string(value: Value) -> str | None:
    """The value as text; null has none."""
    return None if value is None else plain_text(value)


@feel("date(from: string)")
def date_of_text(text: str) -> Date:
    """The day written in a string."""
    return parse_date(text)


@feel("date(from: day)")
def date_of_day(value: Date | DateTime) -> Date:
    """The day of a date-time."""
    return value.date if isinstance(value, DateTime) else value


@feel("date(year: number, month: number, day: number)")
def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> Date:
    """The day with these numbers."""
    if abs(year) > MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= 31:
        raise Wrong("日期不存在")
    return Date(integer(year), integer(month), integer(day))


@feel("time(from: string)")
def time_of_text(text: str) -> Time:
    """The time of day written in a string."""
    return parse_time(text)


@feel("time(from: moment)")
def time_of_moment(value: Date | Time | DateTime) -> Time:
    """The time of day of a date-time; that of a date is midnight UTC."""
    if isinstance(value, DateTime):
        return value.time
    return value if isinstance(value, Time) else Time(0, 0)


@feel("time(hour: number, minute: number, second: number, offset?: days)")
def time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None) -> Time:
    """The time of day with these numbers."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        raise Wrong("时间不存在")
    nanos = (integer(hour) * 3600 + integer(minute) * 60) * SECOND + int(second * SECOND)
    if offset is None:
        return Time(nanos)
    return Time(nanos, int(offset.seconds))


@feel("date and time(from: string)")
def moment_of_text(text: str) -> DateTime:
    """The date-time written in a string; a date alone is its midnight."""
    return parse_date_time(text)


@feel("date and time(from: day)")
def moment_of_day(value: Date | DateTime) -> DateTime:
    """The date-time itself, or the midnight UTC of a date."""
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0))


@feel("date and time(date: day, time: time)")
def moment_of_pair(day: Date | DateTime, clock: Time) -> DateTime:
    """A day with a time."""
    return DateTime(date_of_day(day), clock)


@feel("date and time(from: day, timezone: string)")
def moment_in_zone(value: Date | DateTime, zone: str) -> DateTime:
    """The same instant by another zone's clocks; an addition of the modelling tools."""
    zone_info(zone)
    return DateTime.at_instant(moment_of_day(value).instant, zone)


@feel(
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number,"
    " offset?: days)",
)
def moment_of_parts(
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DaysTime | None = None,
) -> DateTime:
    """The date-time with these numbers."""
    return DateTime(date_of_parts(year, month, day), time_of_parts(hour, minute, second, offset))


@feel("duration(from: string)")
def duration_of_text(text: str) -> YearsMonths | DaysTime:
    """The duration written in a string."""
    return parse_duration(text)


@feel("duration(from: duration)")
def same_duration(value: YearsMonths | DaysTime) -> YearsMonths | DaysTime:
    """The duration itself."""
    return value


@feel("years and months duration(from: day, to: day)")
def years_and_months(start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """The whole months between two days, negative when the second is earlier."""
    first, last = date_of_day(start), date_of_day(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


@feel("range(from: string)", with_run=True)
def range_of_text(run: Run, text: str) -> Range:
    """The range written in a string, such as `[1..5)`; its ends are literals."""
    run.spend(100)  # its ends are read anew as expressions
    match = _RANGE.fullmatch(text)
    if match is None:
        raise Wrong(f"“{text[:40]}”不是区间")
    opening, low, high, closing = match.groups()
    start, end = _end(run, low), _end(run, high)
    if start is None and end is None:
        raise Wrong("区间至少应有一端")
    return checked_range(start, end, start_included=opening == "[", end_included=closing == "]")


def checked_range(start: Value, end: Value, *, start_included: bool, end_included: bool) -> Range:
    """The range, whose ends must be of one kind and in order."""
    from workflows.feel.operators import ordered  # noqa: PLC0415 - only here

    if start is not None and end is not None:
        order = ordered(start, end)
        if order is None or order > 0:
            raise Wrong("区间的两端不能比较或次序颠倒")
    if (start is None and start_included) or (end is None and end_included):
        raise Wrong("没有端点的一侧不能是闭的")
    return Range(start, end, start_included, end_included)


def _end(run: Run, text: str) -> Value:
    """An end written as a literal: number, string, at-literal or a call with a string inside."""
    from workflows.feel.environment import Env  # noqa: PLC0415 - the functions are loaded before it
    from workflows.feel.expression import parse  # noqa: PLC0415
    from workflows.feel.problems import FeelSyntaxError  # noqa: PLC0415

    if not text.strip():
        return None
    try:
        expression = parse(text)
    except FeelSyntaxError as error:
        raise Wrong(f"“{text[:40]}”不是区间的端点") from error
    if not _is_constant(expression.node):
        raise Wrong(f"“{text[:40]}”不是区间的端点")
    return expression.value_in(Env({}, None, run))


def _is_constant(node: object) -> bool:
    from workflows.feel import nodes  # noqa: PLC0415 - as above

    if isinstance(node, nodes.Negate):
        return _is_constant(node.operand)
    if isinstance(node, nodes.Call):
        return isinstance(node.target, nodes.Name) and all(_is_constant(part) for _, part in node.arguments)
    return isinstance(node, nodes.Literal)
