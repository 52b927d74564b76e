"""Reads of 亲属申报: one's own in full, those of a supervisor's area masked, who has declared at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, false, func, or_, select

from app.organisation.models import NO_RELATIVES, Account, Person, Relative, RoleGrant, Unit
from app.organisation.roles import OFFICERS
from app.pages import Page, after, paged, row_number
from app.registers import on_file, reach
from app.security import sealing
from app.words import matches
from workflows.commands import division_span
from workflows.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from app.registers.definition import Definition
    from workflows.commands import Actor

HOUSEHOLD, SUPERVISOR = "household", "supervisor"
UNDECLARED, NOBODY, SOME = "undeclared", "none", "some"

WORDS = {UNDECLARED: "未申报", NOBODY: "没有需要申报的亲属", SOME: "已申报"}
"""How somebody stands with it."""


class UnknownRelative(NotFound):
    """No such declaration, or none of one's own or within one's area."""

    code = "relative.unknown"
    sentence = "没有找到这项亲属申报。"


def is_staff(actor: Actor) -> bool:
    """Whether the actor works here: holds a role that is no household's and no officer's."""
    return any(grant.role != HOUSEHOLD and grant.role not in OFFICERS for grant in actor.grants)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration as it is shown: one's own by name, another's masked."""

    id: int
    relation: str
    name: str
    identity: str
    household: str
    made_at: datetime
    ended_at: datetime | None
    end_reason: str | None

    @property
    def is_none(self) -> bool:
        """Whether it says that there is nobody to declare."""
        return self.relation == NO_RELATIVES


def of_person(session: Session, person_id: int, *, masked: bool) -> list[Declaration]:
    """All declarations of a person, those that hold first, then the newest."""
    query = select(Relative).where(Relative.person_id == person_id)
    rows = session.scalars(query.order_by(Relative.ended_at.is_not(None), Relative.id.desc()))
    return [_shown(row, masked) for row in rows]


def _shown(row: Relative, masked: bool) -> Declaration:  # noqa: FBT001 (said by name above)
    return Declaration(
        id=row.id,
        relation=row.relation,
        name=sealing.name_mask(row.name) if masked else row.name,
        identity=row.identity["mask"] if row.identity else "",
        household=_masked_home(row.household_name) if masked else row.household_name,
        made_at=row.made_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
    )


def _masked_home(said: str) -> str:
    name, open_, place = said.partition("（")
    return f"{sealing.name_mask(name)}{open_}{place}" if said else ""


def standing(session: Session, person_id: int) -> list[Relative]:
    """What a person declares now."""
    query = select(Relative).where(Relative.person_id == person_id, Relative.ended_at.is_(None))
    return list(session.scalars(query.order_by(Relative.id)))


def one(session: Session, relative_id: int) -> Relative:
    """A declaration by its id; raises UnknownRelative."""
    row = session.get(Relative, relative_id)
    if row is None:
        raise UnknownRelative
    return row


def states(session: Session, people: Iterable[int]) -> dict[int, str]:
    """By person id, whether they have declared: undeclared, none, some; never what."""
    wanted = list(people)
    found = dict.fromkeys(wanted, UNDECLARED)
    query = select(Relative.person_id, Relative.relation)
    for row in session.execute(query.where(Relative.person_id.in_(wanted), Relative.ended_at.is_(None))):
        found[row.person_id] = NOBODY if row.relation == NO_RELATIVES else SOME
    return found


# Supervision


def _area(actor: Actor) -> ColumnElement[bool]:
    spans = [division_span(grant.division) for grant in actor.grants if grant.role == SUPERVISOR]
    return or_(false(), *(Unit.division.between(*span) for span in spans))


def _works_there(actor: Actor) -> ColumnElement[bool]:
    held = select(RoleGrant.id).join(Unit, Unit.id == RoleGrant.unit_id)
    return exists(
        held.where(
            RoleGrant.person_id == Person.id,
            RoleGrant.valid_until.is_(None),
            RoleGrant.role != HOUSEHOLD,
            _area(actor),
        )
    )


def supervises(session: Session, actor: Actor, person_id: int) -> bool:
    """Whether the person works in the area that the actor supervises: who has left is another's to watch."""
    if not actor.holds(SUPERVISOR):
        return False
    return session.scalar(select(Person.id).where(Person.id == person_id, _works_there(actor))) is not None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff and how they stand with it."""

    id: int
    name: str
    unit: str
    state: str


def staff(
    session: Session, actor: Actor, *, q: str | None, state: str | None, cursor: str | None, limit: int
) -> Page[Member]:
    """Who works in a supervisor's area, by number, narrowed by name and by how they stand."""
    unit = (
        select(func.min(Unit.name))
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .where(RoleGrant.person_id == Person.id, RoleGrant.valid_until.is_(None), RoleGrant.role != HOUSEHOLD)
        .scalar_subquery()
    )
    query = select(Person.id, Person.name, unit.label("unit")).where(
        exists(select(Account.id).where(Account.person_id == Person.id, Account.active)), _works_there(actor)
    )
    if q:
        query = query.where(matches(q, Person.name))
    if state in WORDS:
        query = query.where(_stands(state))
    came = after(cursor, row_number)
    if came:
        query = query.where(Person.id > came[0])
    rows = session.execute(query.order_by(Person.id).limit(limit + 1)).all()
    known = states(session, [row.id for row in rows])
    found = [Member(row.id, row.name, row.unit or "", known[row.id]) for row in rows]
    return paged(found, limit, lambda row: (row.id,))


def _stands(state: str) -> ColumnElement[bool]:
    open_ = select(Relative.id).where(Relative.person_id == Person.id, Relative.ended_at.is_(None))
    if state == UNDECLARED:
        return ~exists(open_)
    nobody = Relative.relation == NO_RELATIVES
    return exists(open_.where(nobody if state == NOBODY else ~nobody))


def name_of(session: Session, person_id: int) -> str:
    """What a person is called."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""


# Picking a household


def rosters(actor: Actor) -> list[Definition]:
    """The registers of households the actor may look one up in."""
    begins = on_file.ROSTERS[HOUSEHOLD]
    return [of for of in reach.readable(actor) if of.subject == HOUSEHOLD and of.key.startswith(begins)]
