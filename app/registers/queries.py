"""Reads of the registers, within the person's divisions and roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, or_, select

from app.organisation.models import Division
from app.pages import Page, after, instant, paged, row_number
from app.registers import listing, reach
from app.registers.definition import Definition, UnknownRegister, named
from app.registers.models import RegisterEvent, RegisterRow, RegisterSubject
from app.scope import visible
from app.security import sealing
from app.words import matches
from workflows.cases import Case
from workflows.commands import division_span

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

__all__ = ["Narrowed", "UnknownRegister", "every_row", "history", "row", "rows", "summaries"]

MOST_EXPORTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What a register's list is narrowed to, and its order (a word of SORTS)."""

    q: str | None = None
    division: str | None = None
    status: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    sort: str = "new"


@dataclass(frozen=True, slots=True)
class _Sort:
    name: str
    columns: tuple[Any, ...]
    kinds: tuple[Callable[[Any], Any], ...]
    descending: bool = False


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _day(value: Any) -> date:
    return date.fromisoformat(value)


SORTS: dict[str, _Sort] = {
    "new": _Sort("最近进入在前", (RegisterRow.id,), (row_number,), descending=True),
    "changed": _Sort(
        "最近变动在前", (RegisterRow.changed_at, RegisterRow.id), (instant, row_number), descending=True
    ),
    "name": _Sort("按名称", (RegisterRow.subject_name, RegisterRow.id), (_word, row_number)),
    "division": _Sort("按区划", (RegisterRow.division, RegisterRow.id), (_word, row_number)),
    "due": _Sort("期限近的在前（只列有期限的）", (RegisterRow.due_on, RegisterRow.id), (_day, row_number)),
}
"""The orders a register may be read in."""


def summaries(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Each register the actor may read with how many rows of each status."""
    found = reach.readable(actor)
    counted = session.execute(
        select(RegisterRow.register, RegisterRow.status, func.count())
        .where(reach.within(actor, *found))
        .group_by(RegisterRow.register, RegisterRow.status)
        .order_by(RegisterRow.register, RegisterRow.status)
    ).all()
    return [
        {
            "key": one.key,
            "name": one.name,
            "category": one.category,
            "localities": list(one.localities),
            "statuses": {status: count for register, status, count in counted if register == one.key},
        }
        for one in found
    ]


def statuses(session: Session, actor: Actor, of: Definition) -> dict[str, int]:
    """How many rows of each status the actor may read, in the order of the register's states."""
    counted = session.execute(
        select(RegisterRow.status, func.count()).where(reach.within(actor, of)).group_by(RegisterRow.status)
    )
    found = {status: count for status, count in counted}  # noqa: C416 (rows are no pairs to the type checker)
    known = [state.name for state in of.states if state.name in found]
    return {name: found[name] for name in [*known, *sorted(found.keys() - set(known))]}


def rows(
    session: Session, actor: Actor, key: str, narrowed: Narrowed, cursor: str | None, limit: int
) -> Page[RegisterRow]:
    """Rows of a register in the order asked for; raises UnknownRegister."""
    query = _query(actor, key, narrowed)
    sort = SORTS.get(narrowed.sort, SORTS["new"])
    if narrowed.sort == "due":
        query = query.where(RegisterRow.due_on.is_not(None))
    behind = after(cursor, *sort.kinds)
    if behind:
        query = query.where(_beyond(sort, behind))
    order = [column.desc() if sort.descending else column for column in sort.columns]
    found = session.scalars(query.order_by(*order).limit(limit + 1)).all()
    return paged(found, limit, lambda row: [getattr(row, column.key) for column in sort.columns])


def _beyond(sort: _Sort, behind: list[Any]) -> Any:
    """Rows after the last one shown, in the list's order."""
    first, *rest = zip(sort.columns, behind, strict=True)
    column, value = first
    past = column < value if sort.descending else column > value
    if not rest:
        return past
    tie, number = rest[0]
    return or_(past, (column == value) & (tie < number if sort.descending else tie > number))


def every_row(session: Session, actor: Actor, key: str, narrowed: Narrowed) -> list[RegisterRow]:
    """All rows for an export, by division and number."""
    query = (
        _query(actor, key, narrowed).order_by(RegisterRow.division, RegisterRow.number).limit(MOST_EXPORTED)
    )
    return list(session.scalars(query))


def _query(actor: Actor, key: str, narrowed: Narrowed) -> Select[RegisterRow]:
    of = reach.opened(actor, key)
    query = select(RegisterRow).where(RegisterRow.register == key, reach.within(actor, of))
    if narrowed.division:
        query = query.where(RegisterRow.division.between(*division_span(narrowed.division)))
    if narrowed.status:
        query = query.where(RegisterRow.status == narrowed.status)
    known = {name: value for name, value in narrowed.where.items() if _narrows(of, name)}
    query = listing.narrowed(query, of, known)
    return query.where(_said(of, narrowed.q.strip())) if narrowed.q and narrowed.q.strip() else query


def _narrows(of: Definition, name: str) -> bool:
    column = of.column(name)
    return column is not None and column.sorts


def _said(of: Definition, q: str) -> Any:
    """Rows whose name, number or place holds the words, or whose identity number they are."""
    columns = (RegisterRow.subject_name, RegisterRow.number, RegisterRow.division_name)
    found = matches(q, *columns)
    if of.is_personal and len(q) >= 15:
        key = sealing.keyed_hash("identity", q)
        mine = select(RegisterSubject.id).where(RegisterSubject.key == key)
        found = or_(found, RegisterRow.subject_id.in_(mine))
    return found


def row(session: Session, actor: Actor, key: str, row_id: int) -> tuple[RegisterRow, list[RegisterEvent]]:
    """One row with its history, oldest first; raises UnknownRegister."""
    of = named(key)
    found = session.scalars(
        select(RegisterRow).where(
            RegisterRow.id == row_id, RegisterRow.register == key, reach.within(actor, of)
        )
    ).one_or_none()
    if found is None:
        raise UnknownRegister
    return found, history(session, [found.id])[found.id]


def places(session: Session, actor: Actor, of: Definition) -> list[tuple[str, str]]:
    """Code and name of the divisions of the register in which the actor reads it, from the top down."""
    areas = reach.areas(actor, of)
    if not areas:
        return []
    inside = or_(*(Division.code.between(*area) for area in areas))
    query = select(Division.code, Division.name).where(inside).order_by(Division.code)
    return [(code, name) for code, name in session.execute(query) if of.holds(code)]


def sealed_columns(row: RegisterRow) -> list[tuple[str, str, str]]:
    """Column, label and mask of each number of the row that is shown masked only."""
    found = [("identity", f"{row.subject_name} 身份证号", str(row.identity["mask"]))] if row.identity else []
    return found + [
        (name, name, str(value["mask"])) for name, value in row.fields.items() if sealing.is_sealed(value)
    ]


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
