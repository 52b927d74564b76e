"""Money in capitals, as 财政部's 支付结算办法 writes it."""

from decimal import Decimal

import pytest

from forms.capitals import capitals


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零元整"),
        (1, "壹元整"),
        (10, "壹拾元整"),
        (1409.5, "壹仟肆佰零玖元伍角整"),
        (6007.14, "陆仟零柒元壹角肆分"),
        (1680.32, "壹仟陆佰捌拾元叁角贰分"),
        (107000.53, "壹拾万零柒仟元伍角叁分"),
        (16409.02, "壹万陆仟肆佰零玖元零贰分"),
        (325.04, "叁佰贰拾伍元零肆分"),
        (10_000, "壹万元整"),
        (100_010_001, "壹亿零壹万零壹元整"),
        (0.05, "伍分"),
        (0.5, "伍角整"),
        (20_300_000, "贰仟零叁拾万元整"),
        (-12, "负壹拾贰元整"),
        (Decimal("1234567.89"), "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (10**12, ""),
    ],
)
def test_an_amount_in_capitals(value, said):
    assert capitals(value) == said


@pytest.mark.parametrize(
    ("unit", "said"),
    [("万元", "壹拾贰万叁仟元整"), ("元", "壹拾贰元叁角整"), ("", "壹拾贰元叁角整"), ("元/亩", "")],
)
def test_the_unit_counts(unit, said):
    assert capitals(12.3, unit) == said
