"""Reads about absences: one's own in both directions, and whom one may appoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.organisation.models import CASEWORK, Absence, Account, Person, RoleGrant, Unit
from app.organisation.standing import NOT_HANDED_OVER
from workflows import catalogue
from workflows.catalogue import Procedure
from workflows.clock import local_date
from workflows.commands import division_prefix
from workflows.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

MOST_ROWS = 200
"""So many absences of one person are shown, newest first."""

COMING, IN_FORCE, OVER, ENDED = "coming", "in_force", "over", "ended"

WORDS = {COMING: "未开始", IN_FORCE: "生效中", OVER: "已期满", ENDED: "已提前结束"}


class UnknownAbsence(NotFound):
    """No such absence, or somebody else's."""

    code = "absence.unknown"
    sentence = "没有找到这项离岗委托。"


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """An absence as its two people see it."""

    id: int
    person_id: int
    person: str
    deputy_id: int
    deputy: str
    unit_id: int
    unit: str
    procedures: tuple[tuple[str, str], ...] | None
    """Key and name of each procedure it is for; None for all."""
    first_day: date
    last_day: date
    reason: str
    made_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    state: str

    @property
    def is_live(self) -> bool:
        """Whether it still is, or will be, in force."""
        return self.state in {COMING, IN_FORCE}

    @property
    def words(self) -> str:
        """Its state in words."""
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be appointed for the work of one unit."""

    unit_id: int
    unit: str
    person_id: int
    name: str


_principal, _deputy = aliased(Person), aliased(Person)


def _asked() -> Select[Absence, str, str, str]:
    return (
        select(Absence, _principal.name, _deputy.name, Unit.name)
        .join(_principal, _principal.id == Absence.person_id)
        .join(_deputy, _deputy.id == Absence.deputy_id)
        .join(Unit, Unit.id == Absence.unit_id)
        .order_by(Absence.id.desc())
        .limit(MOST_ROWS)
    )


def of_person(session: Session, person_id: int, now: datetime) -> list[AbsenceView]:
    """The person's absences and those in which they are the deputy, newest first."""
    mine = or_(Absence.person_id == person_id, Absence.deputy_id == person_id)
    return _views(session, session.execute(_asked().where(mine)).all(), now)


def absence(session: Session, person_id: int, absence_id: int, now: datetime) -> AbsenceView:
    """One absence, for its two people; raises UnknownAbsence for anybody else."""
    rows = session.execute(_asked().where(Absence.id == absence_id)).all()
    found = [one for one in _views(session, rows, now) if person_id in (one.person_id, one.deputy_id)]
    if not found:
        raise UnknownAbsence
    return found[0]


def _views(
    session: Session, found: Sequence[Row[Absence, str, str, str]], now: datetime
) -> list[AbsenceView]:
    keys = {key for row, *_ in found for key in row.procedures or ()}
    names = _names(session, keys)
    return [
        AbsenceView(
            id=row.id,
            person_id=row.person_id,
            person=person,
            deputy_id=row.deputy_id,
            deputy=deputy,
            unit_id=row.unit_id,
            unit=unit,
            procedures=None
            if row.procedures is None
            else tuple((key, names.get(key, key)) for key in row.procedures),
            first_day=row.first_day,
            last_day=row.last_day,
            reason=row.reason,
            made_at=row.made_at,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
            end_reason=row.end_reason,
            state=state_of(row, now),
        )
        for row, person, deputy, unit in found
    ]


def _names(session: Session, keys: set[str]) -> dict[str, str]:
    if not keys:
        return {}
    rows = session.execute(select(Procedure.key, Procedure.name).where(Procedure.key.in_(keys)))
    return {row.key: row.name for row in rows}


def state_of(row: Absence, now: datetime) -> str:
    """Where an absence stands on the application's day."""
    today = local_date(now)
    if row.ended_at is not None:
        return ENDED
    if today < row.first_day:
        return COMING
    return IN_FORCE if today <= row.last_day else OVER


def units_of(session: Session, person_id: int) -> dict[int, Unit]:
    """The units in which the person does casework."""
    rows = session.scalars(
        select(Unit)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.valid_until.is_(None),
            RoleGrant.account_kind == CASEWORK,
            RoleGrant.role.not_in(NOT_HANDED_OVER),
        )
        .distinct()
        .order_by(Unit.id)
    )
    return {unit.id: unit for unit in rows}


def candidates(session: Session, person_id: int) -> list[Candidate]:
    """Whom the person may appoint: who else does casework in the same unit, by unit and name.

    Nobody of another unit: the level above reviews what the one below did, and one person would do both.
    """
    units = units_of(session, person_id)
    rows = session.execute(
        select(RoleGrant.unit_id, Person.id, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(
            RoleGrant.unit_id.in_(units),
            RoleGrant.valid_until.is_(None),
            RoleGrant.role.not_in(NOT_HANDED_OVER),
            RoleGrant.person_id != person_id,
            Account.active,
            Account.kind == CASEWORK,
        )
        .distinct()
        .order_by(RoleGrant.unit_id, Person.name, Person.id)
    )
    return [Candidate(row.unit_id, units[row.unit_id].name, row.id, row.name) for row in rows]


def procedures_for(session: Session, person_id: int) -> list[tuple[str, str]]:
    """Key and name of each procedure in force where the person works."""
    places = [unit.division for unit in units_of(session, person_id).values()]
    return [
        (release.key, release.name)
        for release in catalogue.in_force(session)
        if any(
            place.startswith(division_prefix(release.division))
            or release.division.startswith(division_prefix(place))
            for place in places
        )
    ]
