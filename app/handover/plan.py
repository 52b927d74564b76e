"""What a handover would move, to whom, and what it cannot: drawn for the preview and by the command alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.handover import duties
from app.organisation import queries as people
from app.organisation.directory import Directory
from app.organisation.models import CASEWORK, Absence, Account, Person, RoleGrant, Unit
from app.organisation.roles import role_name
from app.registers.finding import related
from workflows import exclusion
from workflows.acting import STAND_INS
from workflows.cases import Case
from workflows.clock import local_date
from workflows.commands import Grant
from workflows.errors import Invalid
from workflows.passing_on import HELD_BY_SOMEBODY
from workflows.work_items import CLAIMED, WorkItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.handover.duties import Duty
    from app.organisation.queries import AccountView

NO_ROLE = "离任人已不承担这一角色，接任人也不承担"
NOBODY = "；本单位暂无其他人可办，请尽快授予角色"


@dataclass(frozen=True, slots=True)
class RoleMove:
    """A role of the leaver: taken back, and granted to the successor unless they hold it."""

    grant_id: int
    role: str
    unit_id: int
    unit: str
    heir_id: int
    heir: str
    held: bool

    @property
    def role_name(self) -> str:
        """What the role is called."""
        return role_name(self.role)


@dataclass(frozen=True, slots=True)
class ItemMove:
    """An open item of the leaver: to whom it goes, or why back to its unit."""

    item_id: int
    case_id: int
    number: str
    procedure: str
    name: str
    unit: str
    kept: bool
    state: str
    heir_id: int | None
    heir: str | None
    why: str = ""

    @property
    def stays(self) -> bool:
        """Whether it goes to nobody: a decision that waits for signatures has no unit to go back to."""
        return self.heir_id is None and self.state != CLAIMED


@dataclass(frozen=True, slots=True)
class DutyMove:
    """A helper duty with its successor; None where it stays."""

    duty: Duty
    heir_id: int | None
    heir: str | None


@dataclass(frozen=True, slots=True)
class AbsenceEnd:
    """An appointment that ends with the leaver: as who was away, or as the deputy."""

    absence_id: int
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything of one person's that a handover touches."""

    person_id: int
    name: str
    roles: tuple[RoleMove, ...]
    items: tuple[ItemMove, ...]
    duties: tuple[DutyMove, ...]
    absences: tuple[AbsenceEnd, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing left that could be moved."""
        movable = [move for move in self.duties if move.heir_id is not None]
        items = [move for move in self.items if not move.stays]
        return not (self.roles or items or movable or self.absences)

    def as_json(self) -> dict[str, Any]:
        """The plan as the report keeps it: no household's name, no number of a case that is kept."""
        return {
            "roles": [
                {"role": move.role_name, "unit": move.unit, "to": move.heir, "held": move.held}
                for move in self.roles
            ],
            "items": [
                {
                    "number": "" if move.kept else move.number,
                    "procedure": move.procedure,
                    "name": move.name,
                    "unit": move.unit,
                    "to": move.heir,
                    "why": move.why,
                }
                for move in self.items
            ],
            "duties": [
                {
                    "number": move.duty.number,
                    "register": move.duty.register_name,
                    "division": move.duty.division_name,
                    "to": move.heir,
                    "why": move.duty.why,
                }
                for move in self.duties
            ],
            "absences": [end.words for end in self.absences],
        }


def drawn(session: Session, leaver: Person, heir: int, others: Mapping[int, int], now: datetime) -> Plan:
    """The plan for ``leaver``: ``heir`` takes everything, but for the grants that ``others`` name.

    Raises Invalid where a successor cannot take roles on.
    """
    heirs = {person: _heir(session, person, leaver.id) for person in {heir, *others.values()}}
    grants = _grants(session, leaver.id)
    unknown = set(others) - {grant_id for grant_id, _ in grants}
    others = {grant: person for grant, person in others.items() if grant not in unknown}
    roles = tuple(_role(grant_id, grant, heirs[others.get(grant_id, heir)]) for grant_id, grant in grants)
    return Plan(
        person_id=leaver.id,
        name=leaver.name,
        roles=roles,
        items=_items(session, leaver.id, roles, heirs, heirs[heir]),
        duties=_duties(session, leaver, grants, roles, heirs[heir]),
        absences=_absences(session, leaver.id, now),
    )


def _heir(session: Session, person_id: int, leaver_id: int) -> AccountView:
    account_id = session.scalar(select(Account.id).where(Account.person_id == person_id, Account.active))
    view = people.account(session, account_id) if account_id is not None else None
    if view is None or view.kind != CASEWORK or person_id == leaver_id:
        raise Invalid({"to": "接任人须是另一位有业务账号的在用人员；农牧户、三员和离任人本人不能接任。"})
    return view


def _grants(session: Session, person_id: int) -> list[tuple[int, Grant]]:
    rows = session.execute(
        select(RoleGrant.id, RoleGrant.role, Unit.id.label("unit_id"), Unit.name, Unit.level, Unit.division)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.valid_until.is_(None),
            RoleGrant.role != "household",
        )
        .order_by(RoleGrant.id)
    )
    return [(row.id, Grant(row.role, row.unit_id, row.name, row.level, row.division)) for row in rows]


def _role(grant_id: int, grant: Grant, heir: AccountView) -> RoleMove:
    held = any(one.role == grant.role and one.unit_id == grant.unit_id for one in heir.grants)
    return RoleMove(grant_id, grant.role, grant.unit_id, grant.unit_name, heir.person_id, heir.name, held)


