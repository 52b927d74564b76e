"""Periods of a campaign: from one firing of its cycle to the next, with the name offices give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflows import feel, spiff
from workflows.clock import LOCAL, local_date
from workflows.errors import Conflict

if TYPE_CHECKING:
    from workflows.catalogue import Release

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """When it begins and the next one does (UTC; None where none follows), and what it is called."""

    begins_at: datetime
    ends_at: datetime | None
    name: str

    @property
    def first_day(self) -> date:
        """The day it begins."""
        return local_date(self.begins_at)

    @property
    def last_day(self) -> date | None:
        """The day before the next one begins."""
        return None if self.ends_at is None else local_date(self.ends_at) - timedelta(days=1)

    def said(self, *, late: bool) -> dict[str, Any]:
        """What a case keeps of it, under ``campaign``."""
        until = self.last_day
        return {
            "period": self.name,
            "from": self.first_day.isoformat(),
            "until": until and until.isoformat(),
            "late": late,
        }


class NoSchedule(Conflict):
    """The cycle that a procedure begins by came out as none."""

    code = "campaign.no_schedule"
    sentence = "“{name}”的定期周期算不出来，请事项管理员核对其参数。"


def schedule_of(release: Release, at: datetime) -> spiff.Schedule:
    """The schedule of a timer start, perhaps by its procedure's parameters; raises NoSchedule."""
    timer = release.start_event().timer
    value: Any = timer.text if timer else ""
    if value.startswith("="):
        value = feel.evaluate(value[1:], {"param": dict(release.parameters)}, at=at.astimezone(LOCAL))
    try:
        return spiff.schedule(value if isinstance(value, str) else "")
    except spiff.Unscheduled as fault:
        raise NoSchedule(name=release.name) from fault


def period_from(release: Release, schedule: spiff.Schedule, begins_at: datetime) -> Period:
    """The period that begins with a firing of the schedule."""
    kind = str((release.campaign or {}).get("period", "day"))
    name = spiff.period_name(kind, local_date(begins_at))
    return Period(begins_at, schedule.first_from(begins_at + _MOMENT), name)


def current(release: Release, at: datetime) -> Period | None:
    """The period that ``at`` falls into; None before the first, and for what is no campaign."""
    if release.campaign is None or release.start_event().timer is None:
        return None
    schedule = schedule_of(release, at)
    begun = schedule.last_until(at)
    return None if begun is None else period_from(release, schedule, begun)
