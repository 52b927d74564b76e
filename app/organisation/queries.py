"""Reads about divisions, units and people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from app.organisation.divisions import county_of, level_of, township_of
from app.organisation.models import (
    CASEWORK,
    NO_RELATIVES,
    OFFICER_KINDS,
    Account,
    Division,
    Person,
    Post,
    Relative,
    RoleGrant,
    Unit,
)
from app.organisation.roles import NOT_STAFF, OFFICE_UNIT, role_name
from app.organisation.standing import stand_ins
from workflows.commands import Actor, Grant, StandIn, division_span
from workflows.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import RowMapping
    from sqlalchemy.orm import Session

NOWHERE = "000000000000"
"""The division of an officer's grant: above nothing, so it covers no case."""


class UnknownAccount(NotFound):
    """No active account has this number."""

    code = "account.unknown"
    sentence = "账号不存在或已停用。"


@dataclass(frozen=True, slots=True)
class AccountView:
    """An active account with its person and grants: what a signed-in request needs."""

    account_id: int
    person_id: int
    name: str
    username: str
    kind: str
    epoch: int
    must_change: bool
    factor: bool
    grants: tuple[Grant, ...]
    identity: str | None = field(default=None, repr=False)
    standing_for: tuple[StandIn, ...] = ()
    has_relatives: bool = False

    def actor(self, device: str = "") -> Actor:
        """The person as a command sees them, asking from ``device``."""
        return Actor(
            kind="person",
            name=self.name,
            person_id=self.person_id,
            account_id=self.account_id,
            grants=self.grants,
            device=device,
            standing_for=self.standing_for,
            identity=self.identity,
            has_relatives=self.has_relatives,
        )

    @property
    def officer(self) -> bool:
        """Whether it is one of the three officers'."""
        return self.kind in OFFICER_KINDS

    @property
    def unit(self) -> str:
        """The name of the first unit the person acts for."""
        return self.grants[0].unit_name if self.grants else ""

    @property
    def roles(self) -> str:
        """The names of the person's roles, each once."""
        return "、".join(dict.fromkeys(role_name(grant.role) for grant in self.grants))


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who can be chosen: to hand an item to, to sign with."""

    person_id: int
    name: str
    titles: tuple[str, ...] = ()


class StaffOfUnit(NamedTuple):
    """A unit and who handles casework in it."""

    unit: str
    people: list[Colleague]


@dataclass(frozen=True, slots=True)
class DivisionView:
    """A division in a picker."""

    code: str
    name: str
    kind: str
    level: str


# Asked with every request, so over plain tables and built once.
_account, _person = Account.__table__, Person.__table__
_grant, _unit, _relative = RoleGrant.__table__, Unit.__table__, Relative.__table__
_HAS_RELATIVES = (
    select(_relative.c.id)
    .where(
        _relative.c.person_id == _account.c.person_id,
        _relative.c.ended_at.is_(None),
        _relative.c.relation != NO_RELATIVES,
    )
    .correlate(_account)
    .exists()
)
_ACCOUNT = (
    select(
        _account.c.id,
        _account.c.person_id,
        _account.c.username,
        _account.c.kind,
        _account.c.session_epoch,
        _account.c.must_change,
        _account.c.factor_at,
        _person.c.name,
        _person.c.identity_hash,
        _HAS_RELATIVES.label("has_relatives"),
        _grant.c.role,
        _unit.c.id.label("unit_id"),
        _unit.c.name.label("unit_name"),
        _unit.c.level,
        _unit.c.division,
    )
    .select_from(_account)
    .join(_person, _person.c.id == _account.c.person_id)
    .outerjoin(_grant, and_(_grant.c.person_id == _account.c.person_id, _grant.c.valid_until.is_(None)))
    .outerjoin(_unit, _unit.c.id == _grant.c.unit_id)
    .where(_account.c.active, _account.c.barred_at.is_(None))
    .order_by(_grant.c.id)
)
_BY_ID = _ACCOUNT.where(_account.c.id == bindparam("account"))


def account(session: Session, account_id: int) -> AccountView | None:
    """The active account with its person, grants and whom they stand in for; None when gone or stopped."""
    rows = session.execute(_BY_ID, {"account": account_id}).mappings().all()
    return _standing(session, _account_view(rows)) if rows else None


def account_named(session: Session, username: str) -> AccountView | None:
    """The same by user name."""
    rows = session.execute(_ACCOUNT.where(_account.c.username == username)).mappings().all()
    return _standing(session, _account_view(rows)) if rows else None


def _standing(session: Session, view: AccountView) -> AccountView:
    if view.kind != CASEWORK:
        return view
    return replace(view, standing_for=stand_ins(session, view.person_id, view.grants))


def accounts_named(session: Session, usernames: Sequence[str]) -> list[AccountView]:
    """The active accounts among ``usernames``, by user name, in one query."""
    rows = session.execute(_ACCOUNT.where(_account.c.username.in_(usernames))).mappings().all()
    grouped: dict[str, list[RowMapping]] = {}
    for row in rows:
        grouped.setdefault(row["username"], []).append(row)
    return [_account_view(grouped[username]) for username in sorted(grouped)]


def actor_of(session: Session, account_id: int, device: str = "") -> Actor:
    """Who acts through an account, with every grant in force; raises UnknownAccount."""
    found = account(session, account_id)
    if found is None:
        raise UnknownAccount
    return found.actor(device)


def _account_view(rows: Sequence[RowMapping]) -> AccountView:
    first = rows[0]
    grants: tuple[Grant, ...]
    if first["kind"] in OFFICER_KINDS:
        grants = (Grant(first["kind"], 0, OFFICE_UNIT, "system", NOWHERE),)
    else:
        grants = tuple(
            Grant(row["role"], row["unit_id"], row["unit_name"], row["level"], row["division"])
            for row in rows
            if row["role"] is not None
        )
    return AccountView(
        account_id=first["id"],
        person_id=first["person_id"],
        name=first["name"],
        username=first["username"],
        kind=first["kind"],
        epoch=first["session_epoch"],
        must_change=first["must_change"],
        factor=first["factor_at"] is not None,
        grants=grants,
        identity=first["identity_hash"],
        has_relatives=first["has_relatives"],
    )


def people_holding(session: Session, role: str, unit_id: int) -> list[Colleague]:
    """Who holds ``role`` in the unit through an active account, by name."""
    return people_holding_any(session, (role,), unit_id)


def people_holding_any(session: Session, roles: Iterable[str], unit_id: int) -> list[Colleague]:
    """Who holds any of ``roles`` in the unit through an active account, each once, by name."""
    rows = session.execute(
        select(Person.id, Person.name)
        .distinct()
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(
            RoleGrant.unit_id == unit_id,
            RoleGrant.role.in_(tuple(roles)),
            RoleGrant.valid_until.is_(None),
            Account.active,
        )
        .order_by(Person.name, Person.id)
    )
    return [Colleague(row.id, row.name) for row in rows]


def colleagues(session: Session, unit_id: int) -> list[Colleague]:
    """Everyone who holds a working role in the unit, by name, with titles; households are not staff."""
    rows = session.execute(
        select(Person.id, Person.name, Post.title)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .outerjoin(Post, and_(Post.person_id == Person.id, Post.unit_id == unit_id))
        .where(
            RoleGrant.unit_id == unit_id,
            RoleGrant.role != "household",
            RoleGrant.valid_until.is_(None),
            Account.active,
        )
        .distinct()
        .order_by(Person.name, Person.id, Post.title)
    )
    found: dict[int, tuple[str, list[str]]] = {}
    for row in rows:
        titles = found.setdefault(row.id, (row.name, []))[1]
        if row.title:
            titles.append(row.title)
    return [Colleague(person, name, tuple(titles)) for person, (name, titles) in found.items()]


def staff_within(session: Session, division: str, first: int | None = None) -> list[StaffOfUnit]:
    """Who handles casework at or below ``division``, by unit: ``first`` first, then from the county down."""
    low, high = division_span(division)
    rows = session.execute(
        select(Unit.id.label("unit_id"), Unit.name.label("unit"), Person.id, Person.name)
        .distinct()
        .select_from(RoleGrant)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(
            Unit.division.between(low, high),
            RoleGrant.role.not_in(NOT_STAFF),
            RoleGrant.valid_until.is_(None),
            Account.active,
        )
        .add_columns(Unit.division)
        .order_by(Unit.division, Unit.name, Person.name, Person.id)
    )
    found: dict[tuple[int, str], list[Colleague]] = {}
    for row in rows:
        found.setdefault((row.unit_id, row.unit), []).append(Colleague(row.id, row.name))
    own_first = sorted(found.items(), key=lambda each: each[0][0] != first)
    return [StaffOfUnit(unit, people) for (_, unit), people in own_first]


def person_name(session: Session, person_id: int) -> str | None:
    """The name of a person."""
    return session.scalar(select(Person.name).where(Person.id == person_id))


def children(session: Session, code: str | None = None) -> list[DivisionView]:
    """The divisions directly below ``code`` (the counties when None), by code."""
    below = Division.parent.is_(None) if code is None else Division.parent == code
    return _divisions(session, below)


def divisions_within(session: Session, code: str) -> list[DivisionView]:
    """``code`` and every division below it, by code."""
    first, last = division_span(code)
    return _divisions(session, Division.code.between(first, last))


def divisions_below(session: Session, codes: Iterable[str]) -> list[DivisionView]:
    """Each of ``codes`` and every division below, each once, by code."""
    spans = [Division.code.between(*division_span(code)) for code in codes]
    return _divisions(session, or_(*spans)) if spans else []


def _divisions(session: Session, condition: object) -> list[DivisionView]:
    rows = session.execute(
        select(Division.code, Division.name, Division.kind, Division.level)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Division.code)
    )
    return [DivisionView(row.code, row.name, row.kind, row.level) for row in rows]


def pickable(session: Session, within: str, level: str) -> list[tuple[DivisionView, str]]:
    """The divisions of ``level`` at or below ``within``, each with the name of the one above it, by code."""
    first, last = division_span(within)
    above = aliased(Division)
    rows = session.execute(
        select(Division.code, Division.name, Division.kind, Division.level, above.name.label("above"))
        .outerjoin(above, above.code == Division.parent)
        .where(Division.code.between(first, last), Division.level == level)
        .order_by(Division.code)
    )
    return [(DivisionView(row.code, row.name, row.kind, row.level), row.above or "") for row in rows]


def division_name(session: Session, code: str) -> str | None:
    """The division's own name, None when unknown."""
    return session.scalar(select(Division.name).where(Division.code == code))


def division_path(session: Session, code: str, joint: str = "·") -> str:
    """From the county down, e.g. 东胜区·泊尔江海子镇·折家梁村; an unknown code is given back as it is."""
    return division_paths(session, [code], joint)[code]


def division_paths(session: Session, codes: Sequence[str], joint: str = "·") -> dict[str, str]:
    """The paths of many divisions in one query."""
    lines = {code: _line(code) for code in codes}
    wanted = {above for line in lines.values() for above in line}
    rows = session.execute(select(Division.code, Division.name).where(Division.code.in_(wanted)))
    names = {row.code: row.name for row in rows}
    return {
        code: joint.join(names[above] for above in line if above in names) or code
        for code, line in lines.items()
    }


def _line(code: str) -> tuple[str, ...]:
    """The codes from the county down to ``code``."""
    return {
        "county": (code,),
        "township": (county_of(code), code),
        "village": (county_of(code), township_of(code), code),
    }[level_of(code)]
