"""Timers: when a case must be woken; rewritten after every step from what the engine waits for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ForeignKey, String, bindparam, delete, func, insert, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Context


class Timer(Base):
    """One instant at which one element of one case is due."""

    __tablename__ = "timer"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    element: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_table = Timer.__table__
_CLEAR = delete(_table).where(_table.c.case_id == bindparam("b_case"))  # type: ignore[arg-type]
_SET = insert(_table)  # type: ignore[arg-type]


def project(ctx: Context, case_id: int, *, had: bool, due: dict[str, datetime]) -> None:
    """Replace the case's timers by ``due`` (element → UTC instant); ``had`` says whether any stood."""
    if had:
        ctx.session.execute(_CLEAR, {"b_case": case_id})
    if due:
        ctx.session.execute(
            _SET, [{"case_id": case_id, "element": name, "due_at": at} for name, at in due.items()]
        )


_DUE = (
    select(_table.c.case_id, func.min(_table.c.due_at).label("due_at"))
    .where(_table.c.due_at <= bindparam("now"))
    .group_by(_table.c.case_id)
    .order_by(func.min(_table.c.due_at), _table.c.case_id)
    .limit(bindparam("most"))
)
_DUE_BEHIND = _DUE.having(
    tuple_(func.min(_table.c.due_at), _table.c.case_id)
    > tuple_(bindparam("due", type_=UtcDateTime), bindparam("case", type_=BigId))
)


class DueCase(NamedTuple):
    """A case to be woken, and since when."""

    case_id: int
    due_at: datetime


def cases_due(
    session: Session, now: datetime, limit: int = 50, *, behind: DueCase | None = None
) -> list[DueCase]:
    """Cases with a timer that is due, the longest overdue first; those ``behind`` one when given."""
    asked: dict[str, Any] = {"now": now, "most": limit}
    if behind is None:
        rows = session.execute(_DUE, asked)
    else:
        rows = session.execute(_DUE_BEHIND, {**asked, "due": behind.due_at, "case": behind.case_id})
    return [DueCase(row.case_id, row.due_at) for row in rows]


def is_due(ctx: Context, case_id: int) -> bool:
    """Whether the case still has a timer that is due, asked once its row is locked."""
    found = ctx.session.execute(
        select(_table.c.element).where(_table.c.case_id == case_id, _table.c.due_at <= ctx.now).limit(1)
    ).one_or_none()
    return found is not None
