"""The lamp of a time limit (时限灯): green in time, yellow near, red past, grey paused; words too."""

from __future__ import annotations

from datetime import datetime

from workflows.clock import PUBLISHED, WorkingDays, local_date
from workflows.limits import NEAR_DAYS, last_day

PAUSED = {"colour": "grey", "words": "暂停计时"}


def lamp_of(
    due_at: datetime | None,
    now: datetime,
    paused: bool = False,  # noqa: FBT001, FBT002 (templates say it in passing: due | lamp_of(now, paused))
    *,
    calendar: WorkingDays = PUBLISHED,
) -> dict[str, str] | None:
    """Colour and words of a time limit: green in time, yellow near, red past, grey while it does not run."""
    if due_at is None:
        return None
    if paused:
        return dict(PAUSED)
    late = overdue_days(due_at, now, calendar)
    if late:
        return {"colour": "red", "words": f"已超期 {late} 个工作日"}
    last, today = last_day(due_at), local_date(now)
    left = calendar.left(today, last)
    words = "今日到期" if today == last else f"剩 {left} 个工作日"
    return {"colour": "yellow" if left <= NEAR_DAYS else "green", "words": words}


def overdue_days(due_at: datetime | None, now: datetime, calendar: WorkingDays = PUBLISHED) -> int:
    """By how many working days a limit is past: 0 while it is not, else at least 1."""
    if due_at is None or due_at > now:
        return 0
    last, today = last_day(due_at), local_date(now)
    return max(1, -calendar.left(today, last)) if today > last else 1
