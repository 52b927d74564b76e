"""Functions of dates and times."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflows.feel.functions.registry import feel
from workflows.feel.operators import equal
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date, DateTime, Time, from_python, month_length
from workflows.feel.values import Value

if TYPE_CHECKING:
    from workflows.feel.environment import Run

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@feel("is(value1: any, value2: any)")
def is_same(one: Value, other: Value) -> bool:
    """Whether two values are the same, with the same offset or zone where they are times."""
    if type(one) in (Time, DateTime) and type(one) is type(other):
        return bool(_normal(one) == _normal(other))
    return equal(one, other) is True


def _normal(value: Time | DateTime) -> Any:
    if isinstance(value, DateTime):
        return value.date, _normal(value.time)
    return value.nanos, value.offset, value.zone


@feel("now()", with_run=True)
def now(run: Run) -> Value:
    """The moment the evaluation is about, as its host says."""
    if run.at is None:
        raise Wrong("没有给出当前时刻")
    return from_python(run.at)


@feel("today()", with_run=True)
def today(run: Run) -> Value:
    """The day the evaluation is about, as its host says."""
    if run.at is None:
        raise Wrong("没有给出当前日期")
    return from_python(run.at.date())


@feel("day of year(date: day)")
def day_of_year(value: Date | DateTime) -> Decimal:
    """1 for the first of January."""
    day = _day(value)
    return Decimal(day.ordinal - Date(day.year, 1, 1).ordinal + 1)


@feel("day of week(date: day)")
def day_of_week(value: Date | DateTime) -> str:
    """The English name of the day."""
    return _WEEKDAYS[_day(value).weekday - 1]


@feel("month of year(date: day)")
def month_of_year(value: Date | DateTime) -> str:
    """The English name of the month."""
    return _MONTHS[_day(value).month - 1]


@feel("week of year(date: day)")
def week_of_year(value: Date | DateTime) -> Decimal:
    """The number of the week by ISO 8601."""
    day = _day(value)
    thursday = Date.from_ordinal(day.ordinal - day.weekday + 4)
    return Decimal((thursday.ordinal - Date(thursday.year, 1, 1).ordinal) // 7 + 1)


@feel("last day of month(date: day)")
def last_day_of_month(value: Date | DateTime) -> Date:
    """The last day of the value's month; an addition of the modelling tools."""
    day = _day(value)
    return Date(day.year, day.month, month_length(day.year, day.month))
