"""Decimal numbers of 34 digits, as the standard asks (IEEE 754 decimal128)."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from workflows.feel.problems import Wrong

DECIMAL128: Final = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
_WIDE: Final = decimal.Context(prec=6200, Emin=-6200, Emax=6200, traps=[decimal.InvalidOperation])
EXPANDED: Final = 40  # from this power of ten on a number is written with an exponent
MIN_SCALE: Final = -6111  # the standard's bounds of decimal places
MAX_SCALE: Final = 6176


def number(text: str) -> Decimal:
    """The number a text in FEEL's notation stands for, rounded to 34 digits."""
    try:
        return DECIMAL128.create_decimal(text)
    except decimal.DecimalException as error:
        raise Wrong(f"“{text[:40]}”不是可用的数字") from error


def from_float(value: float) -> Decimal:
    """The shortest decimal that reads back as this float; raises Wrong for what is no number."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN differs from itself
        raise Wrong("不是有限的数字")
    return Decimal(repr(value))


def guarded(operation: Callable[[], Decimal], sentence: str) -> Decimal:
    """The operation's result; raises Wrong with the sentence where arithmetic has no answer."""
    try:
        return operation()
    except decimal.DecimalException as error:
        raise Wrong(sentence) from error


def whole(value: Decimal) -> int | None:
    """The integer a number is, or None when it has a fraction."""
    if value.adjusted() > 40:
        return None
    as_int = int(value)
    return as_int if as_int == value else None


def rounded(value: Decimal, scale: int, rounding: str) -> Decimal:
    """The number with so many decimal places, in the given way of rounding."""
    if not MIN_SCALE <= scale <= MAX_SCALE:
        raise Wrong("小数位数超出范围")
    if scale >= -int(value.as_tuple().exponent):
        return value
    fixed = value.quantize(Decimal((0, (1,), -scale)), rounding, _WIDE) if value else Decimal(0)
    return DECIMAL128.plus(fixed)


def number_text(value: Decimal) -> str:
    """The digits without exponent and without trailing zeros after the point."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def exponent_text(value: Decimal) -> str:
    """The digits as JSON and FEEL literals have them: with an exponent where the number is far from one."""
    if abs(value.adjusted()) < EXPANDED or not value:
        return number_text(value)
    mantissa = number_text(value.scaleb(-value.adjusted(), _WIDE))
    return f"{mantissa}e{value.adjusted()}"
