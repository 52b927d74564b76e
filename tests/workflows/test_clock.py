from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.clock import LOCAL, SystemClock, WorkingDays, end_of_day, local_date, start_of_day

CALENDAR = WorkingDays()


def test_the_machines_time_is_utc():
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_day_begins_and_ends_in_beijing():
    assert start_of_day(date(2026, 3, 16)) == datetime(2026, 3, 15, 16, 0, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 16)) == datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
    assert local_date(datetime(2026, 3, 15, 16, 0, tzinfo=UTC)) == date(2026, 3, 16)
    assert local_date(datetime(2026, 3, 16, 23, 59, tzinfo=LOCAL)) == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-03-16", True),
        ("2026-03-21", False),
        ("2026-10-01", False),
        ("2026-02-14", True),
        ("2026-02-17", False),
    ],
)
def test_holidays_rest_and_makeup_saturdays_work(day, works):
    assert CALENDAR.is_working(date.fromisoformat(day)) is works


def test_the_first_day_does_not_count_and_holidays_are_skipped():
    assert CALENDAR.after(date(2026, 3, 16), 1) == date(2026, 3, 17)
    assert CALENDAR.after(date(2026, 3, 20), 1) == date(2026, 3, 23)
    assert CALENDAR.after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert CALENDAR.after(date(2026, 3, 16), 0) == date(2026, 3, 16)


def test_days_backwards_make_no_limit():
    with pytest.raises(ValueError, match="-1"):
        CALENDAR.after(date(2026, 3, 16), -1)


def test_a_limit_ends_at_midnight_of_its_last_day():
    started = datetime(2026, 3, 16, 23, 30, tzinfo=LOCAL)

    assert CALENDAR.due_after(started, 3) == end_of_day(date(2026, 3, 19))


def test_days_left_are_counted_forwards_and_backwards():
    assert CALENDAR.left(date(2026, 3, 20), date(2026, 3, 24)) == 2
    assert CALENDAR.left(date(2026, 3, 24), date(2026, 3, 20)) == -2
    assert CALENDAR.left(date(2026, 3, 20), date(2026, 3, 20)) == 0


def test_an_office_may_name_days_of_its_own():
    own = WorkingDays({date(2026, 3, 17): False, date(2026, 3, 21): True})

    assert own.after(date(2026, 3, 16), 1) == date(2026, 3, 18)
    assert own.is_working(date(2026, 3, 21))


def test_a_year_the_calendar_does_not_know_works_from_monday_to_friday():
    assert CALENDAR.is_working(date(2099, 1, 2))
    assert not CALENDAR.is_working(date(2099, 1, 3))


def test_counting_forward_then_back_gives_the_same_days():
    day = date(2026, 9, 20)
    for days in range(1, 40):
        assert CALENDAR.left(day, CALENDAR.after(day, days)) == days
