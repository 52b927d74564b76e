"""The timeline of a case: each step taken with who, when, the opinion, the papers and the clause it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import forms
from app.attachments.queries import by_ids
from app.attachments.shelf import file_ids

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.attachments.models import Attachment
    from app.cases.queries import CaseView, Entry

AFFIRMATIVE, RETURNING = "passed", "returned"


@dataclass(frozen=True, slots=True)
class Basis:
    """办理依据: the clause's words and the document they stand in."""

    quote: str
    source: str
    origin: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline, as components/timeline.html shows it."""

    step: str
    round: int
    state: str
    conclusion: str | None
    actor: str
    unit: str | None
    at: datetime | None
    opinion: str | None
    papers: list[Attachment]
    basis: Basis | None
    system: bool
    why: str | None
    took: str = ""
    due_at: datetime | None = None


def timeline_of(session: Session, case: CaseView) -> list[Line]:
    """Everything that happened, oldest first, then what is open now."""
    papers = _papers(session, case)
    taken = [_line(case, entry, papers) for entry in case.entries]
    return taken + [_open(case, item) for item in case.open_items]


def _papers(session: Session, case: CaseView) -> dict[int, Attachment]:
    wanted = [number for entry in case.entries for number in _files(case, entry)]
    return by_ids(session, wanted)


def _files(case: CaseView, entry: Entry) -> list[int]:
    form = case.release.forms.get(entry.form or "")
    if form is None or not entry.record.answers:
        return []
    return list(file_ids(forms.parse(form), entry.record.answers))


def _line(case: CaseView, entry: Entry, papers: dict[int, Attachment]) -> Line:
    record = entry.record
    system = record.kind in {"system", "timer"}
    return Line(
        step=record.name,
        round=record.round,
        state=state_of(case, entry.form, record.conclusion),
        conclusion=record.conclusion,
        actor=record.actor + ("（代办）" if record.why == "代办" else ""),
        unit=record.unit,
        at=record.at,
        opinion=record.opinion,
        papers=[papers[number] for number in _files(case, entry) if number in papers],
        basis=basis_of(case, record.step),
        system=system,
        why=record.why if system else None,
        took=_took(record.opened_at, record.at),
    )


def state_of(case: CaseView, form: str | None, conclusion: str | None) -> str:
    """passed, returned or refused: the first option of a form is the affirmative one."""
    options = case.release.conclusions(form)
    if conclusion is None or conclusion not in options:
        return ""
    if "退回" in conclusion:
        return RETURNING
    return AFFIRMATIVE if options[0] == conclusion else "refused"


def _took(opened: datetime | None, done: datetime) -> str:
    if opened is None:
        return ""
    hours = int((done - opened).total_seconds() // 3600)
    return (
        f"用时 {hours // 24} 天 {hours % 24} 小时" if hours >= 24 else f"用时 {hours} 小时" if hours else ""
    )


def _open(case: CaseView, item: Any) -> Line:
    return Line(
        step=item.name,
        round=item.round,
        state="doing",
        conclusion=None,
        actor=item.assignee or "",
        unit=item.unit,
        at=item.created_at,
        opinion=None,
        papers=[],
        basis=basis_of(case, item.step),
        system=False,
        why=None,
        due_at=item.due_at,
    )


def basis_of(case: CaseView, step: str) -> Basis | None:
    """The clause an element cites, with its document's title."""
    element = case.release.specification.elements.get(step)
    if element is None:
        return None
    file, _, quote = element.basis.partition("｜")
    title = next((d for d in case.release.meta.get("documents", ()) if d.get("file") == file), None)
    source = f"{title['title']}{title.get('number') or ''}" if title else file
    return Basis(quote=quote, source=source, origin=element.origin or "source")
