"""Changing a day of the calendar: an administrator who handles no cases says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflows import calendars
from workflows.calendars import CalendarDay
from workflows.clock import local_date, published
from workflows.commands import Command, Context
from workflows.errors import Invalid, NotAllowed

if TYPE_CHECKING:
    from workflows.commands import Actor

ADMINISTRATOR = "procedure_admin"
LONGEST_REASON = 500


class NotAdministrator(NotAllowed):
    """Somebody else's to do."""

    code = "calendar.not_administrator"
    sentence = "只有事项管理员可以调整工作日。"


class HandlesCases(NotAllowed):
    """Whose own limits depend on the calendar does not change it."""

    code = "calendar.handles_cases"
    sentence = "您承担办件的办理角色，不能调整工作日，请由其他事项管理员办理。"


def require_administrator(actor: Actor) -> None:
    """Refuse unless ``actor`` administers procedures and does nothing else."""
    if not actor.holds(ADMINISTRATOR):
        raise NotAdministrator
    if any(grant.role != ADMINISTRATOR for grant in actor.grants):
        raise HandlesCases


def years(today: date) -> tuple[int, int]:
    """The years whose days may be changed: this one and the next."""
    return today.year, today.year + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDay(Command[int]):
    """调整 a day: offices ``works``, or rest; None goes by the published calendar again. Gives the row's id.

    Limits that were set before keep their instants; what is reckoned from now on goes by the change.
    """

    day: date
    works: bool | None
    why: str

    def authorise(self, ctx: Context) -> None:
        """An administrator of procedures who handles no cases."""
        require_administrator(ctx.actor)

    def run(self, ctx: Context) -> int:
        """Check that it changes something, and add the row."""
        calendars.in_turn(ctx)
        before = _changed(ctx, self.day)
        errors = {**self._unfit(ctx), **self._idle(stood=before)}
        if errors:
            raise Invalid(errors)
        row = CalendarDay(
            day=self.day,
            works=self.works,
            why=self.why.strip(),
            by_id=ctx.actor.person_id,
            by=ctx.actor.name,
            at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record("calendar", day=self.day.isoformat(), works=self.works, before=before, why=row.why)
        return row.id

    def _unfit(self, ctx: Context) -> dict[str, str]:
        errors = {}
        if self.day.year not in years(local_date(ctx.now)):
            errors["day"] = "只能调整今年和明年的日子。"
        if not self.why.strip() or len(self.why) > LONGEST_REASON:
            errors["why"] = f"请写明调整的依据和理由，不超过 {LONGEST_REASON} 字。"
        return errors

    def _idle(self, *, stood: bool | None) -> dict[str, str]:
        """Why the change would change nothing."""
        if self.works is None:
            return {} if stood is not None else {"works": "这一天没有调整过，本来就按公布的日历。"}
        stands = published(self.day) if stood is None else stood
        if self.works is not stands:
            return {}
        return {"works": f"这一天现在就是{'工作日' if stands else '休息日'}，不用调整。"}


def _changed(ctx: Context, day: date) -> bool | None:
    """What the newest change said of the day; None where the published calendar stands."""
    query = select(CalendarDay.works).where(CalendarDay.day == day).order_by(CalendarDay.id.desc()).limit(1)
    return ctx.session.scalar(query)
