"""Reads of what was sent to a person to know or to read, and of whom a case can be sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Select, func, select

from app.organisation.queries import staff_within
from workflows import withholding
from workflows.cases import Case
from workflows.commands import COUNTY_PREFIX, VILLAGE_PREFIX
from workflows.copies import CaseCopy, UnknownCopy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.organisation.queries import StaffOfUnit
    from workflows.commands import Actor


class Sent(NamedTuple):
    """A copy with the case it is of."""

    copy: CaseCopy
    case: Case


def _mine(actor: Actor) -> Select[CaseCopy, Case]:
    """Copies for the actor, but of cases that may not be known to them (any more)."""
    return (
        select(CaseCopy, Case)
        .join(Case, Case.id == CaseCopy.case_id)
        .where(CaseCopy.person_id == (actor.person_id or 0), Case.id.not_in(withholding.kept_from(actor)))
    )


def copies(
    session: Session, actor: Actor, *, unread: bool, before: int | None = None, limit: int = 20
) -> list[Sent]:
    """What was sent to the actor, newest first; only what is not read yet when asked."""
    asked = _mine(actor).order_by(CaseCopy.id.desc()).limit(limit)
    if unread:
        asked = asked.where(CaseCopy.read_at.is_(None))
    if before is not None:
        asked = asked.where(CaseCopy.id < before)
    return [Sent(*row) for row in session.execute(asked)]


def count_unread(session: Session, actor: Actor) -> int:
    """How many the actor has not read."""
    unread = _mine(actor).where(CaseCopy.read_at.is_(None)).with_only_columns(func.count())
    return session.scalar(unread) or 0


def copy(session: Session, actor: Actor, copy_id: int) -> Sent:
    """One of the actor's own; raises UnknownCopy for anybody else's."""
    found = session.execute(_mine(actor).where(CaseCopy.id == copy_id)).one_or_none()
    if found is None:
        raise UnknownCopy
    return Sent(*found)


def readers(session: Session, actor: Actor, case: Case) -> list[StaffOfUnit]:
    """Whom the case can be sent to: who handles casework in its county, the actor's own unit first."""
    county = case.division[:COUNTY_PREFIX].ljust(VILLAGE_PREFIX, "0")
    own = next((grant.unit_id for grant in actor.grants), None)
    out = {actor.person_id, *withholding.people(session, case.id)}
    left = [
        unit._replace(people=[one for one in unit.people if one.person_id not in out])
        for unit in staff_within(session, county, own)
    ]
    return [unit for unit in left if unit.people]
