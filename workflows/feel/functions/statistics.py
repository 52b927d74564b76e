"""Functions that sum up a list."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from workflows.feel.effort import spend
from workflows.feel.functions.registry import feel
from workflows.feel.logic import three_valued
from workflows.feel.numbers import DECIMAL128, guarded
from workflows.feel.operators import ordered
from workflows.feel.problems import Wrong
from workflows.feel.values import Value


def _numbers(values: Iterable[Value]) -> list[Decimal]:
    found = list(values)
    spend(len(found))
    if not found:
        raise Wrong("列表为空")
    if not all(type(value) is Decimal for value in found):
        raise Wrong("列表中应全是数字")
    return found


def _total(values: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = DECIMAL128.add(total, value)
    return total


def _extreme(values: list[Value], sign: int) -> Value:
    if not values:
        raise Wrong("列表为空")
    best = values[0]
    for value in values:
        order = ordered(value, best)
        if order is None:
            raise Wrong("列表中的值不能比较")
        if order == sign:
            best = value
    return best


@feel("count(list: list)")
def count(values: list[Value]) -> Decimal:
    """How many elements the list has."""
    return Decimal(len(values))


@feel("min(list: list)")
@feel("min(c*: any)")
def least(*values: Value) -> Value:
    """The smallest of comparable values."""
    return _extreme(_spread(values), -1)


@feel("max(list: list)")
@feel("max(c*: any)")
def greatest(*values: Value) -> Value:
    """The largest of comparable values."""
    return _extreme(_spread(values), 1)


def _spread(values: tuple[Value, ...]) -> list[Value]:
    """The elements, given as one list or one by one."""
    return values[0] if len(values) == 1 and type(values[0]) is list else list(values)


@feel("sum(list: list)")
@feel("sum(n*: any)")
def total(*values: Value) -> Decimal:
    """The sum of numbers."""
    return guarded(lambda: _total(_numbers(_spread(values))), "超出数字范围")


@feel("mean(list: list)")
@feel("mean(n*: any)")
def mean(*values: Value) -> Decimal:
    """The average of numbers."""
    numbers = _numbers(_spread(values))
    return guarded(lambda: DECIMAL128.divide(_total(numbers), Decimal(len(numbers))), "超出数字范围")


@feel("product(list: list)")
@feel("product(n*: any)")
def product(*values: Value) -> Decimal:
    """The product of numbers."""
    numbers = _numbers(_spread(values))
    return guarded(lambda: reduce(DECIMAL128.multiply, numbers), "超出数字范围")


@feel("median(list: list)")
@feel("median(n*: any)")
def median(*values: Value) -> Decimal:
    """The number in the middle, or the average of the two in the middle."""
    numbers = sorted(_numbers(_spread(values)))
    half = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[half]
    return DECIMAL128.divide(DECIMAL128.add(numbers[half - 1], numbers[half]), Decimal(2))


@feel("stddev(list: list)")
@feel("stddev(n*: any)")
def stddev(*values: Value) -> Decimal:
    """The standard deviation of a sample."""
    numbers = _numbers(_spread(values))
    if len(numbers) < 2:
        raise Wrong("至少应有两个数字")
    middle = mean(numbers)
    squares = [DECIMAL128.power(DECIMAL128.subtract(value, middle), Decimal(2)) for value in numbers]
    return guarded(
        lambda: DECIMAL128.sqrt(DECIMAL128.divide(_total(squares), Decimal(len(numbers) - 1))), "没有结果"
    )


@feel("mode(list: list)")
@feel("mode(n*: any)")
def mode(*values: Value) -> list[Value]:
    """The most frequent numbers, the smallest first."""
    found = _spread(values)
    if not found:
        return []
    counts: dict[Decimal, int] = {}
    for value in _numbers(found):
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values())
    return sorted(value for value, times in counts.items() if times == most)


def _verdict(values: list[Value], *, decisive: bool) -> bool | None:
    if not all(value is None or type(value) is bool for value in values):
        raise Wrong("列表中应全是布尔值")
    return three_valued(values, decisive=decisive)


@feel("all(list: list)")
@feel("all(b*: any)")
def every(*values: Value) -> bool | None:
    """Whether all are true; false as soon as one is false."""
    return _verdict(_spread(values), decisive=False)


@feel("any(list: list)")
@feel("any(b*: any)")
def some(*values: Value) -> bool | None:
    """Whether one is true."""
    return _verdict(_spread(values), decisive=True)
