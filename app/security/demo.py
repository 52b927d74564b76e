"""The people of a demonstration: made-up accounts for every role, with one printed password."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from app.organisation import queries as organisation
from app.organisation.commands import LoadDivisions, enter_person
from app.organisation.models import CASEWORK, HOUSEHOLD, Account, Person, Post, RoleGrant, Unit
from app.security import sealing
from forms.validators import identity_check_digit
from workflows.commands import Command, Context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.organisation.queries import AccountView

PASSWORD = "Xiangshen-2026"  # noqa: S105 (it is printed for everyone at the start of a demonstration)

ROSTER = Path(__file__).parent / "data" / "demo_people.toml"


@dataclass(frozen=True, slots=True)
class Household:
    """A made-up householder with the numbers a form asks for, plain."""

    username: str
    name: str
    identity: str
    phone: str
    division: str


def _roster() -> dict[str, Any]:
    with ROSTER.open("rb") as file:
        return tomllib.load(file)


def households() -> list[Household]:
    """The householders of the roster, in its order."""
    return [
        Household(one["username"], one["name"], one["identity"], one["phone"], unit["division"])
        for unit in _roster()["unit"]
        for one in unit["person"]
        if one.get("kind") == HOUSEHOLD
    ]


def cadre_of(division: str) -> str:
    """The name of the first cadre of a division's roster; empty where it has none."""
    for unit in _roster()["unit"]:
        if unit["division"] == division:
            return next((one["name"] for one in unit["person"] if one.get("kind") != HOUSEHOLD), "")
    return ""


def usernames() -> list[str]:
    """Every account of the roster."""
    roster = _roster()
    working = [one["username"] for unit in roster["unit"] for one in unit["person"]]
    return working + [one["username"] for one in roster["officer"]]


def accounts(session: Session) -> list[AccountView]:
    """The demonstration's accounts with their units and roles; someone's own account is never among them."""
    return organisation.accounts_named(session, usernames())


def identity_number(region: str, birth: str, serial: int) -> str:
    """A number that passes GB 11643 from a 6-digit region, a date as 19700101 and a serial below 1000."""
    first = f"{region}{birth}{serial:03d}"
    return first + identity_check_digit(first)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPeople(Command[int]):
    """Enter the roster's people, accounts and roles that are not there yet; gives how many were new.

    ``password_hash`` is the hash of PASSWORD, made before the transaction.
    """

    password_hash: str = field(repr=False)

    def authorise(self, ctx: Context) -> None:
        ctx.require(ctx.actor.kind in {"console", "system"})

    def run(self, ctx: Context) -> int:
        LoadDivisions().run(ctx)
        roster = _roster()
        known = set(ctx.session.scalars(select(Account.username)))
        rows = ctx.session.execute(select(Unit.id, Unit.division, Unit.office, Unit.department))
        units = {(row.division, row.office, row.department): row.id for row in rows}
        new = 0
        for one, unit_id in _people(roster, units):
            if one["username"] in known:
                continue
            person = self._enter(ctx, one)
            if unit_id is not None:
                _employ(ctx, person, one, unit_id)
            new += 1
        ctx.record("organisation", people=new)
        return new

    def _enter(self, ctx: Context, one: dict[str, Any]) -> Person:
        person = enter_person(
            ctx,
            one["name"],
            phone=sealing.seal("phone", one["phone"]) if "phone" in one else None,
            identity=sealing.seal("identity", one["identity"]) if "identity" in one else None,
        )
        ctx.session.add(
            Account(
                person_id=person.id,
                username=one["username"],
                password_hash=self.password_hash,
                kind=one.get("kind", CASEWORK),
                created_at=ctx.now,
            )
        )
        ctx.session.flush()
        return person


def _people(
    roster: dict[str, Any], units: dict[tuple[str, str, str], int]
) -> Iterator[tuple[dict[str, Any], int | None]]:
    """Each person with the unit they act for; officers have none."""
    for unit in roster["unit"]:
        unit_id = units[unit["division"], unit["office"], unit.get("department", "")]
        for one in unit["person"]:
            yield one, unit_id
    for officer in roster["officer"]:
        yield officer, None


def _employ(ctx: Context, person: Person, one: dict[str, Any], unit_id: int) -> None:
    kind = one.get("kind", CASEWORK)
    ctx.session.execute(
        insert(RoleGrant),
        [
            {
                "person_id": person.id,
                "account_kind": kind,
                "unit_id": unit_id,
                "role": role,
                "valid_from": ctx.now,
            }
            for role in one["roles"]
        ],
    )
    if "title" in one:
        ctx.session.add(Post(person_id=person.id, unit_id=unit_id, title=one["title"]))
