"""Reads about cases: lists within a person's scope, and one case with everything on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from app.attachments.shelf import masked
from app.organisation.directory import Directory
from app.pages import PAGE_ROWS, after, paged, row_number
from app.scope import readable, visible
from app.searching.queries import Found, found
from app.searching.words import plain
from workflows import catalogue, exclusion, item_rows, parameters, work_items
from workflows.acting import standing
from workflows.cases import Case, journal
from workflows.errors import NotFound
from workflows.journal import StepRecord
from workflows.returning import WITHDRAWN
from workflows.work_items import OPEN, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.searching.queries import Wanted
    from workflows.catalogue import Release
    from workflows.commands import Actor, StandIn


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
    session: Session, actor: Actor, wanted: Wanted, now: datetime, cursor: str | None, limit: int = PAGE_ROWS
) -> Found:
    """Cases the actor may read, newest first; by words through the index, else by their columns alone."""
    behind = after(cursor, row_number)
    if wanted.words:
        return found(session, actor, wanted, behind[0] if behind else None, now, limit)
    query = wanted.narrow(select(Case).where(visible(actor)))
    if behind:
        query = query.where(Case.id < behind[0])
    rows = session.scalars(query.order_by(Case.id.desc()).limit(limit + 1)).all()
    return Found(paged(rows, limit, lambda row: (row.id,)), {}, behind=False)


def numbered(session: Session, actor: Actor, typed: str) -> str | None:
    """The number of the case that was typed whole, if the actor may read it."""
    number = plain(typed).upper()
    return session.scalar(select(Case.number).where(Case.number == number, visible(actor)))


def holding(session: Session, case_ids: Sequence[int]) -> dict[int, list[WorkItem]]:
    """The open items of each of these cases, oldest first: who has them, since when, until when."""
    held: dict[int, list[WorkItem]] = {}
    query = select(WorkItem).where(WorkItem.case_id.in_(case_ids), WorkItem.state.in_(OPEN))
    for item in session.scalars(query.order_by(WorkItem.id)):
        held.setdefault(item.case_id, []).append(item)
    return held


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


def acts_for(session: Session, item: WorkItem, actor: Actor) -> StandIn | None:
    """The absent person for whom the actor may act on the item, unless the case excludes the actor."""
    absent = standing(item, actor)
    if absent is None or exclusion.excludes(session, Directory(), item, actor, absent):
        return None
    return absent


def may_act(session: Session, item: WorkItem, actor: Actor) -> bool:
    """Whether the actor may act on the item now, as a deputy only where nothing excludes them."""
    if not work_items.may_act(item, actor):
        return False
    return standing(item, actor) is None or acts_for(session, item, actor) is not None
