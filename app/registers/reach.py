"""Which rows a person may know of: by division, by role, and never what is kept from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, false, or_

from app.registers import definition
from app.registers.definition import Definition, UnknownRegister
from app.registers.finding import related
from app.registers.models import RegisterRow, RegisterWithheld
from app.scope import BLIND, spans
from workflows.commands import division_span

if TYPE_CHECKING:
    from workflows.commands import Actor, Grant


def holds_any(grant: Grant, roles: tuple[str, ...]) -> bool:
    """Whether a grant is of one of the roles; a department's role stands for every department's."""
    return grant.role in roles or grant.role.partition(":")[0] in roles


def areas(actor: Actor, of: Definition) -> tuple[tuple[str, str], ...]:
    """First and last division code of each area in which the actor reads the register."""
    if not of.readers:
        return tuple(dict.fromkeys(spans(actor)))
    grants = (grant for grant in actor.grants if grant.role not in BLIND and holds_any(grant, of.readers))
    return tuple(dict.fromkeys(division_span(grant.division) for grant in grants))


def readable(actor: Actor) -> list[Definition]:
    """The registers of the actor's own localities that the actor may read."""
    return [one for one in definition.every().values() if _concerns(one, areas(actor, one))]


def _concerns(one: Definition, found: tuple[tuple[str, str], ...]) -> bool:
    places = [definition.LOCALITIES[locality][1] for locality in one.localities]
    return any(related(first, place) for first, _ in found for place in places)


def opened(actor: Actor, key: str) -> Definition:
    """The register of that key; raises UnknownRegister also where its readers are others."""
    found = definition.named(key)
    if found.readers and not areas(actor, found):
        raise UnknownRegister
    return found


def within(actor: Actor, *registers: Definition) -> ColumnElement[bool]:
    """Rows of these registers that the actor may read."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for one in registers:
        groups.setdefault(areas(actor, one), []).append(one.key)
    conditions = [
        and_(RegisterRow.register.in_(keys), or_(*(RegisterRow.division.between(*area) for area in found)))
        for found, keys in groups.items()
        if found
    ]
    return and_(or_(*conditions), ~withheld(actor)) if conditions else false()


def withheld(actor: Actor) -> ColumnElement[bool]:
    """Whether a row is about a complaint against the actor or a unit the actor belongs to."""
    names = {actor.name, *(grant.unit_name for grant in actor.grants)}
    return exists().where(RegisterWithheld.row_id == RegisterRow.id, RegisterWithheld.name.in_(names))


def may_write(actor: Actor, of: Definition, division: str) -> bool:
    """Whether the actor registers and corrects by hand there."""
    return any(
        holds_any(grant, of.writers) and division_span(grant.division)[0] <= division <= _last(grant)
        for grant in actor.grants
        if grant.role not in BLIND
    )


def _last(grant: Grant) -> str:
    return division_span(grant.division)[1]


def writes(actor: Actor, of: Definition) -> bool:
    """Whether there is any division in which the actor registers by hand."""
    places = [definition.LOCALITIES[locality][1] for locality in of.localities]
    return any(
        holds_any(grant, of.writers) and any(related(grant.division, place) for place in places)
        for grant in actor.grants
        if grant.role not in BLIND
    )
