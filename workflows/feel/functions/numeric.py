"""Functions of numbers."""

from __future__ import annotations

import decimal
from decimal import Decimal

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.effort import spend
from workflows.feel.functions.registry import feel, integer
from workflows.feel.numbers import DECIMAL128, guarded, rounded
from workflows.feel.problems import Wrong


@feel("decimal(n: number, scale: number)")
def to_scale(value: Decimal, scale: Decimal) -> Decimal:
    """The number with so many places, halves to the even digit."""
    return rounded(value, int(scale), decimal.ROUND_HALF_EVEN)


@feel("floor(n: number)", "floor(n: number, scale: number)")
def floor(value: Decimal, scale: Decimal | None = None) -> Decimal:
    """The next number downwards with so many places."""
    return rounded(value, int(scale or 0), decimal.ROUND_FLOOR)


@feel("ceiling(n: number)", "ceiling(n: number, scale: number)")
def ceiling(value: Decimal, scale: Decimal | None = None) -> Decimal:
    """The next number upwards with so many places."""
    return rounded(value, int(scale or 0), decimal.ROUND_CEILING)


@feel("round up(n: number, scale: number)")
def round_up(value: Decimal, scale: Decimal) -> Decimal:
    """Rounded away from zero."""
    return rounded(value, int(scale), decimal.ROUND_UP)


@feel("round down(n: number, scale: number)")
def round_down(value: Decimal, scale: Decimal) -> Decimal:
    """Rounded towards zero."""
    return rounded(value, int(scale), decimal.ROUND_DOWN)


@feel("round half up(n: number, scale: number)")
def round_half_up(value: Decimal, scale: Decimal) -> Decimal:
    """Rounded to the nearest, halves away from zero: 四舍五入."""
    return rounded(value, int(scale), decimal.ROUND_HALF_UP)


@feel("round half down(n: number, scale: number)")
def round_half_down(value: Decimal, scale: Decimal) -> Decimal:
    """Rounded to the nearest, halves towards zero."""
    return rounded(value, int(scale), decimal.ROUND_HALF_DOWN)


@feel("abs(n: number)", "abs(n: duration)")
def absolute(value: Decimal | YearsMonths | DaysTime) -> Decimal | YearsMonths | DaysTime:
    """The amount without its sign."""
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    if isinstance(value, DaysTime):
        return DaysTime(abs(value.nanos))
    return DECIMAL128.abs(value)


@feel("modulo(dividend: number, divisor: number)")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """What remains after whole divisions; it has the sign of the divisor."""
    if not divisor:
        raise Wrong("除数为零")
    if abs(dividend.adjusted() - divisor.adjusted()) > 100:
        raise Wrong("计算超出数字范围")
    exact = decimal.Context(prec=300, Emin=-9999, Emax=9999)
    rest = exact.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = exact.add(rest, divisor)
    return DECIMAL128.plus(rest)


@feel("sqrt(number: number)")
def square_root(value: Decimal) -> Decimal:
    """The square root; a negative number has none."""
    spend(10)
    return guarded(lambda: DECIMAL128.sqrt(value), "负数没有平方根")


@feel("log(number: number)")
def logarithm(value: Decimal) -> Decimal:
    """The natural logarithm of a positive number."""
    if value <= 0:
        raise Wrong("只有正数才有对数")
    spend(10)
    return guarded(lambda: DECIMAL128.ln(value), "没有结果")


@feel("exp(number: number)")
def exponential(value: Decimal) -> Decimal:
    """Euler's number raised to the value."""
    spend(10)
    return guarded(lambda: DECIMAL128.exp(value), "超出数字范围")


@feel("odd(number: number)")
def odd(value: Decimal) -> bool:
    """Whether a whole number is odd."""
    return integer(value) % 2 == 1


@feel("even(number: number)")
def even(value: Decimal) -> bool:
    """Whether a whole number is even."""
    return integer(value) % 2 == 0
