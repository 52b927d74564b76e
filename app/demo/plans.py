"""Which way each case of a demonstration goes, and when each of its steps is taken."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflows.clock import LOCAL, PUBLISHED, end_of_day, local_date

CALENDAR = PUBLISHED

ROUND = ("check", "review", "post", "end")
"""From 入户核实 to the end of the notice."""

COURSES: dict[str, tuple[int, tuple[str, ...]]] = {
    "一次通过": (9, (*ROUND, "approve", "decide")),
    "镇（街道）退回": (3, (*ROUND, "return", *ROUND, "approve", "decide")),
    "公示异议": (2, ("check", "review", "post", "object", *ROUND, "approve", "decide")),
    "异议成立": (1, ("check", "review", "post", "object", "dismiss")),
    "评议不通过": (1, ("check", "disagree", *ROUND, "approve", "decide")),
    "核实不属实": (2, ("dismiss",)),
    "区级审定不通过": (2, (*ROUND, "approve", "refuse")),
}
"""Each course with its share of the finished cases, and what is done in it after the application."""

STANDING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("入户核实", ()),
    ("评议", ("check",)),
    ("公示", ("check", "review")),
    ("公示期内", ("check", "review", "post")),
    ("镇（街道）审核", ROUND),
    ("区级比对审定", (*ROUND, "approve")),
    ("退回后核实", (*ROUND, "return")),
    ("异议后核实", ("check", "review", "post", "object")),
)
"""Where running cases stand, and what has been done in them so far."""

EVERY, OF_THEM_STANDING, ONE_LATE_OF = 5, 2, 3
"""Two cases of five are still running, one of three of those is overdue."""

LONGEST_AGO = 180
DAYS_OVERDUE = (8, 20)

PACE = {"check": (1, 4), "approve": (1, 2), "return": (1, 2), "decide": (2, 5), "refuse": (2, 5)}
"""Working days from the step before, least and most; one day where nothing else is said."""

NOTICE_DAYS = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """One case to be made: what is done and at which instants; the first is the application."""

    number: int
    label: str
    acts: tuple[str, ...]
    at: tuple[datetime, ...]


def plan(number: int, until: datetime, seed: int) -> Plan:
    """The ``number``-th case, all of it before ``until``; the same again for the same seed and instant."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 (made-up cases, not secrets)
    fives, place = divmod(number, EVERY)
    if place < OF_THEM_STANDING:
        turn = fives * OF_THEM_STANDING + place
        label, acts = STANDING[turn % len(STANDING)]
        late = turn % ONE_LATE_OF == 0 and label != "公示期内"
        longer = dice.randint(*DAYS_OVERDUE) if late else 0
    else:
        turn = fives * (EVERY - OF_THEM_STANDING) + place - OF_THEM_STANDING
        label = _TURNS[turn * _STRIDE % len(_TURNS)]
        acts = COURSES[label][1]
        longer = dice.randint(0, LONGEST_AGO)
    return Plan(number, label, ("apply", *acts), _instants(acts, until, longer, dice.randint(0, 2**31)))


_TURNS = [label for label, (share, _) in COURSES.items() for _ in range(share)]
_STRIDE = 7  # shares no divisor with the 20 turns, so that every course comes early and none in a row


def _instants(acts: tuple[str, ...], until: datetime, longer: int, seed: int) -> tuple[datetime, ...]:
    """The latest course on working days that is over before ``until``, and ``longer`` days earlier."""
    day = local_date(until) - timedelta(days=longer)
    limit = until - timedelta(days=longer)
    while True:
        if CALENDAR.is_working(day):
            found = _from(day, acts, random.Random(seed))  # noqa: S311
            if found[-1] < limit:
                return found
        day -= timedelta(days=1)


def _from(day: date, acts: tuple[str, ...], dice: random.Random) -> tuple[datetime, ...]:
    found = [_in_office_hours(day, dice)]
    for act in acts:
        if act == "end":
            found.append(end_of_day(day + timedelta(days=NOTICE_DAYS)) + timedelta(seconds=1))
        else:
            day = _next(local_date(found[-1]), act, dice)
            found.append(_in_office_hours(day, dice))
    return tuple(found)


def _next(day: date, act: str, dice: random.Random) -> date:
    if act == "object":  # the public keeps no office hours, but the notice its days
        return day + timedelta(days=dice.randint(1, NOTICE_DAYS - 1))
    return CALENDAR.after(day, dice.randint(*PACE.get(act, (1, 1))))


def _in_office_hours(day: date, dice: random.Random) -> datetime:
    minutes = dice.randint(8 * 60 + 30, 17 * 60 + 30)
    return datetime.combine(day, time(minutes // 60, minutes % 60, dice.randint(0, 59)), LOCAL)
