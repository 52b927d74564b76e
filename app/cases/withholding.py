"""``case.withhold``: a case is kept from whom it complains of, and goes to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.organisation.divisions import county_of
from app.organisation.models import Person, RoleGrant, Unit
from app.organisation.roles import ROLES
from workflows import withholding
from workflows.commands import division_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from workflows.commands import Context
    from workflows.ports import OperationCall

SHORTEST = 3
"""A shorter part of a unit's name fits too many units to be taken for one."""


def withhold(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """Keep the case from the persons and units named, and find the first role of ``among`` left to act.

    Persons are found by name among the county's; with ``their_units`` the units they act for count as
    complained of too (信访工作条例: nothing is handed to who is complained of, or their unit). ``unmatched``
    are the names nobody and no unit in the office bears.
    """
    county = county_of(call.division)
    named, written = _texts(call.inputs.get("people")), _texts(call.inputs.get("units"))
    persons = _persons(ctx.session, county, named)
    units = _units(ctx.session, county, written)
    unmatched = [name for name in named if name not in persons.values()]
    unmatched += [name for name in written if not any(_fits(name, unit) for unit in units.values())]
    if call.inputs.get("their_units"):
        units |= _units_of(ctx.session, persons)
    members = _members(ctx.session, units)
    withholding.withhold(ctx, call.case_number, {*persons, *members}, units)
    role, unit = _left(ctx, call, units)
    return {
        "role": role,
        "unit": unit,
        "units": sorted(units.values()),
        "unmatched": unmatched,
        "why": f"本件不向被反映的 {len(persons)} 人、{len(units)} 个单位显示，也不由其办理",
    }


def _texts(value: object) -> list[str]:
    given = value if isinstance(value, list) else [value]
    return [text for one in given if one and (text := "".join(str(one).split()))]


def _persons(session: Session, county: str, names: Iterable[str]) -> dict[int, str]:
    first, last = division_span(county)
    asked = (
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(Person.name.in_(list(names)), Unit.division.between(first, last))
    )
    return {row.id: row.name for row in session.execute(asked)}


def _units(session: Session, county: str, names: list[str]) -> dict[int, str]:
    first, last = division_span(county)
    every = session.execute(select(Unit.id, Unit.name).where(Unit.division.between(first, last)))
    return {row.id: row.name for row in every if any(_fits(name, row.name) for name in names)}


def _fits(written: str, name: str) -> bool:
    """Whether what was written means the unit: either may leave out the county or a part of its style."""
    return name in written or (len(written) >= SHORTEST and written in name)


def _units_of(session: Session, persons: Iterable[int]) -> dict[int, str]:
    asked = (
        select(Unit.id, Unit.name)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .where(RoleGrant.person_id.in_(list(persons)), RoleGrant.role != "household")
        .where(RoleGrant.valid_until.is_(None))
    )
    return {row.id: row.name for row in session.execute(asked)}


def _members(session: Session, units: Iterable[int]) -> set[int]:
    asked = select(RoleGrant.person_id).where(
        RoleGrant.unit_id.in_(list(units)), RoleGrant.role != "household", RoleGrant.valid_until.is_(None)
    )
    return set(session.scalars(asked))


def _left(ctx: Context, call: OperationCall, units: Mapping[int, str]) -> tuple[str | None, str | None]:
    """The first role whose unit is not complained of, and that unit."""
    for role in _texts(call.inputs.get("among")):
        unit = ctx.host.directory.unit_for(ctx.session, role, ROLES[role].level, call.division)
        if unit.id not in units:
            return role, unit.name
    return None, None
