"""How long a notice stands: reckoned in days of Beijing time, ending at 24:00 of the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from workflows.clock import end_of_day, local_date
from workflows.errors import Conflict

if TYPE_CHECKING:
    from workflows.clock import WorkingDays

LEAST_DAYS = 5
"""A village notice stands for no fewer days (不少于5天), whatever a parameter says."""


class TooShort(Conflict):
    """The notice would stand for fewer days than it must."""

    code = "notice.too_short"
    sentence = "公示天数为“{days}”，应为不少于 {least} 的整天数；请管理员核对本事项的公示参数。"


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of ``starts_on`` to 24:00 of ``last_day``."""

    days: int
    starts_on: date
    last_day: date

    @property
    def ends_at(self) -> datetime:
        """The instant at which it is over."""
        return end_of_day(self.last_day)

    @property
    def words(self) -> str:
        """The period as the notice says it: 2026年11月23日至11月27日24时."""
        return words(self.starts_on, self.last_day)


def reckon(
    posted_at: datetime, days: object, *, calendar: WorkingDays, over_holidays: bool = False
) -> Period:
    """The period of a notice posted at ``posted_at``; raises TooShort.

    The day of posting does not count, the next one is the first (民法典第201条). With ``over_holidays`` a
    last day on which offices rest gives way to the next working day (民法典第203条).
    """
    count = _whole(days)
    if count is None or count < LEAST_DAYS:
        raise TooShort(days=days, least=LEAST_DAYS)
    posted_on = local_date(posted_at)
    last = posted_on + timedelta(days=count)
    while over_holidays and not calendar.is_working(last):
        last += timedelta(days=1)
    return Period(count, posted_on + timedelta(days=1), last)


def words(starts_on: date, last_day: date) -> str:
    """A period in words; the year is said again only when it changes."""
    year = f"{last_day.year}年" if last_day.year != starts_on.year else ""
    return (
        f"{starts_on.year}年{starts_on.month}月{starts_on.day}日"
        f"至{year}{last_day.month}月{last_day.day}日24时"
    )


def _whole(days: object) -> int | None:
    try:
        number = float(str(days))
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
