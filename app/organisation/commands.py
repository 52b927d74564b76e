"""Changes to the organisation: divisions and units, people, accounts, roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from app.organisation import divisions
from app.organisation.models import (
    OFFICER_KINDS,
    WORKING_KINDS,
    Account,
    Division,
    Person,
    Post,
    RoleGrant,
    Unit,
)
from app.organisation.roles import DEPARTMENT_ROLE, DEPARTMENTS, OFFICERS, ROLES
from workflows.commands import Command, Context
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound

STREAM = "organisation"


class OnlySystemOfficer(NotAllowed):
    """Units, people and accounts are the system officer's."""

    code = "organisation.system_officer_only"
    sentence = "只有系统管理员可以维护单位、人员和账号。"


class OnlySecurityOfficer(NotAllowed):
    """Roles are granted and taken by the security officer alone."""

    code = "organisation.security_officer_only"
    sentence = "只有安全管理员可以授予或收回角色。"


class OfficersComeFromTheConsole(NotAllowed):
    """An officer's account is power itself: it is made on the machine, by who installed it."""

    code = "organisation.officer_account"
    sentence = "系统、安全、审计管理员的账号只能在服务器控制台上设立和停用。"


class NoSuchUnit(NotFound):
    """The unit named does not exist."""

    code = "unit.unknown"
    sentence = "没有找到这个单位。"


class NoSuchPerson(NotFound):
    """The person named does not exist."""

    code = "person.unknown"
    sentence = "没有找到这个人员。"


class NoWorkingAccount(Conflict):
    """A role needs an account of a working kind."""

    code = "grant.no_account"
    sentence = "该人员没有可承担业务角色的账号；三员不得承担业务角色。"


class RoleDoesNotFit(Conflict):
    """The role is not one of this sort of unit."""

    code = "grant.role_does_not_fit"
    sentence = "“{unit}”不是承担“{role}”的单位。"


class GrantIsOver(NotFound):
    """The grant does not exist or was already taken back."""

    code = "grant.over"
    sentence = "没有找到这项角色，或已收回。"


def _is_office(ctx: Context) -> bool:
    """Whether the machine itself asks: the console, or the system at its start."""
    return ctx.actor.kind in {"console", "system"}


def _require_system_officer(ctx: Context) -> None:
    ctx.require(_is_office(ctx) or ctx.actor.holds("system_officer"), OnlySystemOfficer)


