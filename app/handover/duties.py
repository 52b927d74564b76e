"""Helper duties (帮扶联系人) in a handover: which rows of the registers name a person, and who follows.

The registers name a helper by their name alone. A phone number beside it settles who is meant; without
one, a namesake who works in the same place leaves it open, and the row is left for somebody to look at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.organisation.models import Account, Person, RoleGrant, Unit
from app.registers import finding, rows
from app.registers.definition import Definition, every, named
from app.registers.finding import Whom, related
from app.registers.models import RegisterRow, RegisterValue
from app.registers.rows import Deed
from workflows.clock import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from workflows.commands import Context, Grant

HANDED, PAIRED, BEGUN = "已交接", "结对中", "结对"
EVENT, SUCCESSOR, PHONE = "交接", "接任人", "联系电话"

NAMESAKE = "同一地区另有同名人员，名册未写联系电话，不能确定是谁；请核对后在台账中更正。"

_COPIED = ("来源", "包片领导", "包村单位")
"""What follows from the duty, not from the person: who takes over the post takes over its pool."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One row that names the leaver as a helper; ``why`` says why it cannot be moved."""

    row_id: int
    register: str
    register_name: str
    number: str
    division: str
    division_name: str
    why: str = field(default="")


def held_by(session: Session, person: Person, grants: Iterable[Grant]) -> list[Duty]:
    """The open rows that name ``person``, by register and number, as far as the person's grants reach."""
    places = [grant.division for grant in grants]
    namesakes = _namesakes(session, person)
    found: list[Duty] = []
    for definition in _registers():
        query = (
            select(RegisterRow)
            .join(RegisterValue, RegisterValue.row_id == RegisterRow.id)
            .where(
                RegisterValue.name == definition.unique[0],
                RegisterValue.value == person.name,
                RegisterRow.register == definition.key,
                RegisterRow.ended_at.is_(None),
            )
            .order_by(RegisterRow.id)
        )
        found += [
            _duty(definition, row, person, namesakes)
            for row in session.scalars(query)
            if any(related(row.division, place) for place in places) and not _somebody_else(row, person)
        ]
    return found


def _registers() -> list[Definition]:
    """The registers whose rows pass from one helper to the next."""
    return [one for one in every().values() if EVENT in one.events and one.column(SUCCESSOR)]


def _duty(definition: Definition, row: RegisterRow, person: Person, namesakes: list[str]) -> Duty:
    certain = _phone(row) is not None and _phone(row) == person.phone_hash
    unsure = not certain and any(related(row.division, place) for place in namesakes)
    return Duty(
        row_id=row.id,
        register=row.register,
        register_name=definition.name,
        number=row.number,
        division=row.division,
        division_name=row.division_name,
        why=NAMESAKE if unsure else "",
    )


def _phone(row: RegisterRow) -> str | None:
    phone = row.fields.get(PHONE)
    return phone.get("hash") if isinstance(phone, dict) else None


def _somebody_else(row: RegisterRow, person: Person) -> bool:
    """Whether the phone number beside the name is another's."""
    return _phone(row) is not None and person.phone_hash is not None and _phone(row) != person.phone_hash


def _namesakes(session: Session, person: Person) -> list[str]:
    """The divisions in which others of the same name work."""
    query = (
        select(Unit.division)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(
            Person.name == person.name,
            Person.id != person.id,
            RoleGrant.role != "household",
            RoleGrant.valid_until.is_(None),
            Account.active,
        )
        .distinct()
    )
    return list(session.scalars(query))


def pass_on(ctx: Context, duty: Duty, heir: Person, unit: str, reason: str) -> None:
    """Enter the successor, then close the leaver's row: the household is never without a helper."""
    definition, row = (
        named(duty.register),
        ctx.session.get_one(RegisterRow, duty.row_id, with_for_update=True),
    )
    if row.ended_at is not None:
        return
    today, helper = local_date(ctx.now).isoformat(), definition.unique[0]
    new: dict[str, Any] = {helper: heir.name, "单位": unit, "结对日期": today}
    new |= {name: row.fields[name] for name in _COPIED if row.fields.get(name) and definition.column(name)}
    if heir.phone:
        new[PHONE] = heir.phone
    whom = Whom(division=row.division, subject_id=row.subject_id, name=row.subject_name)
    key = finding.row_key(definition, row.subject_id, whom, new)
    if finding.standing(ctx, definition, key) is None:
        rows.enter(ctx, definition, whom, Deed(event=BEGUN, status=PAIRED, fields=new, reason=reason))
    closed = {"解除日期": today, "解除原因": reason, SUCCESSOR: heir.name}
    rows.change(ctx, row, Deed(event=EVENT, status=HANDED, fields=closed, reason=reason))
