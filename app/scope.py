"""Who may know of a case: the one rule behind every list, page, paper and API answer about cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from workflows import exclusion, withholding
from workflows.cases import Case, UnknownCase
from workflows.commands import (
    COUNTY_PREFIX,
    TOWNSHIP_PREFIX,
    VILLAGE_PREFIX,
    division_prefix,
    division_span,
)
from workflows.copies import CaseCopy
from workflows.journal import StepRecord
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from workflows.commands import Actor, Grant

BLIND = {"household", "procedure_admin", "system_officer", "security_officer", "audit_officer"}
"""Roles that open no case by their division: a household sees its own; who administers sees none."""

BY_ITEM = {"department"}
"""Units of these levels see the cases they were asked about, not everyone's of the county."""


def spans(actor: Actor) -> list[tuple[str, str]]:
    """First and last division code of each area the actor looks after by office, not by single case."""
    return [division_span(grant.division) for grant in actor.grants if _by_division(grant)]


def seen_by(actor: Actor) -> set[str]:
    """Marks of which every case that ``visible`` lets the actor read bears at least one; see ``marks``.

    They only narrow what an index looks through. Whoever lets somebody read a case in a new way adds its
    mark to both.
    """
    found = {_OF_PERSON + str(actor.person_id)}
    for grant in actor.grants:
        if _by_division(grant):
            found.add(WITHIN + division_prefix(grant.division))
        elif grant.role not in BLIND:
            found.add(_OF_UNIT + str(grant.unit_id))
    for absent in actor.standing_for:
        found.add(_OF_PERSON + str(absent.person_id))
        found.update(_OF_UNIT + str(grant.unit_id) for grant in absent.grants)
    return found


def marks(division: str, people: Iterable[int | None], units: Iterable[int]) -> set[str]:
    """The marks of a case: where it lies, who started it, holds its items or was sent it, which units act."""
    within = {WITHIN + division[:length] for length in (COUNTY_PREFIX, TOWNSHIP_PREFIX, VILLAGE_PREFIX)}
    own = {_OF_PERSON + str(person) for person in people if person is not None}
    return within | own | {_OF_UNIT + str(unit) for unit in units}


WITHIN, _OF_PERSON, _OF_UNIT = "@division:", "@person:", "@unit:"


def _by_division(grant: Grant) -> bool:
    return grant.role not in BLIND and (grant.level not in BY_ITEM or grant.role == "supervisor")


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on Case under which ``actor`` may read it."""
    if actor.person_id is None:
        return false()
    conditions: list[ColumnElement[bool]] = [
        _took_part(WorkItem.assignee_id == actor.person_id),
        exists(select(CaseCopy.id).where(CaseCopy.case_id == Case.id, CaseCopy.person_id == actor.person_id)),
    ]
    for grant in actor.grants:
        condition = _by_grant(grant)
        if condition is not None:
            conditions.append(condition)
    for absent in actor.standing_for:
        # What a deputy may act on they may read; nothing else of the absent person's.
        conditions += [_took_part(condition) for condition in exclusion.of_absent(actor, absent)]
    told = or_(~Case.kept, Case.id.not_in(withholding.kept_from(actor)))
    return or_(Case.started_by_id == actor.person_id, and_(told, or_(*conditions)))


def _by_grant(grant: Grant) -> ColumnElement[bool] | None:
    if grant.role in BLIND:
        return None
    if not _by_division(grant):
        return _took_part(WorkItem.unit_id == grant.unit_id)
    within = Case.division.between(*division_span(grant.division))
    return and_(within, or_(~Case.kept, _took_part(WorkItem.unit_id == grant.unit_id)))


def _took_part(condition: Any) -> ColumnElement[bool]:
    return exists(select(WorkItem.id).where(and_(WorkItem.case_id == Case.id, condition)))


def oversees(actor: Actor, division: str) -> bool:
    """Whether the actor administers or supervises the procedures of ``division``."""
    roles = ("procedure_admin", "supervisor")
    return any(grant.role in roles and grant.reaches(division) for grant in actor.grants)


def readable(session: Session, actor: Actor, number: str) -> Case:
    """The case of that number if ``actor`` may read it; raises UnknownCase for both reasons alike."""
    case = session.scalars(select(Case).where(Case.number == number, visible(actor))).one_or_none()
    if case is None:
        raise UnknownCase
    return case


def provable(session: Session, actor: Actor, number: str) -> Case:
    """The case of that number if ``actor`` may take its evidence: the audit officer's is every case.

    Raises UnknownCase.
    """
    if not actor.holds("audit_officer"):
        return readable(session, actor, number)
    case = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    if case is None:
        raise UnknownCase
    return case


def readable_id(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether ``actor`` may read the case with that id: asked for its papers and attachments."""
    return session.scalar(select(Case.id).where(Case.id == case_id, visible(actor))) is not None


def handled(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether ``actor`` took a step of the case."""
    query = (
        select(StepRecord.seq)
        .where(StepRecord.case_id == case_id, StepRecord.actor_id == actor.person_id)
        .limit(1)
    )
    return session.scalar(query) is not None
