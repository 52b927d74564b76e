"""离岗委托: appoint a deputy for a time, and end it early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.absences import queries
from app.absences.queries import UnknownAbsence
from app.organisation.models import Absence, Account, Person
from workflows import outbox
from workflows.catalogue import Procedure
from workflows.clock import end_of_day, local_date
from workflows.commands import Command
from workflows.errors import Conflict, Invalid, NotAllowed

if TYPE_CHECKING:
    from workflows.commands import Context

MOST_DAYS = 366
"""Who is away for longer hands over their work instead (交接)."""

OVER = "absence.over"
"""The effect that tells both when the last day has passed."""

PAGE = "/me/absences"
LONGEST_REASON = 500


class OnlyOneself(NotAllowed):
    """Nobody gives another's work away: a person on leave appoints their own deputy."""

    code = "absence.only_oneself"
    sentence = "离岗委托只能由本人办理；本人无法办理的，由系统管理人员在服务器控制台上代办。"


class NoCasework(NotAllowed):
    """Who holds no role has no work to leave to anybody."""

    code = "absence.no_casework"
    sentence = "离岗委托只适用于在单位承担业务角色的人员。"


class Overlapping(Conflict):
    """There is an appointment for those days already."""

    code = "absence.overlapping"
    sentence = "{first}至{last}已委托{deputy}，时间与之重叠；请先结束原委托，或改选日期。"


