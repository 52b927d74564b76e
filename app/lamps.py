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
    last, today = last_day(due_at), local_date(now)
    if due_at <= now:
        late = max(1, -calendar.left(today, last)) if today > last else 1
        return {"colour": "red", "words": f"已超期 {late} 个工作日"}
    left = calendar.left(today, last)
    words = "今日到期" if today == last else f"剩 {left} 个工作日"
    return {"colour": "yellow" if left <= NEAR_DAYS else "green", "words": words}
