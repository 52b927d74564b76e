"""Reads of the registers, within the person's divisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from app.pages import Page, after, paged, row_number
from app.registers.models import RegisterEvent, RegisterRow
from app.scope import spans, visible
from app.words import matches
from workflows.cases import Case
from workflows.commands import division_span
from workflows.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

REGISTERS = {"warning_ledger": "防返贫预警台账"}
"""Every register there is, also while it is empty."""

MOST_EXPORTED = 100_000


class UnknownRegister(NotFound):
    """No register of that key, or no such row in reach."""

    code = "register.unknown"
    sentence = "没有找到该台账或台账记录，或不在您的管理范围内。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What a register's list is narrowed to."""

    q: str | None = None
    division: str | None = None
    status: str | None = None


def within(actor: Actor) -> ColumnElement[bool]:
    """Rows of the divisions below the actor's units."""
    areas = spans(actor)
    return or_(*(RegisterRow.division.between(*area) for area in areas)) if areas else false()


def summaries(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Each register with how many rows of each status the actor may see."""
    counted = session.execute(
        select(RegisterRow.register, RegisterRow.status, func.count())
        .where(within(actor))
        .group_by(RegisterRow.register, RegisterRow.status)
        .order_by(RegisterRow.register, RegisterRow.status)
    ).all()
    return [
        {
            "key": key,
            "name": name,
            "statuses": {status: count for register, status, count in counted if register == key},
        }
        for key, name in REGISTERS.items()
    ]


def rows(
    session: Session, actor: Actor, key: str, narrowed: Narrowed, cursor: str | None, limit: int
) -> Page[RegisterRow]:
    """Rows of a register, newest first; raises UnknownRegister."""
    query = _query(actor, key, narrowed)
    behind = after(cursor, row_number)
    if behind:
        query = query.where(RegisterRow.id < behind[0])
    found = session.scalars(query.order_by(RegisterRow.id.desc()).limit(limit + 1)).all()
    return paged(found, limit, lambda row: (row.id,))


def every_row(session: Session, actor: Actor, key: str, narrowed: Narrowed) -> list[RegisterRow]:
    """All rows for an export, by division and number."""
    query = (
        _query(actor, key, narrowed).order_by(RegisterRow.division, RegisterRow.number).limit(MOST_EXPORTED)
    )
    return list(session.scalars(query))


def _query(actor: Actor, key: str, narrowed: Narrowed) -> Select[RegisterRow]:
    if key not in REGISTERS:
        raise UnknownRegister
    query = select(RegisterRow).where(RegisterRow.register == key, within(actor))
    if narrowed.division:
        query = query.where(RegisterRow.division.between(*division_span(narrowed.division)))
    if narrowed.status:
        query = query.where(RegisterRow.status == narrowed.status)
    if narrowed.q:
        columns = (RegisterRow.subject_name, RegisterRow.number, RegisterRow.division_name)
        query = query.where(matches(narrowed.q, *columns))
    return query


def row(session: Session, actor: Actor, key: str, row_id: int) -> tuple[RegisterRow, list[RegisterEvent]]:
    """One row with its history, oldest first; raises UnknownRegister."""
    found = session.scalars(
        select(RegisterRow).where(RegisterRow.id == row_id, RegisterRow.register == key, within(actor))
    ).one_or_none()
    if found is None:
        raise UnknownRegister
    return found, history(session, [found.id])[found.id]


def readable_cases(session: Session, actor: Actor, numbers: set[str]) -> set[str]:
    """Those of the cases that the actor may read: a register shows more people its rows than its cases."""
    found = session.scalars(select(Case.number).where(Case.number.in_(numbers), visible(actor)))
    return set(found)


def history(session: Session, row_ids: list[int]) -> dict[int, list[RegisterEvent]]:
    """The history of several rows, in two queries whatever their number."""
    found: dict[int, list[RegisterEvent]] = {row_id: [] for row_id in row_ids}
    for event in session.scalars(
        select(RegisterEvent)
        .where(RegisterEvent.row_id.in_(row_ids))
        .order_by(RegisterEvent.row_id, RegisterEvent.seq)
    ):
        found[event.row_id].append(event)
    return found
