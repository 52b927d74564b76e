"""The way a case took, read from its journal, and in what it left the usual one."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import bindparam, delete, insert, select

from app.supervision.counting import areas_of
from app.supervision.models import WatchedCourse, WatchedPath
from workflows.cases import Case
from workflows.designing.replaying import MIGRATED
from workflows.handling import KIND as HANDLING
from workflows.journal import StepRecord
from workflows.returning import BACK, WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

DEVIATIONS = {
    "returned": "退回过",
    "withdrawn": "撤回过",
    "jumped": "跳转过",
    "migrated": "换过版本",
    "rested": "挂起过",
    "cancelled": "被终止",
    "late": "有环节逾期办结",
}
"""In what a case may leave the usual way, and what that is called."""

_ACTS = {"跳转": "jumped", "挂起": "rested", "终止": "cancelled"}
"""How acts upon a whole case begin in the journal."""

AGAIN = "↩"
"""Before a step of a path: it was returned from there."""

MOST_STEPS = 60

PATH, DEVIATION = "path", "deviation"

Course = dict[str, Any]
"""A row of watched_course."""


class Told(NamedTuple):
    """What of a journal row says which way a case took."""

    kind: str
    step: str
    name: str
    conclusion: str | None
    late_reason: str | None


_JOURNAL = (
    select(StepRecord.case_id, *(getattr(StepRecord, name) for name in Told._fields))
    .join(Case, Case.id == StepRecord.case_id)
    .where(~Case.kept)
    .order_by(StepRecord.case_id, StepRecord.seq)
)


def path_of(rows: Iterable[Told]) -> list[str]:
    """The steps people took, in order; several votes of one step in a row are one."""
    steps: list[str] = []
    for row in rows:
        if row.kind not in {"task", BACK}:
            continue
        step = f"{AGAIN if row.kind == BACK else ''}{row.step}"
        if not steps or steps[-1] != step:
            steps.append(step)
    return steps if len(steps) <= MOST_STEPS else [*steps[: MOST_STEPS - 1], "…"]


def deviations_of(rows: Iterable[Told]) -> set[str]:
    """In what a case left the usual way."""
    found = set()
    for row in rows:
        if row.kind == BACK or (row.kind == "task" and "退回" in (row.conclusion or "")):
            found.add("returned")
        if row.kind == WITHDRAWN:
            found.add("withdrawn")
        if row.kind == MIGRATED:
            found.add("migrated")
        if row.kind == HANDLING:
            found |= {key for words, key in _ACTS.items() if row.name.startswith(words)}
        if row.late_reason is not None:
            found.add("late")
    return found


def digest(steps: Sequence[str]) -> str:
    """The name of a path."""
    return hashlib.sha256(orjson.dumps(list(steps))).hexdigest()[:16]


def courses_of(session: Session, case_ids: Sequence[int]) -> tuple[list[Course], dict[str, list[str]]]:
    """The courses of these cases, and the paths they name."""
    rows = session.execute(_JOURNAL.where(StepRecord.case_id.in_(case_ids)))
    told = {
        case_id: [Told(*row[1:]) for row in group]
        for case_id, group in groupby(rows, key=lambda row: row.case_id)
    }
    known = session.execute(
        select(Case.id, Case.division, Case.procedure_key, Case.version_id).where(Case.id.in_(list(told)))
    )
    courses, paths = [], {}
    for case in known:
        steps, apart = path_of(told[case.id]), deviations_of(told[case.id])
        paths[digest(steps)] = steps
        courses.append(
            {
                "case_id": case.id,
                "division": case.division,
                "procedure_key": case.procedure_key,
                "version_id": case.version_id,
                "path": digest(steps),
                "deviations": "".join(f" {key} " for key in DEVIATIONS if key in apart),
            }
        )
    return courses, paths


Changes = dict[tuple[Any, ...], int]


def count(session: Session, case_ids: Sequence[int]) -> Changes:
    """Enter the courses of these cases as they are now; gives by how much the counts move."""
    table: Any = WatchedCourse.__table__
    rows = session.execute(select(table).where(table.c.case_id.in_(case_ids))).mappings()
    before = {row["case_id"]: dict(row) for row in rows}
    courses, paths = courses_of(session, case_ids)
    now = {course["case_id"]: course for course in courses}
    _know(session, paths)
    changes: Changes = defaultdict(int)
    gone = [course for key, course in before.items() if now.get(key) != course]
    came = [course for key, course in now.items() if before.get(key) != course]
    for sign, moved in ((-1, gone), (1, came)):
        for course in moved:
            for key in _keys(course):
                changes[key] += sign
    if gone:
        one = delete(table).where(table.c.case_id == bindparam("b_id"))
        session.execute(one, [{"b_id": course["case_id"]} for course in gone])
    if came:
        session.execute(insert(WatchedCourse), came)
    return changes


def _keys(course: Course) -> Iterable[tuple[Any, ...]]:
    said = [(PATH, course["path"]), *((DEVIATION, key) for key in course["deviations"].split())]
    for area in areas_of(course["division"]):
        for kind, what in said:
            yield area, course["procedure_key"], course["version_id"], kind, what


def _know(session: Session, paths: dict[str, list[str]]) -> None:
    known = set(session.scalars(select(WatchedPath.path).where(WatchedPath.path.in_(list(paths)))))
    new = [{"path": path, "steps": steps} for path, steps in paths.items() if path not in known]
    if new:
        session.execute(insert(WatchedPath), new)
