"""Reads of the officers: units, accounts, grants, sessions, rules; never a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from app.organisation import queries as organisation
from app.organisation.models import OFFICER_KINDS, Account, Person, RoleGrant, Unit
from app.organisation.roles import OFFICERS, role_name
from app.security.models import SignInRule, Token, WebSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

KINDS = {"casework": "工作人员", "household": "农牧户", **OFFICERS}
"""What each kind of account is called."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in a list; the roles are those in force."""

    id: int
    person_id: int
    name: str
    username: str
    kind: str
    active: bool
    barred_at: datetime | None
    locked_until: datetime | None
    created_at: datetime
    must_change: bool
    phone: str
    subject: str

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return KINDS.get(self.kind, self.kind)

    @property
    def officer(self) -> bool:
        """Whether it is one of the three."""
        return self.kind in OFFICER_KINDS

    def state(self, now: datetime) -> str:
        """One word of how it stands."""
        if not self.active:
            return "stopped"
        if self.barred_at is not None:
            return "barred"
        return "waits" if self.locked_until and self.locked_until > now else "open"


def _accounts() -> Select[*tuple[Any, ...]]:
    return select(Account, Person.name, Person.phone).join(Person, Person.id == Account.person_id)


def _account(row: Row[*tuple[Any, ...]]) -> AccountRow:
    account: Account = row[0]
    return AccountRow(
        account.id,
        account.person_id,
        row.name,
        account.username,
        account.kind,
        account.active,
        account.barred_at,
        account.locked_until,
        account.created_at,
        account.must_change,
        (row.phone or {}).get("mask", ""),
        (account.oidc_subject or "").partition("#")[2],
    )


def accounts(
    session: Session,
    *,
    words: str = "",
    kind: str = "",
    state: str = "",
    now: datetime,
    after: int | None = None,
    limit: int = 20,
) -> list[AccountRow]:
    """Accounts by number, narrowed by name or user name, by kind and by how they stand."""
    query = _accounts().order_by(Account.id).limit(limit)
    if words:
        query = query.where(or_(_like(Person.name, words), _like(Account.username, words)))
    if kind in KINDS:
        query = query.where(Account.kind == kind)
    narrowed = _standing(state, now)
    if narrowed is not None:
        query = query.where(narrowed)
    if after is not None:
        query = query.where(Account.id > after)
    return [_account(row) for row in session.execute(query)]


def _standing(state: str, now: datetime) -> ColumnElement[bool] | None:
    locked = or_(Account.barred_at.is_not(None), Account.locked_until > now)
    return {"stopped": Account.active.is_(False), "locked": and_(Account.active, locked)}.get(state)


