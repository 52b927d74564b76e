"""Periods of a campaign: from one firing of its cycle to the next, with the name offices give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflows import feel, spiff
from workflows.clock import LOCAL, local_date

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def schedule_of(text: str, parameters: Mapping[str, Any], at: datetime) -> spiff.Schedule:
    """The schedule a timer start says, perhaps by its procedure's parameters; raises spiff.Unscheduled."""
    if not text.startswith("="):
        return spiff.schedule(text)
    value = feel.evaluate(text[1:], {"param": dict(parameters)}, at=at.astimezone(LOCAL))
    if not isinstance(value, str):
        raise spiff.Unscheduled(text)
    return spiff.schedule(value)


def period_from(release: Release, schedule: spiff.Schedule, begins_at: datetime) -> Period:
    """The period that begins with a firing of the schedule."""
    kind = str((release.campaign or {}).get("period", "day"))
    name = spiff.period_name(kind, local_date(begins_at))
    return Period(begins_at, schedule.first_from(begins_at + _MOMENT), name)


def current(release: Release, at: datetime) -> Period | None:
    """The period that ``at`` falls into; None before the first, and for what is no campaign."""
    timer = release.start_event().timer
    if release.campaign is None or timer is None:
        return None
    schedule = schedule_of(timer.text, release.parameters, at)
    begun = schedule.last_until(at)
    return None if begun is None else period_from(release, schedule, begun)
