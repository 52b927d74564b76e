from datetime import UTC, date, datetime

import pytest

from app.notices import period
from tests.clock import LOCAL
from workflows.clock import WorkingDays

CALENDAR = WorkingDays()
POSTED = datetime(2026, 11, 22, 15, 30, tzinfo=LOCAL)


def test_the_day_after_posting_is_the_first_and_the_last_ends_at_midnight():
    found = period.reckon(POSTED, 5, calendar=CALENDAR)

    assert (found.starts_on, found.last_day) == (date(2026, 11, 23), date(2026, 11, 27))
    assert found.ends_at == datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    assert found.words == "2026年11月23日至11月27日24时"


def test_a_notice_posted_just_before_midnight_begins_minutes_later_by_beijing_time():
    found = period.reckon(datetime(2026, 11, 22, 23, 59, tzinfo=LOCAL), 5, calendar=CALENDAR)

    assert found.starts_on == date(2026, 11, 23)


def test_a_period_across_new_year_says_both_years():
    found = period.reckon(datetime(2026, 12, 28, 9, tzinfo=LOCAL), 5, calendar=CALENDAR)

    assert found.words == "2026年12月29日至2027年1月2日24时"


@pytest.mark.parametrize("days", [4, 0, -5, 5.5, "五", None, "", True])
def test_fewer_than_five_whole_days_are_refused(days):
    with pytest.raises(period.TooShort):
        period.reckon(POSTED, days, calendar=CALENDAR)


def test_the_end_stays_on_a_holiday_unless_the_parameter_moves_it():
    # Posted on Saturday 26 September 2026; the fifth day, 1 October, begins the National Day holiday.
    posted = datetime(2026, 9, 26, 9, tzinfo=LOCAL)

    kept = period.reckon(posted, 5, calendar=CALENDAR)
    moved = period.reckon(posted, 5, calendar=CALENDAR, over_holidays=True)

    assert kept.last_day == date(2026, 10, 1)
    assert moved.last_day == CALENDAR.after(date(2026, 10, 1), 1)
