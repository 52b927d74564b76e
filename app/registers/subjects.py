"""A household's (or person's) whole life in the registers: every row about it, every case, by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from app.registers import queries, reach
from app.registers.definition import UnknownRegister, every
from app.registers.models import RegisterLink, RegisterRow, RegisterSubject
from app.registers.values import shown
from app.scope import visible
from workflows.acting import signed
from workflows.cases import Case
from workflows.journal import StepRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

MOST_ROWS, MOST_CASES, MOST_STEPS = 500, 100, 2_000


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, in which register or case, what, and by whom."""

    at: datetime
    source: str
    what: str
    words: str
    who: str
    status: str = ""
    row: RegisterRow | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """All that the reader may know of one subject."""

    subject: RegisterSubject
    rows: list[tuple[str, list[RegisterRow]]]
    cases: list[Case]
    moments: list[Moment]


def life(session: Session, actor: Actor, subject_id: int) -> Life:
    """The subject's rows by register, its cases, and everything that happened; raises UnknownRegister.

    Whoever may read no row of the subject may not know of the subject either.
    """
    found = list(
        session.scalars(
            select(RegisterRow)
            .where(RegisterRow.subject_id == subject_id, reach.within(actor, *every().values()))
            .order_by(RegisterRow.id)
            .limit(MOST_ROWS)
        )
    )
    subject = session.get(RegisterSubject, subject_id)
    if subject is None or not found:
        raise UnknownRegister
    cases = _cases(session, actor, subject, found)
    moments = [*_of_rows(session, found), *_of_cases(session, cases)]
    moments.sort(key=lambda one: one.at, reverse=True)
    grouped: dict[str, list[RegisterRow]] = {}
    for row in found:
        grouped.setdefault(every()[row.register].name, []).append(row)
    return Life(subject, list(grouped.items()), cases, moments)


def _cases(
    session: Session, actor: Actor, subject: RegisterSubject, found: Sequence[RegisterRow]
) -> list[Case]:
    """The cases about the subject that the reader may open, newest first."""
    numbers = {row.case_number for row in found if row.case_number}
    mine = or_(Case.subject_key == subject.key, Case.number.in_(numbers) & Case.subject_key.is_(None))
    query = select(Case).where(mine, visible(actor)).order_by(Case.id.desc()).limit(MOST_CASES)
    return list(session.scalars(query))


def _of_rows(session: Session, found: Sequence[RegisterRow]) -> list[Moment]:
    history = queries.history(session, [row.id for row in found])
    return [
        Moment(
            at=event.at,
            source=every()[row.register].name,
            what=event.event,
            words="；".join(f"{name}：{shown(value)}" for name, value in event.fields.items()),
            who=" ".join(filter(None, (event.unit, event.actor))),
            status=event.status if event.status != event.status_before else "",
            row=row,
            case=event.case_number,
        )
        for row in found
        for event in history[row.id]
    ]


def _of_cases(session: Session, cases: Sequence[Case]) -> list[Moment]:
    """Every step of the cases: applications, checks, notices, decisions, what the household was told."""
    by_id = {case.id: case for case in cases}
    query = (
        select(StepRecord)
        .where(StepRecord.case_id.in_(by_id))
        .order_by(StepRecord.case_id, StepRecord.seq)
        .limit(MOST_STEPS)
    )
    return [
        Moment(
            at=step.at,
            source=by_id[step.case_id].procedure_name,
            what=step.name,
            words=step.opinion or "",
            who=" ".join(filter(None, (step.unit, signed(step)))),
            status=step.conclusion or "",
            case=by_id[step.case_id].number,
        )
        for step in session.scalars(query)
    ]


def joined(session: Session, actor: Actor, row: RegisterRow) -> list[dict[str, Any]]:
    """The rows joined to this one that the reader may open: name of the link, register, row."""
    query = (
        select(RegisterLink.name, RegisterRow)
        .join(
            RegisterRow,
            or_(
                (RegisterLink.to_id == RegisterRow.id) & (RegisterLink.from_id == row.id),
                (RegisterLink.from_id == RegisterRow.id) & (RegisterLink.to_id == row.id),
            ),
        )
        .where(reach.within(actor, *every().values()))
        .order_by(RegisterRow.register, RegisterRow.id)
        .limit(MOST_ROWS)
    )
    return [
        {"name": name, "register": every()[other.register].name, "row": other}
        for name, other in session.execute(query)
    ]
