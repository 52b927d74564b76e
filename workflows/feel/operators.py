"""Equality, order and arithmetic of all kinds of values; None is null, and also the third truth value."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from workflows.feel.durations import DAY, SECOND, DaysTime, YearsMonths
from workflows.feel.effort import spend
from workflows.feel.numbers import DECIMAL128
from workflows.feel.problems import MAX_STRING, Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.values import Function, Range, Value

_KIND_NAMES: Final[dict[type, str]] = {
    Decimal: "数字",
    str: "字符串",
    bool: "布尔值",
    Date: "日期",
    Time: "时间",
    DateTime: "日期时间",
    YearsMonths: "年月时段",
    DaysTime: "日时时段",
    list: "列表",
    dict: "上下文",
    Range: "区间",
    Function: "函数",
    type(None): "空值",
}


def kind_name(value: Value) -> str:
    """What an official would call this kind of value."""
    return _KIND_NAMES.get(type(value), "未知")


# -- equality ----------------------------------------------------------------------------------------


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None when their kinds cannot be compared."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in (Decimal, str, bool, Date, YearsMonths, DaysTime):
        return bool(left == right)
    compound = _COMPOUND.get(kind)
    return compound(left, right) if compound else left is right


def _equal_lists(left: list[Value], right: list[Value]) -> bool | None:
    if len(left) != len(right):
        return False
    spend(len(left))
    return _all(equal(one, other) for one, other in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, Value], right: dict[str, Value]) -> bool | None:
    if left.keys() != right.keys():
        return False
    spend(len(left))
    return _all(equal(part, right[key]) for key, part in left.items())


def _all(answers: Any) -> bool | None:
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = False
    return result


def _equal_ranges(left: Range, right: Range) -> bool | None:
    sides = (left.start_included, left.end_included) == (right.start_included, right.end_included)
    return sides and bool(equal(left.start, right.start)) and bool(equal(left.end, right.end))


def _equal_times(left: Time, right: Time) -> bool | None:
    if (left.utc_offset is None) != (right.utc_offset is None):
        return False
    return _time_key(left) == _time_key(right)


def _equal_date_times(left: DateTime, right: DateTime) -> bool | None:
    if (left.offset is None) != (right.offset is None):
        return False
    return left.instant == right.instant


def _time_key(value: Time) -> int:
    return value.nanos - (value.utc_offset or 0) * SECOND


_COMPOUND: Final[dict[type, Callable[[Any, Any], bool | None]]] = {
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
    Time: _equal_times,
    DateTime: _equal_date_times,
}


def identity(value: Value) -> Any:
    """Something hashable that is the same for equal values and different for others."""
    kind = type(value)
    if kind is list:
        spend(len(value))
        return (kind, tuple(identity(part) for part in value))
    if kind is dict:
        spend(len(value))
        return (kind, frozenset((key, identity(part)) for key, part in value.items()))
    if kind is Time:
        return (kind, _time_key(value), value.utc_offset is None)
    if kind is DateTime:
        return (kind, value.instant, value.offset is None)
    if kind is Range:
        ends = identity(value.start), identity(value.end)
        return (kind, *ends, value.start_included, value.end_included)
    return (kind, value)


# -- order -------------------------------------------------------------------------------------------


def ordered(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 as left comes before, with or after right; None when the two have no order."""
    kind = type(left)
    if kind is not type(right) or kind not in _KEYS:
        return None
    if kind in (Time, DateTime):
        if (_offset(left) is None) != (_offset(right) is None):
            return None
        left, right = _KEYS[kind](left), _KEYS[kind](right)
    return int(left > right) - int(left < right)


def _offset(value: Time | DateTime) -> int | None:
    return value.utc_offset if isinstance(value, Time) else value.offset


def _same(value: Any) -> Any:
    return value


_KEYS: Final[dict[type, Callable[[Any], Any]]] = {
    **dict.fromkeys((Decimal, str, Date, YearsMonths, DaysTime), _same),
    Time: _time_key,
    DateTime: lambda value: value.instant,
}


def compare(op: str, left: Value, right: Value) -> bool | None:
    """`left op right` for the six comparisons."""
    if op == "=":
        return equal(left, right)
    if op == "!=":
        same = equal(left, right)
        return None if same is None else not same
    order = ordered(left, right)
    if order is None:
        return None
    if op == "<":
        return order < 0
    if op == "<=":
        return order <= 0
    return order > 0 if op == ">" else order >= 0


def within(value: Value, span: Range) -> bool | None:
    """Whether a range holds the value."""
    low = True if span.start is None else compare(">=" if span.start_included else ">", value, span.start)
    if low is False:
        return False
    high = True if span.end is None else compare("<=" if span.end_included else "<", value, span.end)
    if high is False:
        return False
    return None if low is None or high is None else True


# -- arithmetic --------------------------------------------------------------------------------------

Operation = Callable[[Any, Any], Value]


def calculate(op: str, left: Value, right: Value) -> Value:
    """`left op right`; raises Wrong where arithmetic has no answer."""
    found = OPERATIONS.get((op, type(left), type(right)))
    if found is None:
        raise Wrong(f"{kind_name(left)}与{kind_name(right)}不能用“{op}”计算")
    try:
        return found(left, right)
    except (decimal.DivisionByZero, ZeroDivisionError) as error:
        raise Wrong("除数为零") from error
    except decimal.DecimalException as error:
        raise Wrong("计算没有结果或超出数字范围") from error


