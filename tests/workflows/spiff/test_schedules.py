"""When a timer start fires: cron and ISO cycles in Beijing time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import spiff
from workflows.clock import LOCAL


def beijing(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


FROM = beijing("2026-01-15T08:00:00")


def first(text, count, instant=FROM):
    found, moment = [], instant
    for _ in range(count):
        moment = spiff.schedule(text).first_from(moment)
        found.append(moment.astimezone(LOCAL).strftime("%m-%d %H:%M"))
        moment += timedelta(seconds=1)
    return found


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("0 0 0 1 1,4,7,10 *", ["04-01 00:00", "07-01 00:00", "10-01 00:00", "01-01 00:00"]),
        ("0 0 0 11 3,6,9,12 *", ["03-11 00:00", "06-11 00:00"]),
        ("0 30 9 21 3/3 *", ["03-21 09:30", "06-21 09:30", "09-21 09:30"]),
        ("@monthly", ["02-01 00:00", "03-01 00:00"]),
        ("@yearly", ["01-01 00:00"]),
        ("0 0 0 L * *", ["01-31 00:00", "02-28 00:00", "03-31 00:00"]),
        ("0 0 0 L-2 * ?", ["01-29 00:00", "02-26 00:00"]),
        ("0 0 0 LW 1-2 *", ["01-30 00:00", "02-27 00:00"]),
        ("0 0 0 1W 2,3,8 *", ["02-02 00:00", "03-02 00:00", "08-03 00:00"]),
        ("0 0 8 * * MON", ["01-19 08:00", "01-26 08:00"]),
        ("0 0 8 ? * FRI#2", ["02-13 08:00", "03-13 08:00"]),
        ("0 0 8 ? * 5L", ["01-30 08:00", "02-27 08:00"]),
        ("0 0 0 ? JAN 7", ["01-18 00:00", "01-25 00:00"]),
        ("0 0 0 29 2 *", ["02-29 00:00"]),
        ("R/2026-01-31/P1M", ["01-31 00:00", "02-28 00:00", "03-31 00:00"]),
        ("R/2026-01-01T09:00:00+08:00/P1W", ["01-15 09:00", "01-22 09:00"]),
        ("R/2020-06-01/P1Y", ["06-01 00:00"]),
    ],
)
def test_a_cycle_fires_on_these_days(text, fires):
    assert first(text, len(fires)) == fires


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "1",
            "0 0 0 1 1",
            "* * * * * *",
            "0 0 0,12 * * *",
            "0 0 24 * * *",
            "0 0 0 0 * *",
            "0 0 0 31 2 *",
        ),
        *("0 0 0 5-1 * *", "0 0 0 1/0 * *", "0 0 0 x * *", "0 0 0 * 13 *", "0 0 0 * * 8", "0 0 0 99W * *"),
        *("@hourly", "R/P1M", "R/2026-01-01/P0D", "R/2026-01-01/PT1H", "R/gestern/P1D", "R2/2026-01-01/1M"),
    ],
)
def test_what_is_no_cycle_or_fires_more_than_once_a_day_is_refused(text):
    with pytest.raises(spiff.Unscheduled):
        spiff.schedule(text)


def test_a_counted_cycle_ends():
    schedule = spiff.schedule("R2/2026-01-20/P1M")

    found = [moment.astimezone(LOCAL).date() for moment in schedule.firings(FROM)]

    assert found == [date(2026, 1, 20), date(2026, 2, 20)]
    assert schedule.last_until(FROM) is None
    assert schedule.last_until(beijing("2030-01-01T00:00:00")) == beijing("2026-02-20T00:00:00")


@given(
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    text=st.sampled_from(
        [
            "0 0 0 11 3,6,9,12 *",
            "@daily",
            "0 15 7 L * *",
            "0 0 0 29 2 *",
            "R/2019-11-30/P1M",
            "0 0 0 ? * MON#1",
        ]
    ),
)
def test_the_last_firing_and_the_next_have_nothing_between_them(at, text):
    schedule, instant = spiff.schedule(text), at.replace(tzinfo=UTC)

    last, after = schedule.last_until(instant), schedule.first_from(instant + timedelta(microseconds=1))

    assert last <= instant < after
    assert schedule.first_from(last) == last
    assert schedule.first_from(last + timedelta(microseconds=1)) == after


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("year", "2026年"),
        ("half_year", "2026年下半年"),
        ("quarter", "2026年第4季度"),
        ("month", "2026年12月"),
        ("ten_days", "2026年12月中旬"),
        ("week", "2026年第50周"),
        ("day", "2026年12月11日"),
    ],
)
def test_a_period_has_the_name_offices_give_it(kind, name):
    assert spiff.period_name(kind, date(2026, 12, 11)) == name
