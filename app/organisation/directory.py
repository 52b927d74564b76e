"""Answers the engine's questions about the office: who acts for a case, what a division is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select

from app.organisation.divisions import county_of, level_of, township_of
from app.organisation.models import Division, Unit
from app.organisation.queries import people_holding_any
from app.organisation.roles import ROLES, role_name
from workflows.errors import Conflict
from workflows.ports import UnitRef

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
_NAME = select(_division.name).where(_division.code == bindparam("code"))


class NoUnit(Conflict):
    """No unit acts in a role for a division; the case cannot go on until one is set up."""

    code = "directory.no_unit"
    sentence = "“{division}”没有承担“{role}”的{level}单位，请联系系统管理员设立后再办。"


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

    def division_name(self, session: Session, code: str) -> str | None:
        """The name of a 12-digit division, or None when it is unknown."""
        return session.execute(_NAME, {"code": code}).scalar_one_or_none()

    def holders(self, session: Session, roles: Iterable[str], unit_id: int) -> dict[int, str]:
        """Who holds any of ``roles`` in the unit through an active account: person id → name."""
        return {one.person_id: one.name for one in people_holding_any(session, roles, unit_id)}


def division_at(division: str, level: str) -> str | None:
    """The code at ``level`` at or above ``division``; None when the division itself lies above that level."""
    own = level_of(division)
    if level == "village":
        return division if own == "village" else None
    if level in {"township", "farm"}:
        return township_of(division) if own != "county" else None
    return county_of(division) if level in {"county", "department"} else None
