"""Values as JSON: numbers keep all their digits, dates and durations become ISO strings."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.literals import plain_text
from workflows.feel.numbers import EXPANDED, exponent_text
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.values import Range, Value, to_feel

_AS_TEXT: Final = (Date, Time, DateTime, YearsMonths, DaysTime)


def to_json(value: Any) -> Any:
    """The value made of JSON's kinds; a number that no int or float can hold exactly stays a Decimal."""
    if isinstance(value, Range):
        ends = Range(to_feel(value.start), to_feel(value.end), value.start_included, value.end_included)
        return plain_text(ends)
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    try:
        return _simple(to_feel(value))
    except Wrong:
        return None


def _simple(value: Value) -> Any:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, _AS_TEXT):
        return str(value)
    return value if value is None or isinstance(value, str | bool) else None


def _number(value: Decimal) -> int | float | Decimal:
    if value and abs(value.adjusted()) >= EXPANDED:
        return value
    if value == value.to_integral_value():
        return int(value)
    nearest = float(value)
    return nearest if Decimal(repr(nearest)) == value else value


def dumps(value: Any) -> str:
    """JSON text in one line, of any value an evaluation can yield; every number has all its digits."""
    return _written(to_json(value))


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(key)}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, Decimal):
        return exponent_text(value)
    return json.dumps(value, ensure_ascii=False)
