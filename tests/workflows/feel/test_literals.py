import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from workflows.feel import DaysTime, Range, YearsMonths, dumps, evaluate, to_json, to_literal

SIMPLE = (
    st.none()
    | st.booleans()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.times()
    | st.builds(YearsMonths, st.integers(-1000, 1000))
    | st.builds(DaysTime, st.integers(-(10**18), 10**18))
)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_a_literal_evaluates_to_the_value_again(value):
    assert evaluate(to_literal(value)) == evaluate("v", {"v": value})


@given(VALUES)
def test_json_is_written_whatever_the_value(value):
    json.loads(dumps(value))


def test_numbers_keep_every_digit_in_json():
    digits = "1234567890.123456789012345678901234"

    assert dumps(Decimal(digits)) == digits
    assert dumps({"a": [Decimal("1.10"), Decimal("3.00"), Decimal("1E+3")]}) == '{"a": [1.1, 3, 1000]}'
    assert to_json(Decimal("0.1")) == 0.1


def test_json_has_dates_as_iso_strings():
    value = [
        date(2024, 2, 29),
        time(8, 0),
        datetime(2024, 1, 1, tzinfo=UTC),
        DaysTime(10**9),
        YearsMonths(13),
    ]

    assert to_json(value) == ["2024-02-29", "08:00:00", "2024-01-01T00:00:00Z", "PT1S", "P1Y1M"]


def test_a_range_is_a_literal_too():
    assert to_literal(Range(Decimal(1), Decimal(5), True, False)) == "[1..5)"
    assert to_literal(Range(None, Decimal(5), False, False)) == "(< 5)"
    assert to_literal({"a b": 1, "a-b": 2, "if": 3}) == '{a b: 1, "a-b": 2, "if": 3}'
