"""Amounts of money in capitals (大写), as official papers write them: 壹仟贰佰叁拾肆元伍角陆分."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")
MOST = Decimal(10) ** 12

MULTIPLES = {"元": 1, "": 1, "万元": 10_000, "亿元": 100_000_000}
"""What one of a unit is worth in yuan; other units (元/亩) are no sums of money."""


def capitals(value: float | Decimal, unit: str = "元") -> str:
    """The amount in capitals; empty for what is no sum of money or too large to be one."""
    multiple = MULTIPLES.get(unit.strip())
    if multiple is None:
        return ""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    amount = (abs(exact) * multiple).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if amount >= MOST:
        return ""
    yuan, fen = divmod(int(amount * 100), 100)
    said = (_whole(yuan) + "元" if yuan else "") + _parts(fen, after=bool(yuan))
    return ("负" if exact < 0 and amount else "") + (said or "零元整")


def _whole(number: int) -> str:
    """A whole number, four digits a group; a zero inside is said once."""
    groups: list[str] = []
    gap = False
    before = 1
    for place in range(len(GROUPS) - 1, -1, -1):
        group = number // 10_000**place % 10_000
        if group == 0:
            gap = gap or bool(groups)
            continue
        if groups and (gap or group < 1000 or before % 10 == 0):
            groups.append("零")
        groups.append(_group(group) + GROUPS[place])
        gap, before = False, group
    return "".join(groups)


def _group(number: int) -> str:
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = gap or bool(said)
            continue
        said += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return said


def _parts(fen: int, *, after: bool) -> str:
    jiao, rest = divmod(fen, 10)
    if not fen:
        return "整" if after else ""
    if not jiao:
        return ("零" if after else "") + f"{DIGITS[rest]}分"
    return f"{DIGITS[jiao]}角" + (f"{DIGITS[rest]}分" if rest else "整")
