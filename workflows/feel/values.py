"""What an expression can yield, and how values cross the border from and to Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.numbers import DECIMAL128, from_float
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date, DateTime, Time, from_python, to_python

if TYPE_CHECKING:
    from workflows.feel.environment import Run

Value: TypeAlias = Any

_MAX_CONVERTED_DEPTH: Final = 100
_MAX_HANDED_OVER: Final = 400_000  # elements and entries of one result, all levels together


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends; an end of None is open to that side."""

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something that can be called with values and gives a value; never a Python object's method."""

    name: str
    parameters: tuple[str, ...]
    body: Callable[[Run, list[Value], Mapping[str, Value] | None], Value]
    types: tuple[Any, ...] = field(default=())  # the declared parameter types, as far as there are any
    result: Any = None  # the declared type of the result

    def __call__(self, run: Run, arguments: list[Value], named: Mapping[str, Value] | None = None) -> Value:
        """The function's value; raises Wrong where it has none."""
        run.enter()
        try:
            return self.body(run, arguments, named)
        finally:
            run.leave()


_AS_IS: Final = frozenset(
    (type(None), bool, str, Date, Time, DateTime, YearsMonths, DaysTime, Function),
)


def _from_decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise Wrong("不是有限的数字")
    if value.adjusted() > DECIMAL128.Emax:
        raise Wrong("超出数字范围")
    small = value.adjusted() >= DECIMAL128.Emin and len(value.as_tuple().digits) <= DECIMAL128.prec
    return value if small else DECIMAL128.plus(value)


def to_feel(value: Any, depth: int = 0) -> Value:
    """The value an expression works with, for any JSON-like Python value; raises Wrong for other objects."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is Decimal:
        return _from_decimal(value)
    if kind is int:
        return _from_decimal(Decimal(value))
    if depth > _MAX_CONVERTED_DEPTH:
        raise Wrong("数据嵌套过深")
    if kind is dict:
        return {str(key): to_feel(part, depth + 1) for key, part in value.items()}
    if kind is list or kind is tuple:
        return [to_feel(part, depth + 1) for part in value]
    return _other(value, depth)


def _other(value: Any, depth: int) -> Value:
    if isinstance(value, Range):
        ends = to_feel(value.start, depth + 1), to_feel(value.end, depth + 1)
        return Range(*ends, value.start_included, value.end_included)
    if isinstance(value, float):
        return from_float(value)
    if isinstance(value, date | time | timedelta):
        return from_python(value)
    if isinstance(value, int):
        return _from_decimal(Decimal(int(value)))
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {str(key): to_feel(part, depth + 1) for key, part in value.items()}
    raise Wrong(f"“{type(value).__name__}”不是可用的数据")


def from_feel(value: Value) -> Any:
    """The value as the host sees it: Python dates and times where Python has them, the rest as it is.

    Raises Wrong for a value too large or too deep to be of use to anyone.
    """
    kind = type(value)
    if kind in (Date, Time, DateTime):
        return to_python(value)
    return _Handover().part(value, 0) if kind in (list, dict, Range) else value


class _Handover:
    """Copies a value for the host; one built of the same lists over and over must not unfold without end."""

    def __init__(self) -> None:
        self.left = _MAX_HANDED_OVER

    def spend(self, size: int, depth: int) -> None:
        self.left -= size
        if self.left < 0 or depth > _MAX_CONVERTED_DEPTH:
            raise Wrong("结果过大或嵌套过深")

    def part(self, value: Value, depth: int) -> Any:
        kind = type(value)
        if kind in (Date, Time, DateTime):
            return to_python(value)
        if kind is str:
            self.spend(len(value) // 10, depth)
            return value
        if kind is not list and kind is not dict and kind is not Range:
            return value
        self.spend(1 if kind is Range else 1 + len(value), depth)
        if kind is list:
            return [self.part(item, depth + 1) for item in value]
        if kind is dict:
            return {key: self.part(item, depth + 1) for key, item in value.items()}
        ends = self.part(value.start, depth + 1), self.part(value.end, depth + 1)
        return Range(*ends, value.start_included, value.end_included)
