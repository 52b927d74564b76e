"""The lamp of a time limit (时限灯): green in time, yellow near, red past; never colour alone."""

from __future__ import annotations

from datetime import datetime

from workflows.clock import WorkingDays, local_date

CALENDAR = WorkingDays()

NEAR_DAYS = 1
"""With so many working days left the lamp is yellow."""

_INSTANT = datetime.resolution


def lamp_of(due_at: datetime | None, now: datetime) -> dict[str, str] | None:
    """Colour and words of a time limit: green in time, yellow near, red past."""
    if due_at is None:
        return None
    # A limit at 24:00 belongs to the day before.
    last, today = local_date(due_at - _INSTANT), local_date(now)
    if due_at <= now:
        late = max(1, -CALENDAR.left(today, last)) if today > last else 1
        return {"colour": "red", "words": f"已超期 {late} 个工作日"}
    left = CALENDAR.left(today, last)
    words = "今日到期" if left == 0 else f"剩 {left} 个工作日"
    return {"colour": "yellow" if left <= NEAR_DAYS else "green", "words": words}
