"""Which row of a register is meant: by subject, by the columns that tell rows apart, by number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from app.organisation.models import Division
from app.registers import values
from app.registers.definition import Definition
from app.registers.models import RegisterRow, RegisterSubject
from workflows.commands import division_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.commands import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Which entry of a register is meant, and what it will be called where it is new."""

    division: str
    subject_id: int | None = None
    key: str | None = None
    """The keyed hash of the identity number."""
    name: str = ""
    identity: Mapping[str, Any] | None = None
    origin: str = ""
    """What knows an entry without a number of its own: ``case:…`` or ``row:…``."""


def row_key(definition: Definition, subject_id: int | None, whom: Whom, fields: Mapping[str, Any]) -> str:
    """What tells an entry from every other of its register.

    People are told by their subject and the ``unique`` columns; anything else by its division and these
    columns, so that a hand and a case mean the same project by the same name and year.
    """
    own = [values.as_key(fields.get(name)) for name in definition.unique]
    subject = [whom.origin if subject_id is None else f"subject:{subject_id}"]
    if definition.is_personal:
        parts = [*subject, *own]
    else:
        parts = [whom.division, *own] if own and all(own) else subject
    text = orjson.dumps(parts).decode()
    return text if len(text) <= 80 else hashlib.sha256(text.encode()).hexdigest()


def known(
    ctx: Context,
    definition: Definition,
    subject: RegisterSubject | None,
    case_number: str | None,
    fields: Mapping[str, Any],
) -> RegisterRow | None:
    """The latest open row of the subject, or of the case, that the columns given do not contradict.

    For people only where columns that tell their rows apart were left out; else they say which row it is.
    """
    if definition.is_personal and all(fields.get(name) is not None for name in definition.unique):
        return None
    whose = (
        RegisterRow.subject_id == subject.id if subject else RegisterRow.case_number == (case_number or "")
    )
    query = select(RegisterRow).where(
        RegisterRow.register == definition.key, whose, RegisterRow.ended_at.is_(None)
    )
    for row in ctx.session.scalars(query.order_by(RegisterRow.id.desc()).limit(50).with_for_update()):
        if all(fields.get(name) in (None, row.fields.get(name)) for name in definition.unique):
            return row
    return None


def standing(ctx: Context, definition: Definition, key: str) -> RegisterRow | None:
    """The open row of that key, locked."""
    query = select(RegisterRow).where(
        RegisterRow.register == definition.key, RegisterRow.row_key == key, RegisterRow.ended_at.is_(None)
    )
    return ctx.session.scalars(query.with_for_update()).one_or_none()


def locked(ctx: Context, register: str, row: int | str) -> RegisterRow | None:
    """A row by its id or its number, locked; ended ones too."""
    which = RegisterRow.id == row if isinstance(row, int) else RegisterRow.number == row
    query = select(RegisterRow).where(RegisterRow.register == register, which)
    return ctx.session.scalars(query.with_for_update()).one_or_none()


def named(ctx: Context, subject_id: int, division: str) -> dict[str, Any] | None:
    """The subject a register knows by this id, as a case names whom it is about; None out of reach."""
    subject = ctx.session.get(RegisterSubject, subject_id)
    if subject is None or not related(subject.division, division):
        return None
    said: dict[str, Any] = {"kind": subject.kind, "name": subject.name, "key": subject.key}
    return said | ({"identity": dict(subject.identity)} if subject.identity else {})


def related(one: str, other: str) -> bool:
    """Whether one division lies in the other."""
    return one.startswith(division_prefix(other)) or other.startswith(division_prefix(one))


def subject_of(ctx: Context, whom: Whom, kind: str) -> RegisterSubject | None:
    """The subject that is there already."""
    if whom.subject_id is not None:
        return ctx.session.get(RegisterSubject, whom.subject_id)
    query = select(RegisterSubject).where(
        RegisterSubject.kind == kind, RegisterSubject.key == (whom.key or whom.origin)
    )
    return ctx.session.scalars(query).one_or_none()


def division_name(ctx: Context, code: str) -> str:
    """What a division is called, or its code."""
    name = ctx.session.scalar(select(Division.name).where(Division.code == code))
    return name or code
