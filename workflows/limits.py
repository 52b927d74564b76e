"""Time limits reckoned in working days: on which day one ends, when it is near, where a pause moves it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from workflows.clock import LOCAL, local_date, start_of_day

if TYPE_CHECKING:
    from workflows.clock import WorkingDays

NEAR_DAYS = 1
"""With so many working days left a limit is near."""

NEAR, DUE = 0, 1
"""The first stages of reminding: the limit is near, it is over; those after it say again that it is."""

AGAIN_EVERY, AGAIN_TIMES = 3, 5
"""Once a limit is over, it is said again every so many working days, so many times."""

OPENS, CLOSES = time(8, 30), time(20, 0)
"""Between these hours of a working day people are reminded, Beijing time."""


def last_day(due_at: datetime) -> date:
    """The day that still counts in full: a limit at 24:00 belongs to the day before."""
    return local_date(due_at - datetime.resolution)


def near_until(now: datetime, calendar: WorkingDays) -> datetime:
    """The latest limit that is near at ``now``."""
    return start_of_day(calendar.after(local_date(now), NEAR_DAYS + 1))


def reminder_at(due_at: datetime, stage: int, opened_at: datetime, calendar: WorkingDays) -> datetime | None:
    """When a stage of reminding about a limit comes: in the morning of a working day; None for no such stage.

    What is opened when its limit is near already is reminded of on the next morning, if there is one before.
    """
    if stage > DUE + AGAIN_TIMES:
        return None
    if stage >= DUE:
        # The first working day after the last one, then every third after that.
        return _morning(calendar.after(last_day(due_at), 1 + AGAIN_EVERY * (stage - DUE)))
    last = calendar.before(last_day(due_at) + timedelta(days=1), 1)
    near = _morning(calendar.before(last, NEAR_DAYS))
    if near < opened_at:
        near = _morning(calendar.after(local_date(opened_at), 1))
    return near if near < due_at else None


def next_reminder(
    due_at: datetime | None, stage: int, opened_at: datetime, calendar: WorkingDays
) -> tuple[int, datetime] | None:
    """The first stage from ``stage`` on that has a moment, and that moment; None when none is left."""
    if due_at is None:
        return None
    for each in range(stage, DUE + AGAIN_TIMES + 1):
        at = reminder_at(due_at, each, opened_at, calendar)
        if at is not None:
            return each, at
    return None


def may_remind(now: datetime, calendar: WorkingDays) -> bool:
    """Whether offices work now: nobody is reminded by night or on a day off."""
    local = now.astimezone(LOCAL)
    return OPENS <= local.time() < CLOSES and calendar.is_working(local.date())


def next_morning(now: datetime, calendar: WorkingDays) -> datetime:
    """When people may be reminded on the next working day."""
    return _morning(calendar.after(local_date(now), 1))


def _morning(day: date) -> datetime:
    return datetime.combine(day, OPENS, LOCAL).astimezone(UTC)
