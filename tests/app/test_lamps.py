"""The lamp of a limit says in words what its colour means."""

from datetime import date, datetime

import pytest

from app.lamps import lamp_of
from workflows.clock import LOCAL, WorkingDays, end_of_day

DUE = end_of_day(date(2026, 3, 20))


def at(day, hour=9):
    return datetime(2026, 3, day, hour, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("now", "colour", "words"),
    [
        (at(16), "green", "剩 4 个工作日"),
        (at(19), "yellow", "剩 1 个工作日"),
        (at(20), "yellow", "今日到期"),
        (at(21), "red", "已超期 1 个工作日"),
        (at(24), "red", "已超期 2 个工作日"),
    ],
)
def test_colour_and_words_of_a_limit_at_the_end_of_a_friday(now, colour, words):
    assert lamp_of(DUE, now) == {"colour": colour, "words": words}


def test_a_limit_on_a_day_off_is_not_said_to_be_today_before_it_is():
    sunday = end_of_day(date(2026, 3, 22))

    assert lamp_of(sunday, at(20)) == {"colour": "yellow", "words": "剩 0 个工作日"}
    assert lamp_of(sunday, at(22)) == {"colour": "yellow", "words": "今日到期"}


def test_while_a_clock_stands_still_the_lamp_is_grey_and_says_so():
    for now in (at(16), at(24)):
        assert lamp_of(DUE, now, paused=True) == {"colour": "grey", "words": "暂停计时"}
    assert lamp_of(None, at(16), paused=True) is None


def test_the_days_left_are_those_of_the_calendar_at_hand():
    closed = WorkingDays({date(2026, 3, 18): False, date(2026, 3, 19): False})

    assert lamp_of(DUE, at(17), calendar=closed) == {"colour": "yellow", "words": "剩 1 个工作日"}
