"""The counts are brought up to date after the commit, by the worker, some cases at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, text

from app.supervision import courses
from app.supervision.alerts import finding
from app.supervision.counting import FIGURES, Change, Fact, facts_of
from app.supervision.due import COUNTS
from app.supervision.models import (
    CourseCount,
    DayCount,
    OpenCount,
    WatchedCase,
    WatchedCourse,
    WatchedItem,
    WatchedPath,
    WatchProgress,
)
from workflows.cases import Case
from workflows.commands import Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from workflows.commands import Context

A_FEW, MANY = 50, 1000
"""So many cases in one transaction beside people at work; and where everything is counted anew."""

EVERYTHING = (
    *(OpenCount, DayCount, CourseCount),
    *(WatchedItem, WatchedCourse, WatchedPath, WatchedCase, WatchProgress),
)
"""What is reckoned from the record and can be made anew."""

_items: Table = WatchedItem.__table__  # type: ignore[assignment]
_OPEN_KEY = ("area", "procedure_key", "version_id", "step", "due_at")
_COURSE_KEY = ("area", "procedure_key", "version_id", "kind", "what")
_DAY_KEY = ("area", "day", "procedure_key", "version_id", "step")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCases(Command[int]):
    """Count cases that are new or have changed; gives how many. One at a time does it."""

    recorded = False

    most: int = A_FEW

    def authorise(self, ctx: Context) -> None:
        """Only the system, or the machine's keeper."""
        ctx.require(ctx.actor.kind in {"system", "console"})

    def run(self, ctx: Context) -> int:
        """Lock how far it has come, count the next, say how far it is now."""
        progress = COUNTS.locked(ctx)
        if progress is None:
            return 0
        found = COUNTS.next_cases(ctx.session, progress, ctx.now, self.most)
        if found.case_ids:
            count(ctx.session, found.case_ids)
            finding.find(ctx.session, found.case_ids, ctx.now)
        COUNTS.move_on(ctx, progress, found)
        return len(found.case_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetCounts(Command[None]):
    """Throw the counts away, so that they are made anew from the record."""

    def authorise(self, ctx: Context) -> None:
        """Only the machine's keeper."""
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx: Context) -> None:
        """Empty the tables."""
        for table in EVERYTHING:
            ctx.session.execute(delete(table))


def count(session: Session, case_ids: Sequence[int]) -> None:
    """Enter how the steps of these cases count now instead of how they counted before."""
    before, now = _counted(session, case_ids), facts_of(session, case_ids)
    change = Change()
    gone, came = _differences(before, {fact["item_id"]: fact for fact in now})
    change.move(gone, came)
    _rewrite(session, gone, came)
    _add(session, OpenCount.__table__, _OPEN_KEY, ("number",), ((k, [n]) for k, n in change.open.items()))
    _add(session, DayCount.__table__, _DAY_KEY, FIGURES, change.days.items())
    ways = courses.count(session, case_ids)
    _add(session, CourseCount.__table__, _COURSE_KEY, ("number",), ((k, [n]) for k, n in ways.items()))
    _note_revisions(session, case_ids)


def _counted(session: Session, case_ids: Sequence[int]) -> dict[int, Fact]:
    rows = session.execute(select(_items).where(_items.c.case_id.in_(case_ids))).mappings()
    return {row["item_id"]: dict(row) for row in rows}


def _differences(before: dict[int, Fact], now: dict[int, Fact]) -> tuple[list[Fact], list[Fact]]:
    same = {key for key, fact in now.items() if before.get(key) == fact}
    return (
        [fact for key, fact in before.items() if key not in same],
        [fact for key, fact in now.items() if key not in same],
    )


def _rewrite(session: Session, gone: list[Fact], came: list[Fact]) -> None:
    if gone:
        one = delete(_items).where(_items.c.item_id == bindparam("b_id"))
        session.execute(one, [{"b_id": fact["item_id"]} for fact in gone])
    if came:
        session.execute(_items.insert(), came)


def _add(
    session: Session,
    table: Any,
    key: Sequence[str],
    figures: Sequence[str],
    changes: Iterable[tuple[tuple[Any, ...], Sequence[int]]],
) -> None:
    """Add to the counts; a row in which nothing is left goes, so that counting anew gives the same rows."""
    moved = sorted(((k, v) for k, v in changes if any(v)), key=lambda change: tuple(map(str, change[0])))
    if not moved:
        return
    rows = [{**dict(zip(key, k, strict=True)), **dict(zip(figures, v, strict=True))} for k, v in moved]
    columns = [table.c[name] for name in (*key, *figures)]
    values = ", ".join(f":{column.name}" for column in columns)
    names = ", ".join(column.name for column in columns)
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in figures)
    # Names of our own columns only; SQLAlchemy's own upsert is another one on each database.
    upsert = text(
        f"INSERT INTO {table.name} ({names}) VALUES ({values}) "  # noqa: S608
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sums}"
    ).bindparams(*(bindparam(column.name, type_=column.type) for column in columns))
    session.execute(upsert, rows)
    shrunk = [row for row in rows if any(row[name] < 0 for name in figures)]
    if shrunk:
        empty = delete(table).where(
            *(table.c[name] == bindparam(f"k_{name}") for name in key),
            *(table.c[name] == 0 for name in figures),
        )
        session.execute(empty, [{f"k_{name}": row[name] for name in key} for row in shrunk])


def _note_revisions(session: Session, case_ids: Sequence[int]) -> None:
    session.execute(delete(WatchedCase).where(WatchedCase.case_id.in_(case_ids)))
    now = session.execute(select(Case.id, Case.revision).where(Case.id.in_(case_ids)))
    session.execute(
        WatchedCase.__table__.insert(),  # type: ignore[attr-defined]
        [{"case_id": row.id, "revision": row.revision} for row in now],
    )