@dataclass(frozen=True, slots=True)
class _Held:
    item_id: int
    case_id: int
    case_number: str
    procedure_name: str
    name: str
    step: str
    role: str
    unit_id: int
    unit: str
    version_id: int
    started_by_id: int | None
    subject: dict[str, Any]
    kept: bool
    state: str


def _held(session: Session, person_id: int) -> list[_Held]:
    """The open items with the person, of whatever kind, case by case."""
    columns = (
        *(WorkItem.id, WorkItem.case_id, WorkItem.case_number, WorkItem.procedure_name, WorkItem.name),
        *(WorkItem.step, WorkItem.role, WorkItem.unit_id, WorkItem.unit),
        *(Case.version_id, Case.started_by_id, Case.subject, Case.kept, WorkItem.state),
    )
    query = (
        select(*columns)
        .join(Case, Case.id == WorkItem.case_id)
        .where(WorkItem.assignee_id == person_id, WorkItem.state.in_(HELD_BY_SOMEBODY))
        .order_by(WorkItem.case_id, WorkItem.id)
    )
    return [_Held(*row) for row in session.execute(query)]


def _items(
    session: Session,
    leaver_id: int,
    roles: Sequence[RoleMove],
    heirs: Mapping[int, AccountView],
    main: AccountView,
) -> tuple[ItemMove, ...]:
    held = _held(session, leaver_id)
    to = {task.item_id: _successor(task, roles, main) for task in held}
    barred: dict[int, str] = {}
    for person, view in heirs.items():
        mine = [task for task in held if to[task.item_id] == person]
        barred |= exclusion.barred(session, Directory(), mine, view.actor()) if mine else {}
    empty = {
        pair: _nobody(session, leaver_id, *pair) for pair in {(task.role, task.unit_id) for task in held}
    }
    return tuple(
        _move(task, heirs.get(to[task.item_id] or 0), barred.get(task.item_id), empty) for task in held
    )


def _successor(task: _Held, roles: Sequence[RoleMove], main: AccountView) -> int | None:
    """Who takes over the role under which the leaver holds the item; who holds it anyway otherwise."""
    by = {task.role, *STAND_INS.get(task.role, ())}
    fitting = [move.heir_id for move in roles if move.unit_id == task.unit_id and move.role in by]
    if fitting:
        return fitting[0]
    holds = any(grant.unit_id == task.unit_id and grant.role in by for grant in main.grants)
    return main.person_id if holds else None


def _nobody(session: Session, leaver_id: int, role: str, unit_id: int) -> bool:
    """Whether nobody but the leaver can take an item of that role in the unit."""
    takers = people.people_holding_any(session, (role, *STAND_INS.get(role, ())), unit_id)
    return not any(one.person_id != leaver_id for one in takers)


def _move(
    task: _Held, heir: AccountView | None, barred: str | None, empty: Mapping[tuple[str, int], bool]
) -> ItemMove:
    why = NO_ROLE if heir is None else f"{heir.name}{barred}，应当回避" if barred else ""
    if why and task.state != CLAIMED:
        why = f"{why}；这一环节正等待加签，请加签的发起人减签或撤回后另行安排"
    elif why:
        why = f"{why}，退还{task.unit}" + (NOBODY if empty[task.role, task.unit_id] else "")
    taken = heir if not why else None
    return ItemMove(
        item_id=task.item_id,
        case_id=task.case_id,
        number=task.case_number,
        procedure=task.procedure_name,
        name=task.name,
        unit=task.unit,
        kept=task.kept,
        state=task.state,
        heir_id=taken.person_id if taken else None,
        heir=taken.name if taken else None,
        why=why,
    )


def _duties(
    session: Session,
    leaver: Person,
    grants: Sequence[tuple[int, Grant]],
    roles: Sequence[RoleMove],
    main: AccountView,
) -> tuple[DutyMove, ...]:
    by_grant = {move.grant_id: (move.heir_id, move.heir) for move in roles}
    found = []
    for duty in duties.held_by(session, leaver, [grant for _, grant in grants]):
        reaching = [
            by_grant[grant_id] for grant_id, grant in grants if related(duty.division, grant.division)
        ]
        heir_id, heir = (None, None) if duty.why else (reaching or [(main.person_id, main.name)])[0]
        found.append(DutyMove(duty, heir_id, heir))
    return tuple(found)


def _absences(session: Session, person_id: int, now: datetime) -> tuple[AbsenceEnd, ...]:
    """Appointments still in force: trust in a person is not passed on, so they end."""
    rows = session.execute(
        select(Absence, Person.name)
        .join(Person, Person.id == Absence.deputy_id)
        .where(
            (Absence.person_id == person_id) | (Absence.deputy_id == person_id),
            Absence.ended_at.is_(None),
            Absence.last_day >= local_date(now),
        )
        .order_by(Absence.id)
    ).all()
    principals = {row.Absence.person_id for row in rows}
    named = session.execute(select(Person.id, Person.name).where(Person.id.in_(principals)))
    names = {row.id: row.name for row in named}
    return tuple(
        AbsenceEnd(
            row.Absence.id,
            f"{names[row.Absence.person_id]}委托{row.name}（{row.Absence.first_day}至{row.Absence.last_day}）",
        )
        for row in rows
    )