def _require_security_officer(ctx: Context) -> None:
    ctx.require(_is_office(ctx) or ctx.actor.holds("security_officer"), OnlySecurityOfficer)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many divisions and units were new."""

    divisions: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDivisions(Command[Loaded]):
    """Enter the divisions and units of the files that are not there yet; again changes nothing."""

    def authorise(self, ctx: Context) -> None:
        _require_system_officer(ctx)

    def run(self, ctx: Context) -> Loaded:
        rows = divisions.read_divisions()
        known = set(ctx.session.scalars(select(Division.code)))
        fresh = [
            {"code": row.code, "name": row.name, "kind": row.kind, "level": row.level, "parent": row.parent}
            for row in rows
            if row.code not in known
        ]
        if fresh:
            ctx.session.execute(insert(Division), fresh)
        units = self._units(ctx, rows)
        ctx.record(STREAM, divisions=len(fresh), units=units)
        return Loaded(len(fresh), units)

    def _units(self, ctx: Context, rows: list[divisions.DivisionRow]) -> int:
        rows_known = ctx.session.execute(select(Unit.division, Unit.office, Unit.department))
        known = {(row.division, row.office, row.department) for row in rows_known}
        fresh = [
            {
                "name": unit.name,
                "office": unit.office,
                "department": unit.department,
                "level": unit.level,
                "division": unit.division,
            }
            for unit in divisions.read_units(rows)
            if (unit.division, unit.office, unit.department) not in known
        ]
        if fresh:
            ctx.session.execute(insert(Unit), fresh)
        return len(fresh)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUnit(Command[int]):
    """Set up a unit that acts for a division; gives its id."""

    name: str
    office: str
    level: str
    division: str
    department: str = ""

    def authorise(self, ctx: Context) -> None:
        _require_system_officer(ctx)

    def run(self, ctx: Context) -> int:
        self._check(ctx)
        unit = Unit(
            name=self.name.strip(),
            office=self.office,
            level=self.level,
            division=self.division,
            department=self.department,
        )
        ctx.session.add(unit)
        ctx.session.flush()
        ctx.record(STREAM, unit=unit.id, name=unit.name, division=unit.division)
        return unit.id

    def _check(self, ctx: Context) -> None:
        errors: dict[str, str] = {}
        if not self.name.strip():
            errors["name"] = "请填写单位名称。"
        if self.office not in {role.office for role in ROLES.values()} | {"farm_company"}:
            errors["office"] = "请选择单位类别。"
        if (self.office == DEPARTMENT_ROLE) != (self.department in DEPARTMENTS):
            errors["department"] = "行业主管部门须选明是哪个部门，其他单位不填。"
        if ctx.session.get(Division, self.division) is None:
            errors["division"] = "没有这个行政区划，请从列表中选择。"
        if errors:
            raise Invalid(errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePerson(Command[int]):
    """Enter a person; ``phone`` and ``identity`` come sealed. Gives the id."""

    name: str
    phone: dict[str, str] | None = field(default=None, repr=False)
    identity: dict[str, str] | None = field(default=None, repr=False)

    def authorise(self, ctx: Context) -> None:
        _require_system_officer(ctx)

    def run(self, ctx: Context) -> int:
        name = self.name.strip()
        if not name:
            raise Invalid({"name": "请填写姓名。"})
        person = enter_person(ctx, name, phone=self.phone, identity=self.identity)
        ctx.record(STREAM, person=person.id, name=name)
        return person.id


def enter_person(
    ctx: Context, name: str, *, phone: dict[str, str] | None = None, identity: dict[str, str] | None = None
) -> Person:
    """Add a person inside a running command; ``phone`` and ``identity`` are sealed values."""
    person = Person(
        name=name,
        phone=phone,
        phone_hash=phone["hash"] if phone else None,
        identity=identity,
        identity_hash=identity["hash"] if identity else None,
        created_at=ctx.now,
    )
    ctx.session.add(person)
    ctx.session.flush()
    return person


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccount(Command[int]):
    """Give a person something to sign in with; ``password_hash`` is of a first password they must change."""

    person_id: int
    username: str
    kind: str
    password_hash: str = field(repr=False)
    must_change: bool = True

    def authorise(self, ctx: Context) -> None:
        _require_system_officer(ctx)
        ctx.require(_is_office(ctx) or self.kind not in OFFICER_KINDS, OfficersComeFromTheConsole)

    def run(self, ctx: Context) -> int:
        ctx.require(ctx.session.get(Person, self.person_id) is not None, NoSuchPerson)
        username = self.username.strip()
        if not 3 <= len(username) <= 40 or any(sign.isspace() for sign in username):
            raise Invalid({"username": "用户名为 3 至 40 个字符，不含空格。"})
        account = Account(
            person_id=self.person_id,
            username=username,
            kind=self.kind,
            password_hash=self.password_hash,
            must_change=self.must_change,
            created_at=ctx.now,
        )
        ctx.session.add(account)
        ctx.session.flush()
        ctx.record(STREAM, account=account.id, person=self.person_id, username=username, kind=self.kind)
        return account.id


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAccountActive(Command[None]):
    """Stop an account, or let it be used again; stopping ends its sessions and tokens at once."""

    account_id: int
    active: bool
    reason: str

    def authorise(self, ctx: Context) -> None:
        _require_system_officer(ctx)
        ctx.require(self.account_id != ctx.actor.account_id)

    def run(self, ctx: Context) -> None:
        if not self.reason.strip():
            raise Invalid({"reason": "请写明原因。"})
        account = ctx.session.get(Account, self.account_id, with_for_update=True)
        if account is None:
            raise NotFound
        ctx.require(_is_office(ctx) or account.kind not in OFFICER_KINDS, OfficersComeFromTheConsole)
        account.active = self.active
        account.session_epoch += 1
        ctx.record(STREAM, account=account.id, active=self.active, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointPost(Command[None]):
    """Note the title a person bears in a unit; it gives no power."""

    person_id: int
    unit_id: int
    title: str

    def authorise(self, ctx: Context) -> None:
        _require_system_officer(ctx)

    def run(self, ctx: Context) -> None:
        ctx.require(ctx.session.get(Person, self.person_id) is not None, NoSuchPerson)
        ctx.require(ctx.session.get(Unit, self.unit_id) is not None, NoSuchUnit)
        if not self.title.strip():
            raise Invalid({"title": "请填写职务。"})
        ctx.session.add(Post(person_id=self.person_id, unit_id=self.unit_id, title=self.title.strip()))
        ctx.record(STREAM, person=self.person_id, unit=self.unit_id, title=self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole(Command[int]):
    """Let a person act in a role for a unit, from now on; gives the grant's id."""

    person_id: int
    unit_id: int
    role: str

    def authorise(self, ctx: Context) -> None:
        _require_security_officer(ctx)
        # Nobody gives power to themselves, not even who gives it to others.
        ctx.require(ctx.actor.person_id is None or ctx.actor.person_id != self.person_id)

    def run(self, ctx: Context) -> int:
        unit = ctx.session.get(Unit, self.unit_id)
        if unit is None:
            raise NoSuchUnit
        _require_fit(unit, self.role)
        kind = ctx.session.scalar(select(Account.kind).where(Account.person_id == self.person_id))
        ctx.require(kind in WORKING_KINDS, NoWorkingAccount)
        grant = RoleGrant(
            person_id=self.person_id,
            account_kind=kind,
            unit_id=unit.id,
            role=self.role,
            valid_from=ctx.now,
        )
        ctx.session.add(grant)
        ctx.session.flush()
        ctx.record(STREAM, grant=grant.id, **_facts(grant))
        return grant.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole(Command[None]):
    """Take a role back, from now on; what was done under it stays done."""

    grant_id: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        _require_security_officer(ctx)

    def run(self, ctx: Context) -> None:
        if not self.reason.strip():
            raise Invalid({"reason": "请写明收回的原因。"})
        grant = ctx.session.get(RoleGrant, self.grant_id, with_for_update=True)
        if grant is None or grant.valid_until is not None:
            raise GrantIsOver
        grant.valid_until = max(ctx.now, grant.valid_from)
        ctx.record(STREAM, grant=grant.id, reason=self.reason, **_facts(grant))


def _facts(grant: RoleGrant) -> dict[str, Any]:
    return {"person": grant.person_id, "unit": grant.unit_id, "role": grant.role}


def _require_fit(unit: Unit, role: str) -> None:
    """Refuse a role that this sort of unit does not act in."""
    known = ROLES.get(role)
    if known is None:
        raise Invalid({"role": f"没有“{OFFICERS.get(role, role)}”这一业务角色。"})
    office = "township_government" if unit.office == "farm_company" else unit.office
    fits = office == known.office and known.department in {"", unit.department}
    if not fits:
        raise RoleDoesNotFit(unit=unit.name, role=known.name)
