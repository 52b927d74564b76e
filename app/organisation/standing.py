"""For whom a person stands in: the appointments that name them as deputy, with what each covers."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, select

from app.organisation.models import Absence, Account, Person, RoleGrant, Unit
from workflows.clock import end_of_day, start_of_day
from workflows.commands import Grant, StandIn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import RowMapping
    from sqlalchemy.orm import Session

NOT_HANDED_OVER = frozenset({"household", "procedure_admin"})
"""Roles no deputy takes on: a household is nobody's office, and publishing rules is no casework."""

# Asked with every request of somebody who does casework, so over plain tables and built once.
_absence, _person, _account = Absence.__table__, Person.__table__, Account.__table__
_grant, _unit = RoleGrant.__table__, Unit.__table__
_STANDING = (
    select(
        _absence.c.id,
        _absence.c.person_id,
        _person.c.name,
        _absence.c.unit_id,
        _absence.c.procedures,
        _absence.c.first_day,
        _absence.c.last_day,
        _grant.c.role,
        _grant.c.unit_id.label("grant_unit"),
        _unit.c.name.label("unit_name"),
        _unit.c.level,
        _unit.c.division,
    )
    .select_from(_absence)
    .join(_person, _person.c.id == _absence.c.person_id)
    .join(_account, and_(_account.c.person_id == _absence.c.person_id, _account.c.active))
    .join(_grant, and_(_grant.c.person_id == _absence.c.person_id, _grant.c.valid_until.is_(None)))
    .join(_unit, _unit.c.id == _grant.c.unit_id)
    .where(_absence.c.deputy_id == bindparam("deputy"), _absence.c.ended_at.is_(None))
    .order_by(_absence.c.id, _grant.c.id)
)


def stand_ins(session: Session, person_id: int, grants: Iterable[Grant]) -> tuple[StandIn, ...]:
    """The appointments of a deputy, in one query, those of other days too: ``Actor.at`` picks by the clock.

    An absent person's own deputies are not looked at, so no power is passed on twice; and who no longer
    works in the unit stands in for nobody there.
    """
    units = {grant.unit_id for grant in grants if grant.role not in NOT_HANDED_OVER}
    if not units:
        return ()
    rows = session.execute(_STANDING, {"deputy": person_id}).mappings()
    found = (list(group) for _, group in groupby(rows, key=lambda row: row["id"]))
    return tuple(_stand_in(group) for group in found if group[0]["unit_id"] in units)


def _stand_in(rows: list[RowMapping]) -> StandIn:
    first = rows[0]
    return StandIn(
        absence_id=first["id"],
        person_id=first["person_id"],
        name=first["name"],
        grants=tuple(
            Grant(row["role"], row["grant_unit"], row["unit_name"], row["level"], row["division"])
            for row in rows
            if row["grant_unit"] == first["unit_id"] and row["role"] not in NOT_HANDED_OVER
        ),
        units=tuple(row["grant_unit"] for row in rows if row["role"] != "household"),
        procedures=None if first["procedures"] is None else frozenset(first["procedures"]),
        since=start_of_day(first["first_day"]),
        until=end_of_day(first["last_day"]),
    )
