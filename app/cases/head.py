"""The head of a case: what it is, where it stands, and whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app import retention
from app.attachments.shelf import masked
from app.cases.timeline import HUMAN, state_of
from app.filters import day
from app.organisation.queries import division_path
from workflows.cases import ENDED, SUSPENDED

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.cases.queries import CaseView


MOST_ON_A_SEAL = 8
"""A longer outcome stands beside the seal only."""


@dataclass(frozen=True, slots=True)
class Head:
    """What components/case_head.html shows."""

    number: str
    procedure: str
    summary: str
    state: str
    state_words: str | None
    outcome: str
    note: str
    started_at: datetime
    started_by: str
    version: int
    step: str
    due_at: datetime | None
    paused: bool
    kept: str = ""
    """How long it is kept."""


@dataclass(frozen=True, slots=True)
class Household:
    """What components/household.html shows; numbers masked."""

    name: str
    place: str
    facts: tuple[tuple[str, str], ...]
    labels: tuple[str, ...] = ()


def head_of(case: CaseView) -> Head:
    """The head of a case, for its page and for an item in it."""
    row = case.case
    ended = row.state == ENDED
    return Head(
        number=row.number,
        procedure=row.procedure_name,
        summary=row.subject_name,
        state=_verdict(case) if ended else row.state,
        state_words=row.outcome if ended and len(row.outcome or "") <= MOST_ON_A_SEAL else None,
        outcome=row.outcome or "",
        note=day(row.ended_at),
        started_at=row.created_at,
        started_by=row.started_by,
        version=case.release.number,
        step=_standing(case),
        due_at=None if row.ended_at else row.due_at,
        paused=row.paused_at is not None or row.state == SUSPENDED,
        kept=retention.words(retention.class_of(case.release.meta), row.ended_at),
    )


def _standing(case: CaseView) -> str:
    """The open steps; else what the case waits for."""
    if case.open_items:
        return "、".join(dict.fromkeys(item.name for item in case.open_items))
    waits = [str(wait["name"]) for wait in case.case.waiting if wait["due"]]
    return f"等待{'、'.join(waits)}" if waits else ""


def _verdict(case: CaseView) -> str:
    """How an ended case came out: as the last step that concluded anything did."""
    for entry in reversed(case.standing_entries):
        if entry.record.kind == HUMAN and entry.record.conclusion:
            return state_of(case, entry.form, entry.record.conclusion) or ENDED
    return ENDED


def household_of(session: Session, case: CaseView) -> Household:
    """Whom the case is about: what the procedure says identifies them, masked."""
    row, says = case.case, case.release.meta.get("subject", {})
    known = [
        ("身份证号", masked(row.subject.get("identity"))),
        ("联系电话", _given(case, says.get("phone"))),
        ("住址", _given(case, _beside(says.get("name"), "address"))),
    ]
    shown = tuple((label, str(value)) for label, value in known if value)
    return Household(row.subject_name, division_path(session, row.division), shown)


def _beside(path: str | None, key: str) -> str:
    return f"{path.rpartition('.')[0]}.{key}" if path else ""


def _given(case: CaseView, path: str | None) -> Any:
    """What a ``step.field`` path leads to, masked."""
    step, _, key = (path or "").partition(".")
    answers = case.case.variables.get(step)
    return masked(answers.get(key)) if isinstance(answers, dict) else None
