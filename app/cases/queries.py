"""Reads about cases: lists within a person's scope, and one case with everything on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, or_, select

from app.attachments.shelf import masked
from app.pages import Page, after, paged, row_number
from app.scope import readable, visible
from app.words import matches
from workflows import catalogue, item_rows, parameters
from workflows.cases import RUNNING, Case, StepRecord, journal
from workflows.errors import NotFound
from workflows.returning import WITHDRAWN

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.commands import Actor
    from workflows.work_items import WorkItem


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: the step taken, and the clause and form it rests on."""

    record: StepRecord
    basis: str
    documentation: str
    form: str | None

    @property
    def answers(self) -> dict[str, Any]:
        """What was filled in, personal values masked."""
        shown: dict[str, Any] = masked(self.record.answers or {})
        return shown


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with what a page or the API shows of it."""

    case: Case
    release: Release
    entries: list[Entry]
    open_items: list[WorkItem]

    @property
    def variables(self) -> dict[str, Any]:
        """Each step's latest answers, personal values masked."""
        shown: dict[str, Any] = masked(self.case.variables)
        return shown

    @property
    def standing_entries(self) -> list[Entry]:
        """What still counts: every line but the steps that were taken back (撤回)."""
        undone = {entry.record.item_id for entry in self.entries if entry.record.kind == WITHDRAWN}
        return [
            entry
            for entry in self.entries
            if not (entry.record.kind == "task" and entry.record.item_id in undone)
        ]

    @property
    def passed(self) -> list[str]:
        """Elements and flows the case went through, in order, each once."""
        return list(dict.fromkeys(part for entry in self.standing_entries for part in entry.record.passed))

    @property
    def standing(self) -> list[str]:
        """Elements the case stands at now."""
        return [item.step for item in self.open_items] + [wait["element"] for wait in self.case.waiting]


def listed(
    session: Session,
    actor: Actor,
    *,
    state: str | None = None,
    procedure: str | None = None,
    q: str | None = None,
    overdue_at: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Case]:
    """Cases the actor may read, newest first."""
    query: Select[Case] = select(Case).where(visible(actor))
    if state:
        query = query.where(Case.state == state)
    if overdue_at:
        query = query.where(Case.state == RUNNING, Case.due_at <= overdue_at, Case.paused_at.is_(None))
    if procedure:
        query = query.where(Case.procedure_key == procedure)
    if q:
        query = query.where(matches(q, Case.subject_name, Case.number, Case.division_name))
    behind = after(cursor, row_number)
    if behind:
        query = query.where(Case.id < behind[0])
    rows = session.scalars(query.order_by(Case.id.desc()).limit(limit + 1)).all()
    return paged(rows, limit, lambda row: (row.id,))


def view(session: Session, actor: Actor, number: str) -> CaseView:
    """The case with its record, if the actor may read it; raises UnknownCase."""
    case = readable(session, actor, number)
    release = parameters.ruled(session, catalogue.release(session, case.version_id), case.created_at)
    entries = [_entry(release, record) for record in journal(session, case.id)]
    return CaseView(case, release, entries, item_rows.of_case(session, case.id))


@dataclass(frozen=True, slots=True)
class Linked:
    """A case that began this one, or that this one began, as far as the reader may know of it."""

    number: str
    procedure: str
    subject: str
    state: str
    began_this: bool


MOST_LINKED = 50


def linked(session: Session, actor: Actor, case: Case) -> list[Linked]:
    """The case this one came from, then those it began, oldest first; only what the actor may read."""
    query = (
        select(Case.number, Case.procedure_name, Case.subject_name, Case.state)
        .where(or_(Case.number == case.parent_number, Case.parent_number == case.number), visible(actor))
        .order_by(Case.id)
        .limit(MOST_LINKED)
    )
    return [Linked(*row, began_this=row.number == case.parent_number) for row in session.execute(query)]


def _entry(release: Release, record: StepRecord) -> Entry:
    element = release.specification.elements.get(record.step)
    if element is None:
        return Entry(record, "", "", None)
    return Entry(record, element.basis, element.documentation, element.form)


def diagram(session: Session, actor: Actor, number: str, file: str = "process.bpmn") -> str:
    """The BPMN text of the version the case runs on."""
    case = readable(session, actor, number)
    diagrams = catalogue.release(session, case.version_id).diagrams
    if file not in diagrams:
        raise NotFound
    return diagrams[file]
