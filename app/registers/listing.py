"""Rows as a diagram gets them: narrowed, bounded, without anything sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, func, or_, select

from app.registers.definition import Definition, named
from app.registers.finding import related
from app.registers.models import RegisterLink, RegisterRow, RegisterValue
from app.registers.values import as_key, shown
from app.security.sealing import is_sealed
from workflows.clock import local_date
from workflows.commands import division_span
from workflows.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_LISTED = 1_000
"""So many rows go into a case at once; a loop over more than that is no work for a form either."""


class TooManyRows(Conflict):
    """More rows than fit into a case: better none than some left out unnoticed."""

    code = "register.too_many_rows"
    sentence = "台账“{register}”有 {count} 行符合条件，超过一次可列的 {most} 行，请按村或状态分开办理。"


class NotNarrowing(Conflict):
    """A column by which rows cannot be narrowed."""

    code = "register.not_narrowing"
    sentence = "台账“{register}”不能按“{column}”筛选；请管理员检查流程图。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows: of one register, at or below a division, in some states, with some values."""

    definition: Definition
    division: str
    states: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    ended: bool = False
    limit: int | None = None

    @classmethod
    def of(cls, inputs: Mapping[str, Any], division: str) -> Wanted:
        """What an operation's inputs ask for; a division out of the case's is the case's own."""
        asked = inputs.get("division")
        inside = isinstance(asked, str) and len(asked) == 12 and related(asked, division) and asked > division
        limit = inputs.get("limit")
        year = {} if inputs.get("year") is None else {"年度": inputs["year"]}
        return cls(
            definition=named(inputs.get("register")),
            division=str(asked) if inside else division,
            states=_texts(inputs.get("status")),
            where={**(inputs.get("where") or {}), **year},
            ended=inputs.get("ended") is True,
            limit=limit if isinstance(limit, int) and not isinstance(limit, bool) else None,
        )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


def query(wanted: Wanted) -> Select[RegisterRow]:
    """The rows asked for, in the order of division and entry."""
    found = select(RegisterRow).where(
        RegisterRow.register == wanted.definition.key,
        RegisterRow.division.between(*division_span(wanted.division)),
    )
    if not wanted.ended:
        found = found.where(RegisterRow.ended_at.is_(None))
    if wanted.states:
        found = found.where(RegisterRow.status.in_(wanted.states))
    found = narrowed(found, wanted.definition, wanted.where)
    return found.order_by(RegisterRow.division, RegisterRow.id)


def narrowed(
    found: Select[RegisterRow], definition: Definition, where: Mapping[str, Any]
) -> Select[RegisterRow]:
    """Only rows that have one of the values in each column named; null narrows nothing."""
    for name, value in where.items():
        if value is None:
            continue
        column = definition.column(name)
        if column is None or not (column.sorts or name in definition.unique):
            raise NotNarrowing(register=definition.name, column=name)
        wished = [as_key(one) for one in (value if isinstance(value, list) else [value])]
        found = found.where(
            exists().where(
                RegisterValue.row_id == RegisterRow.id,
                RegisterValue.name == name,
                RegisterValue.value.in_(wished),
            )
        )
    return found


def listed(session: Session, wanted: Wanted) -> dict[str, Any]:
    """``rows`` as contexts, ``count`` of all; raises TooManyRows unless a limit was asked for."""
    rows = query(wanted)
    count = session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    limit = MOST_LISTED if wanted.limit is None else min(max(wanted.limit, 0), MOST_LISTED)
    if wanted.limit is None and count > MOST_LISTED:
        raise TooManyRows(register=wanted.definition.name, count=count, most=MOST_LISTED)
    found = [context(row) for row in session.scalars(rows.limit(limit))]
    return {"register": wanted.definition.key, "rows": found, "count": count}


def context(row: RegisterRow) -> dict[str, Any]:
    """A row as expressions see it."""
    return {
        "register": row.register,
        "row": row.id,
        "number": row.number,
        "subject": row.subject_id,
        "name": row.subject_name,
        "division": row.division,
        "division_name": row.division_name,
        "status": row.status,
        "since": local_date(row.entered_at).isoformat(),
        "fields": {name: shown(value) if is_sealed(value) else value for name, value in row.fields.items()},
    }


def links(session: Session, row: RegisterRow) -> dict[str, list[str]]:
    """The numbers of the rows joined to this one, by the name of the link."""
    found: dict[str, list[str]] = {}
    query = (
        select(RegisterLink.name, RegisterRow.number)
        .join(
            RegisterRow,
            or_(
                (RegisterLink.to_id == RegisterRow.id) & (RegisterLink.from_id == row.id),
                (RegisterLink.from_id == RegisterRow.id) & (RegisterLink.to_id == row.id),
            ),
        )
        .order_by(RegisterLink.name, RegisterRow.id)
    )
    for name, number in session.execute(query):
        found.setdefault(name, []).append(number)
    return found