class NotInForce(Conflict):
    """It is over, or was ended already."""

    code = "absence.over"
    sentence = "这项离岗委托已结束，无需再结束。"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointDeputy(Command[int]):
    """Let a colleague of the same unit act for the person from one day to another. Gives the absence's id.

    ``procedures`` are keys; none means all. ``unit_id`` may be left out where the person works in one unit.
    """

    person_id: int
    deputy_id: int
    first_day: date
    last_day: date
    reason: str
    unit_id: int | None = None
    procedures: tuple[str, ...] = ()

    def authorise(self, ctx: Context) -> None:
        """The person themself, or the machine."""
        ctx.require(is_office(ctx) or ctx.actor.person_id == self.person_id, OnlyOneself)
        # Two requests of one person meet here, and the second sees what the first wrote.
        locked = select(Account.id).where(Account.person_id == self.person_id).with_for_update()
        ctx.require(ctx.session.execute(locked).first() is not None, NoCasework)
        ctx.require(bool(queries.units_of(ctx.session, self.person_id)), NoCasework)

    def run(self, ctx: Context) -> int:
        """Check, write down, tell both."""
        unit_id, errors = self._unit(ctx), self._faults(ctx)
        if unit_id is None:
            errors["unit"] = "您在不止一个单位任职，请选择委托哪个单位的工作。"
        if not errors and not self._fits(ctx, unit_id):
            errors["deputy"] = "请选择本单位承担业务角色的一位同事；农牧户、三员和本人不能受托。"
        if errors:
            raise Invalid(errors)
        self._require_free(ctx, unit_id or 0)
        row = Absence(
            person_id=self.person_id,
            deputy_id=self.deputy_id,
            unit_id=unit_id or 0,
            procedures=sorted(set(self.procedures)) or None,
            first_day=self.first_day,
            last_day=self.last_day,
            reason=self.reason.strip(),
            made_at=ctx.now,
            made_by=ctx.actor.name,
        )
        ctx.session.add(row)
        ctx.session.flush()
        _record(ctx, row)
        _tell(ctx, row, "absence_made")
        outbox.promise_at(ctx, end_of_day(self.last_day), OVER, absence=row.id)
        return row.id

    def _unit(self, ctx: Context) -> int | None:
        units = queries.units_of(ctx.session, self.person_id)
        if self.unit_id is not None:
            return self.unit_id if self.unit_id in units else 0
        return next(iter(units)) if len(units) == 1 else None

    def _faults(self, ctx: Context) -> dict[str, str]:
        errors: dict[str, str] = {}
        if self.first_day < local_date(ctx.now):
            errors["from"] = "起始日期不能早于今天。"
        if self.last_day < self.first_day:
            errors["until"] = "截止日期不能早于起始日期。"
        elif self.last_day - self.first_day >= timedelta(days=MOST_DAYS):
            errors["until"] = f"一次最长委托 {MOST_DAYS} 天；离任的请办理交接。"
        if not self.reason.strip() or len(self.reason) > LONGEST_REASON:
            errors["reason"] = f"请写明离岗的原因（{LONGEST_REASON} 字以内）。"
        known = set(ctx.session.scalars(select(Procedure.key).where(Procedure.key.in_(self.procedures))))
        if set(self.procedures) - known:
            errors["procedures"] = "所选事项中有不存在的，请从列表中选择。"
        return errors

    def _fits(self, ctx: Context, unit_id: int | None) -> bool:
        found = queries.candidates(ctx.session, self.person_id)
        return (unit_id, self.deputy_id) in {(one.unit_id, one.person_id) for one in found}

    def _require_free(self, ctx: Context, unit_id: int) -> None:
        other = ctx.session.execute(
            select(Absence.first_day, Absence.last_day, Person.name)
            .join(Person, Person.id == Absence.deputy_id)
            .where(
                Absence.person_id == self.person_id,
                Absence.unit_id == unit_id,
                Absence.ended_at.is_(None),
                Absence.first_day <= self.last_day,
                Absence.last_day >= self.first_day,
            )
            .limit(1)
        ).one_or_none()
        if other is not None:
            raise Overlapping(first=other.first_day, last=other.last_day, deputy=other.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAbsence(Command[int]):
    """End an appointment before its last day, at once; what was done under it stays done. Gives its id."""

    absence_id: int
    reason: str = ""

    def authorise(self, ctx: Context) -> None:
        """Who appointed, or the machine; to anybody else it does not exist."""
        row = ctx.session.get(Absence, self.absence_id, with_for_update=True)
        known = row is not None and (is_office(ctx) or ctx.actor.person_id == row.person_id)
        ctx.require(known, UnknownAbsence)

    def run(self, ctx: Context) -> int:
        """Say when and by whom, and tell both."""
        row = ctx.session.get_one(Absence, self.absence_id)
        if row.ended_at is not None or row.last_day < local_date(ctx.now):
            raise NotInForce
        end(ctx, row, self.reason)
        _record(ctx, row)
        return row.id


def is_office(ctx: Context) -> bool:
    """Whether the machine itself asks."""
    return ctx.actor.kind in {"console", "system"}


def end(ctx: Context, row: Absence, reason: str) -> None:
    """End a locked appointment inside a running command, and tell both."""
    row.ended_at, row.ended_by, row.end_reason = ctx.now, ctx.actor.name, reason.strip() or None
    _tell(ctx, row, "absence_ended")


def _record(ctx: Context, row: Absence) -> None:
    ctx.record(
        f"absence:{row.id}",
        absence=row.id,
        person=row.person_id,
        deputy=row.deputy_id,
        unit=row.unit_id,
        procedures=row.procedures,
        first_day=row.first_day.isoformat(),
        last_day=row.last_day.isoformat(),
        reason=row.end_reason if row.ended_at else row.reason,
        ended=row.ended_at is not None,
    )


def facts(ctx: Context, row: Absence) -> dict[str, str]:
    """What a message about an absence names: its people, days and extent."""
    asked = select(Person.id, Person.name).where(Person.id.in_((row.person_id, row.deputy_id)))
    names = {found.id: found.name for found in ctx.session.execute(asked)}
    return {
        "person": names[row.person_id],
        "deputy": names[row.deputy_id],
        "days": f"{row.first_day}至{row.last_day}" if row.last_day > row.first_day else f"{row.first_day}",
        "what": f"{len(row.procedures)}个事项的待办" if row.procedures else "全部待办",
    }


def _tell(ctx: Context, row: Absence, about: str) -> None:
    for person in (row.person_id, row.deputy_id):
        outbox.promise(ctx, "message", person_id=person, about=about, link=PAGE, **facts(ctx, row))
