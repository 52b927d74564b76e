"""Limits reckoned in working days: the day they end on, when people are told."""

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import limits
from workflows.clock import LOCAL, PUBLISHED, WorkingDays, end_of_day

# March 2026: the 16th is a Monday; nothing but weekends is off until the 4th of April.


def at(day, hour=9, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=LOCAL)


def local(instant):
    return instant.astimezone(LOCAL).strftime("%m-%d %H:%M")


def stages(due_at, opened_at, calendar=PUBLISHED):
    """Every reminder of an item, as they come one after the other."""
    found, stage = [], limits.NEAR
    while (coming := limits.next_reminder(due_at, stage, opened_at, calendar)) is not None:
        found.append((coming[0], local(coming[1])))
        stage = coming[0] + 1
    return found


def test_people_are_told_one_working_day_before_then_at_the_limit_then_every_third_day_five_times():
    assert stages(end_of_day(date(2026, 3, 20)), at(16)) == [
        (0, "03-19 08:30"),
        (1, "03-23 08:30"),
        (2, "03-26 08:30"),
        (3, "03-31 08:30"),
        (4, "04-03 08:30"),
        (5, "04-09 08:30"),
        (6, "04-14 08:30"),
    ]


def test_what_is_near_when_it_is_opened_is_said_on_the_next_morning_that_comes_before_the_limit():
    assert stages(end_of_day(date(2026, 3, 17)), at(16))[0] == (0, "03-17 08:30")
    assert stages(end_of_day(date(2026, 3, 16)), at(16))[0] == (1, "03-17 08:30")


def test_a_limit_on_a_day_off_is_near_from_the_working_day_before_the_last_one():
    assert stages(end_of_day(date(2026, 3, 22)), at(16))[0] == (0, "03-19 08:30")


def test_without_a_limit_nobody_is_reminded():
    assert limits.next_reminder(None, limits.NEAR, at(16), PUBLISHED) is None


@pytest.mark.parametrize(
    ("when", "may"),
    [
        (at(16, 8, 29), False),
        (at(16, 8, 30), True),
        (at(16, 19, 59), True),
        (at(16, 20), False),
        (at(21, 10), False),
    ],
)
def test_nobody_is_reminded_by_night_or_on_a_day_off(when, may):
    assert limits.may_remind(when, PUBLISHED) is may


def test_a_day_off_of_ones_own_keeps_reminders_away():
    assert not limits.may_remind(at(16), WorkingDays({date(2026, 3, 16): False}))


def test_the_near_limit_is_the_last_that_is_yellow():
    assert limits.near_until(at(19), PUBLISHED) == end_of_day(date(2026, 3, 22))


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(
    lambda each: each.replace(tzinfo=LOCAL)
)


@given(first=INSTANTS, parts=st.lists(st.integers(0, 400), min_size=2, max_size=4))
def test_stretches_that_meet_add_up_to_the_whole(first, parts):
    ends = [first]
    for hours in parts:
        ends.append(ends[-1] + timedelta(hours=hours))

    days = [PUBLISHED.rested(since, until) for since, until in itertools.pairwise(ends)]

    assert sum(days) == PUBLISHED.rested(ends[0], ends[-1])


@given(opened=INSTANTS, days=st.integers(0, 40))
def test_reminders_come_in_order_in_the_morning_of_working_days_after_the_item_was_opened(opened, days):
    due = PUBLISHED.due_after(opened, days)
    found, stage = [], limits.NEAR
    while (coming := limits.next_reminder(due, stage, opened, PUBLISHED)) is not None:
        found.append(coming)
        stage = coming[0] + 1

    moments = [moment for _, moment in found]
    assert moments == sorted(set(moments))
    assert all(moment > opened and limits.may_remind(moment, PUBLISHED) for moment in moments)
    assert all((moment < due) is (number == limits.NEAR) for number, moment in found)
