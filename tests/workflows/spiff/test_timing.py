"""From what a timer says to an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.spiff.drawing import NOON
from workflows.spiff.timing import Unreckonable, cycle, instant, whole


@pytest.mark.parametrize(
    "value",
    ["", "P", "PT", "P1H", "3D", "-P1D", "2026-13-01", "明天", "P99999999999999999D", "P99999Y",
     "P6900Y99999999D", None, 3, True, [], "9999-12-31"],
)  # fmt: skip
def test_what_names_no_instant_is_said_so(value):
    with pytest.raises(Unreckonable):
        instant(value, NOON)


@pytest.mark.parametrize(
    "value", [None, "P1D", "R", "R0/P1D", "R/", "R3/PT0S", "R-1/P1D", "R3/2026-01-01", "R3/P1D/P1D"]
)
def test_what_is_no_repetition_is_said_so(value):
    with pytest.raises(Unreckonable):
        cycle(value, NOON)


def test_months_end_on_the_last_day_there_is():
    at = datetime(2026, 1, 31, 4, tzinfo=UTC)

    assert instant("P1M", at) == datetime(2026, 2, 28, 4, tzinfo=UTC)
    assert instant("P1Y1M", at) == datetime(2027, 2, 28, 4, tzinfo=UTC)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_a_date_and_its_text_mean_the_same_midnight_in_beijing(day):
    assert instant(day, NOON) == instant(day.isoformat(), NOON)
    assert instant(day, NOON).hour == 16


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), (3.0, 3), (Decimal(3), 3), ("3", 3), (" 3 ", 3), ("3.0", None), ("三", None), (True, None),
     (2.5, None), (None, None), ("²", None)],
)  # fmt: skip
def test_a_whole_number_is_recognised_in_every_dress(value, number):
    assert whole(value) == number