def negate(value: Value) -> Value:
    """`-value`."""
    if type(value) is Decimal:
        return DECIMAL128.minus(value)
    if type(value) is YearsMonths:
        return YearsMonths(-value.months)
    if type(value) is DaysTime:
        return DaysTime(-value.nanos)
    raise Wrong(f"{kind_name(value)}不能取负")


def _join(left: str, right: str) -> str:
    if len(left) + len(right) > MAX_STRING:
        raise Wrong("字符串过长")
    spend((len(left) + len(right)) // 100)
    return left + right


def _midnight(day: Date) -> DateTime:
    return DateTime(day, Time(0, 0))


def _apart(left: DateTime, right: DateTime) -> DaysTime:
    if (left.offset is None) != (right.offset is None):
        raise Wrong("有时区与无时区的日期时间不能相减")
    return DaysTime(left.instant - right.instant)


def _times_apart(left: Time, right: Time) -> DaysTime:
    if (left.utc_offset is None) != (right.utc_offset is None):
        raise Wrong("有时区与无时区的时间不能相减")
    return DaysTime(_time_key(left) - _time_key(right))


def _date_plus(day: Date, length: DaysTime) -> Date:
    return DateTime(day, Time(0)).plus(length.nanos).date


def _time_plus(clock: Time, length: DaysTime) -> Time:
    return Time((clock.nanos + length.nanos) % DAY, clock.offset, clock.zone)


def _moment_plus_months(moment: DateTime, months: YearsMonths) -> DateTime:
    return DateTime(moment.date.plus_months(months.months), moment.time)


def _scaled(kind: Callable[[int], Value], amount: int, factor: Decimal) -> Value:
    product = DECIMAL128.multiply(Decimal(amount), factor)
    if product.adjusted() > 40:
        raise Wrong("时段过长")
    return kind(int(product))


def _shared(kind: Callable[[int], Value], amount: int, divisor: Decimal) -> Value:
    return _scaled(kind, amount, Decimal(1)) if divisor == 1 else _scaled_down(kind, amount, divisor)


def _scaled_down(kind: Callable[[int], Value], amount: int, divisor: Decimal) -> Value:
    quotient = DECIMAL128.divide(Decimal(amount), divisor)
    if quotient.adjusted() > 40:
        raise Wrong("时段过长")
    return kind(int(quotient))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if not base and exponent <= 0:
        if exponent:
            raise Wrong("除数为零")
        return Decimal(1)
    spend(10)
    return DECIMAL128.power(base, exponent)


def _minus(kind: Callable[[int], Value], attribute: str) -> Callable[[Any], Value]:
    return lambda length: kind(-getattr(length, attribute))


def _table() -> dict[tuple[str, type, type], Operation]:
    ym, dt, num = YearsMonths, DaysTime, Decimal
    back_months, back_time = _minus(ym, "months"), _minus(dt, "nanos")
    plus: dict[tuple[type, type], Operation] = {
        (num, num): DECIMAL128.add,
        (str, str): _join,
        (ym, ym): lambda a, b: ym(a.months + b.months),
        (dt, dt): lambda a, b: dt(a.nanos + b.nanos),
        (Date, ym): lambda a, b: a.plus_months(b.months),
        (Date, dt): _date_plus,
        (DateTime, ym): _moment_plus_months,
        (DateTime, dt): lambda a, b: a.plus(b.nanos),
        (Time, dt): _time_plus,
    }
    table: dict[tuple[str, type, type], Operation] = {("+", *kinds): op for kinds, op in plus.items()}
    for (first, second), op in plus.items():
        if first is not second:
            table["+", second, first] = _turned(op)
            back = back_months if second is ym else back_time
            table["-", first, second] = _reversed_step(op, back)
    return table | _others()


def _others() -> dict[tuple[str, type, type], Operation]:
    """What is not the reverse of an addition: differences of instants, products, quotients, powers."""
    ym, dt, num = YearsMonths, DaysTime, Decimal
    return {
        ("-", num, num): DECIMAL128.subtract,
        ("-", ym, ym): lambda a, b: ym(a.months - b.months),
        ("-", dt, dt): lambda a, b: dt(a.nanos - b.nanos),
        ("-", Date, Date): lambda a, b: dt((a.ordinal - b.ordinal) * DAY),
        ("-", DateTime, DateTime): _apart,
        ("-", Date, DateTime): lambda a, b: _apart(_midnight(a), b),
        ("-", DateTime, Date): lambda a, b: _apart(a, _midnight(b)),
        ("-", Time, Time): _times_apart,
        ("*", num, num): DECIMAL128.multiply,
        ("*", ym, num): lambda a, b: _scaled(ym, a.months, b),
        ("*", num, ym): lambda a, b: _scaled(ym, b.months, a),
        ("*", dt, num): lambda a, b: _scaled(dt, a.nanos, b),
        ("*", num, dt): lambda a, b: _scaled(dt, b.nanos, a),
        ("/", num, num): DECIMAL128.divide,
        ("/", ym, num): lambda a, b: _shared(ym, a.months, b),
        ("/", dt, num): lambda a, b: _shared(dt, a.nanos, b),
        ("/", ym, ym): lambda a, b: DECIMAL128.divide(Decimal(a.months), Decimal(b.months)),
        ("/", dt, dt): lambda a, b: DECIMAL128.divide(Decimal(a.nanos), Decimal(b.nanos)),
        ("**", num, num): _power,
    }


def _turned(op: Operation) -> Operation:
    return lambda a, b: op(b, a)


def _reversed_step(op: Operation, back: Callable[[Any], Value]) -> Operation:
    return lambda a, b: op(a, back(b))


OPERATIONS: Final = _table()