def _like(column: Any, words: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.contains(words.strip(), autoescape=True)
    return found


def account(session: Session, account_id: int) -> AccountRow | None:
    """One account, in use or not."""
    row = session.execute(_accounts().where(Account.id == account_id)).one_or_none()
    return _account(row) if row else None


class UnitRow(NamedTuple):
    """A unit in a list."""

    id: int
    name: str
    office: str
    level: str
    division: str
    path: str


def units(session: Session, *, words: str = "", after: int | None = None, limit: int = 20) -> list[UnitRow]:
    """Units by number, narrowed by name or division code."""
    query = select(Unit).order_by(Unit.id).limit(limit)
    if words:
        query = query.where(
            or_(_like(Unit.name, words), Unit.division.startswith(words.strip(), autoescape=True))
        )
    if after is not None:
        query = query.where(Unit.id > after)
    rows = session.scalars(query).all()
    paths = organisation.division_paths(session, [row.division for row in rows])
    return [UnitRow(r.id, r.name, r.office, r.level, r.division, paths[r.division]) for r in rows]


class Choice(NamedTuple):
    """A unit to choose."""

    id: int
    name: str


def units_to_choose(session: Session) -> list[Choice]:
    """Every unit, from the county down."""
    rows = session.execute(select(Unit.id, Unit.name).order_by(Unit.division, Unit.name, Unit.id))
    return [Choice(row.id, row.name) for row in rows]


class GrantRow(NamedTuple):
    """A role in force, with who holds it."""

    id: int
    person_id: int
    account_id: int
    name: str
    username: str
    unit: str
    role: str
    since: datetime

    @property
    def role_name(self) -> str:
        """The role in words."""
        return role_name(self.role)


def grants(
    session: Session,
    *,
    words: str = "",
    role: str = "",
    account_id: int | None = None,
    after: int | None = None,
    limit: int = 20,
) -> list[GrantRow]:
    """Roles in force, the newest first, narrowed by person, unit or role."""
    query = _grants().limit(limit)
    if words:
        anywhere = (_like(Person.name, words), _like(Account.username, words), _like(Unit.name, words))
        query = query.where(or_(*anywhere))
    if role:
        query = query.where(RoleGrant.role == role)
    if account_id is not None:
        query = query.where(Account.id == account_id)
    if after is not None:
        query = query.where(RoleGrant.id < after)
    return [GrantRow(*row) for row in session.execute(query)]


def _grants() -> Select[*tuple[Any, ...]]:
    return (
        select(
            RoleGrant.id,
            Person.id,
            Account.id,
            Person.name,
            Account.username,
            Unit.name,
            RoleGrant.role,
            RoleGrant.valid_from,
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.valid_until.is_(None))
        .order_by(RoleGrant.id.desc())
    )


def grant(session: Session, grant_id: int) -> GrantRow | None:
    """One role in force."""
    row = session.execute(_grants().where(RoleGrant.id == grant_id)).one_or_none()
    return GrantRow(*row) if row else None


class SessionRow(NamedTuple):
    """A session of a page or a token of a program that is still good."""

    id: int
    account_id: int
    name: str
    username: str
    kind: str
    method: str
    device: str
    since: datetime


def sessions(
    session: Session,
    *,
    now: datetime,
    longest: timedelta,
    words: str = "",
    account_id: int | None = None,
    after: int | None = None,
    limit: int = 20,
) -> list[SessionRow]:
    """Sessions not ended and not too old, the newest first; ``now`` is the machine's time."""
    query = (
        select(
            WebSession.id,
            Account.id,
            Person.name,
            Account.username,
            Account.kind,
            WebSession.method,
            WebSession.device,
            WebSession.began_at,
        )
        .join(Account, Account.id == WebSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            WebSession.ended_at.is_(None),
            WebSession.began_at > now - longest,
            WebSession.epoch == Account.session_epoch,
            Account.active,
        )
        .order_by(WebSession.id.desc())
        .limit(limit)
    )
    return [SessionRow(*row) for row in session.execute(_narrow(query, WebSession, words, account_id, after))]


def _narrow(
    query: Select[*tuple[Any, ...]], table: type[Any], words: str, account_id: int | None, after: int | None
) -> Select[*tuple[Any, ...]]:
    if words:
        query = query.where(or_(_like(Person.name, words), _like(Account.username, words)))
    if account_id is not None:
        query = query.where(Account.id == account_id)
    return query.where(table.id < after) if after is not None else query


def tokens(session: Session, account_id: int, now: datetime, limit: int = 20) -> list[Token]:
    """The tokens of an account that are still good, the newest first; ``now`` is the machine's time."""
    query = (
        select(Token)
        .join(Account, Account.id == Token.account_id)
        .where(Token.account_id == account_id, Token.expires_at > now, Token.epoch == Account.session_epoch)
        .order_by(Token.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def rules_set(session: Session, limit: int = 20) -> Sequence[SignInRule]:
    """The rules as they were set, the newest first."""
    return session.scalars(select(SignInRule).order_by(SignInRule.id.desc()).limit(limit)).all()


class Tally(NamedTuple):
    """How much there is of what the system officer looks after."""

    units: int
    people: int
    accounts: int
    stopped: int


def tally(session: Session) -> Tally:
    """Units, people and accounts, counted."""
    return Tally(
        session.scalar(select(func.count()).select_from(Unit)) or 0,
        session.scalar(select(func.count()).select_from(Person)) or 0,
        session.scalar(select(func.count()).select_from(Account)) or 0,
        session.scalar(select(func.count()).where(Account.active.is_(False))) or 0,
    )
