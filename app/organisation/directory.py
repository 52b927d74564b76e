"""Answers the engine's questions about the office: who acts for a case, what a division is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select

from app.organisation.divisions import county_of, level_of, township_of
from app.organisation.models import Account, Division, Person, Relative, RoleGrant, Unit
from app.organisation.queries import people_holding_any
from app.organisation.roles import DEPARTMENT_ROLE, DEPARTMENTS, NOT_STAFF, ROLES, role_name
from workflows.commands import division_span
from workflows.errors import Conflict
from workflows.ports import StaffRef, UnitRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

_LEVEL_NAMES = {
    "village": "村级",
    "township": "乡级",
    "farm": "乡级",
    "county": "县级",
    "department": "县级部门",
    "system": "系统",
}

# Where the state farms answer beside the 苏木镇, their company does what a township government does.
_STANDS_IN = {"township_government": "farm_company"}

# Asked for every item that is opened, so both are built once.
_unit, _division = Unit.__table__.c, Division.__table__.c
_ACTING = select(_unit.id, _unit.name, _unit.level, _unit.division).where(
    _unit.division == bindparam("division"),
    or_(_unit.office == bindparam("office"), _unit.office == bindparam("other")),
    _unit.department == bindparam("department"),
)
_CALLED = (
    select(_unit.id, _unit.name, _unit.level, _unit.division, _unit.department)
    .where(
        or_(
            _unit.name == bindparam("name"),
            _unit.name == bindparam("full"),
            _unit.department == bindparam("department"),
        ),
        _unit.division >= bindparam("first"),
        _unit.division <= bindparam("last"),
    )
    .limit(2)
)
_DIVISIONS = (
    select(_unit.division)
    .where(
        or_(_unit.level == bindparam("level"), _unit.level == bindparam("other")),
        _unit.division >= bindparam("first"),
        _unit.division <= bindparam("last"),
    )
    .distinct()
    .order_by(_unit.division)
)
# 民政局 is what the sources call the bureau of 民政, whatever its sign says.
_KEYS = {word: key for key, word in DEPARTMENTS.items()}
_NAME = select(_division.name).where(_division.code == bindparam("code"))

_PEOPLE = select(Person.__table__.c.id).where(
    Person.__table__.c.identity_hash.in_(bindparam("hashes", expanding=True))
)


_relative = Relative.__table__.c
_RELATIVES = select(_relative.person_id, _relative.identity_hash, _relative.household_key).where(
    _relative.person_id.in_(bindparam("people", expanding=True)), _relative.ended_at.is_(None)
)
_DECLARERS = select(_relative.person_id).where(
    _relative.ended_at.is_(None),
    or_(
        _relative.identity_hash.in_(bindparam("hashes", expanding=True)),
        _relative.household_key.in_(bindparam("hashes", expanding=True)),
    ),
)

_grant, _account, _person = RoleGrant.__table__.c, Account.__table__.c, Person.__table__.c
# The newest first, so that the oldest post is the one that is kept.
_STAFF = (
    select(_person.id, _person.name, _grant.role, _unit.id, _unit.name, _unit.level)
    .select_from(RoleGrant.__table__)
    .join(Person.__table__, _person.id == _grant.person_id)
    .join(Account.__table__, _account.person_id == _person.id)
    .join(Unit.__table__, _unit.id == _grant.unit_id)
    .where(
        _person.id.in_(bindparam("people", expanding=True)),
        _grant.role.not_in(NOT_STAFF),
        _grant.valid_until.is_(None),
        _account.active,
        _unit.division >= bindparam("first"),
        _unit.division <= bindparam("last"),
    )
    .order_by(_grant.id.desc())
)


class NoUnit(Conflict):
    """No unit acts in a role for a division; the case cannot go on until one is set up."""

    code = "directory.no_unit"
    sentence = "“{division}”没有承担“{role}”的{level}单位，请联系系统管理员设立后再办。"


class NoUnitOfName(Conflict):
    """A diagram names a unit that is not there, or is there more than once."""

    code = "directory.no_unit_of_name"
    sentence = "“{place}”没有（或不止一个）名为“{name}”的单位，请核对名单，或联系系统管理员。"


class Directory:
    """The directory of this office, asked by the engine inside its transaction."""

    def unit_for(self, session: Session, role: str, level: str, division: str) -> UnitRef:
        """The unit of ``level`` above ``division`` that acts in ``role``; raises NoUnit if there is none."""
        code = division_at(division, level)
        known = ROLES.get(role)
        if code is not None and known is not None:
            asked = {
                "division": code,
                "office": known.office,
                "other": _STANDS_IN.get(known.office, known.office),
                "department": known.department,
            }
            row = session.execute(_ACTING, asked).first()
            if row is not None:
                return UnitRef(id=row.id, name=row.name, level=row.level, division=row.division)
        raise NoUnit(
            division=self.division_name(session, division) or division,
            role=role_name(role),
            level=_LEVEL_NAMES.get(level, ""),
        )

    def unit_called(self, session: Session, name: str, role: str, division: str) -> tuple[str, UnitRef]:
        """The role and unit a diagram names: by a role, a department's key or a unit's name in the county.

        Raises NoUnit or NoUnitOfName.
        """
        asked = f"{DEPARTMENT_ROLE}:{name}" if f"{DEPARTMENT_ROLE}:{name}" in ROLES else name
        if asked in ROLES:
            return asked, self.unit_for(session, asked, ROLES[asked].level, division)
        county = county_of(division)
        place = self.division_name(session, county) or county
        first, last = division_span(county)
        given = {"name": name, "full": place + name, "department": _KEYS.get(name.rstrip("局委"), name)}
        rows = session.execute(_CALLED, {**given, "first": first, "last": last}).all()
        if len(rows) != 1:
            raise NoUnitOfName(name=name, place=place)
        row = rows[0]
        if role == DEPARTMENT_ROLE and row.department:
            role = f"{DEPARTMENT_ROLE}:{row.department}"
        return role, UnitRef(id=row.id, name=row.name, level=row.level, division=row.division)

    def divisions_with(self, session: Session, level: str, within: str) -> list[str]:
        """The divisions at or below ``within`` that have a unit of ``level``, by code.

        At township level the farm companies count, which answer for their territory beside the 苏木镇.
        """
        first, last = division_span(within)
        asked = {"level": level, "other": "farm" if level == "township" else level}
        return list(session.scalars(_DIVISIONS, {**asked, "first": first, "last": last}))

    def division_name(self, session: Session, code: str) -> str | None:
        """The name of a 12-digit division, or None when it is unknown."""
        return session.execute(_NAME, {"code": code}).scalar_one_or_none()

    def holders(self, session: Session, roles: Iterable[str], unit_id: int) -> dict[int, str]:
        """Who holds any of ``roles`` in the unit through an active account: person id → name."""
        return {one.person_id: one.name for one in people_holding_any(session, roles, unit_id)}

    def staff(self, session: Session, people: Iterable[int], within: str) -> dict[int, StaffRef]:
        """Those of ``people`` who handle casework at or below ``within``: each with their oldest post."""
        first, last = division_span(within)
        rows = session.execute(_STAFF, {"people": list(people), "first": first, "last": last})
        return {row.id: StaffRef(*row) for row in rows}

    def people_with(self, session: Session, hashes: Iterable[str]) -> set[int]:
        """The people registered whose identity number has one of these keyed hashes."""
        return set(session.scalars(_PEOPLE, {"hashes": list(hashes)}))

    def relatives(self, session: Session, people: Iterable[int]) -> dict[int, frozenset[str]]:
        """By person id, the keyed hashes of declared relatives and of the households they live in."""
        found: dict[int, frozenset[str]] = {}
        for row in session.execute(_RELATIVES, {"people": list(people)}):
            own = {key for key in (row.identity_hash, row.household_key) if key}
            found[row.person_id] = found.get(row.person_id, frozenset()) | own
        return found

    def declarers(self, session: Session, hashes: Iterable[str]) -> set[int]:
        """Who has declared a relative with one of these keyed hashes, or living in such a household."""
        return set(session.scalars(_DECLARERS, {"hashes": list(hashes)}))


def division_at(division: str, level: str) -> str | None:
    """The code at ``level`` at or above ``division``; None when the division itself lies above that level."""
    own = level_of(division)
    if level == "village":
        return division if own == "village" else None
    if level in {"township", "farm"}:
        return township_of(division) if own != "county" else None
    return county_of(division) if level in {"county", "department"} else None
