"""Reads of the ways cases took: variants with their numbers, deviations, and the cases behind both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.pages import PAGE_ROWS, after, paged, row_number
from app.supervision.courses import AGAIN, DEVIATION, DEVIATIONS, PATH
from app.supervision.models import CourseCount, WatchedCourse, WatchedPath
from workflows import catalogue
from workflows.cases import Case
from workflows.commands import division_span

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.pages import Page
    from app.supervision.queries import Wanted

MOST_VARIANTS = 50


@dataclass(frozen=True, slots=True)
class Variant:
    """One way with its steps in words, how many cases took it, and which part of all."""

    path: str
    words: str
    number: int
    share: float


def step_names(session: Session, wanted: Wanted) -> dict[str, str]:
    """The names of steps, as the newest version that is counted says them."""
    versions = session.scalars(
        select(CourseCount.version_id).where(*_of(wanted)).distinct().order_by(CourseCount.version_id)
    )
    names: dict[str, str] = {}
    for version in versions:
        elements = catalogue.release(session, version).specification.elements
        names |= {key: each.name or key for key, each in elements.items()}
    return names


def _of(wanted: Wanted) -> list[Any]:
    narrowed = [CourseCount.area == wanted.area, CourseCount.procedure_key == wanted.procedure]
    return narrowed if wanted.version is None else [*narrowed, CourseCount.version_id == wanted.version]


def variants(session: Session, wanted: Wanted) -> list[Variant]:
    """The ways that were taken, the commonest first."""
    number = func.sum(CourseCount.number)
    asked = (
        select(CourseCount.what, number, WatchedPath.steps)
        .join(WatchedPath, WatchedPath.path == CourseCount.what)
        .where(*_of(wanted), CourseCount.kind == PATH)
        .group_by(CourseCount.what, WatchedPath.steps)
        .order_by(number.desc(), CourseCount.what)
    )
    names = step_names(session, wanted)
    total = session.scalar(select(number).where(*_of(wanted), CourseCount.kind == PATH)) or 1
    return [
        Variant(path, in_words(steps, names), int(many), int(many) / int(total))
        for path, many, steps in session.execute(asked.limit(MOST_VARIANTS))
    ]


def in_words(steps: list[str], names: dict[str, str]) -> str:
    """A path as people read it."""
    return " → ".join(
        f"{names.get(step.removeprefix(AGAIN), step)}{'（退回）' if step.startswith(AGAIN) else ''}"
        for step in steps
    )


def deviations(session: Session, wanted: Wanted) -> list[tuple[str, str, int]]:
    """Key, words and number of each deviation there is."""
    asked = (
        select(CourseCount.what, func.sum(CourseCount.number))
        .where(*_of(wanted), CourseCount.kind == DEVIATION)
        .group_by(CourseCount.what)
    )
    found = {row[0]: int(row[1]) for row in session.execute(asked)}
    return [(key, words, found[key]) for key, words in DEVIATIONS.items() if key in found]


def cases(
    session: Session,
    wanted: Wanted,
    cursor: str | None,
    *,
    path: str | None = None,
    deviation: str | None = None,
    limit: int = PAGE_ROWS,
) -> Page[Case]:
    """The cases that took a way, or left the usual one in one."""
    query = (
        select(Case)
        .join(WatchedCourse, WatchedCourse.case_id == Case.id)
        .where(WatchedCourse.division.between(*division_span(wanted.area)), ~Case.kept)
        .where(WatchedCourse.procedure_key == wanted.procedure)
    )
    if wanted.version is not None:
        query = query.where(WatchedCourse.version_id == wanted.version)
    if path is not None:
        query = query.where(WatchedCourse.path == path)
    if deviation is not None:
        query = query.where(WatchedCourse.deviations.contains(f" {deviation} ", autoescape=True))
    came = after(cursor, row_number)
    if came:
        query = query.where(Case.id < came[0])
    rows = session.scalars(query.order_by(Case.id.desc()).limit(limit + 1)).all()
    return paged(rows, limit, lambda row: (row.id,))
