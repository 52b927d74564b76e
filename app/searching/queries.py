"""Cases by words, newest first: the index proposes, the record decides, scope has the last word.

Two streams are merged by the cases' ids. One comes from the index: what all terms, places and readers have
in common, block by block; each proposal is then checked against its text, the filters and the reader's scope.
The other are the cases the index is behind with: these are asked by their own columns, so that a number or a
name is found the moment its case exists.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, select

from app.pages import Page, paged
from app.scope import WITHIN, seen_by, visible
from app.searching import due, postings, words
from app.searching.models import CasePosting, CaseText
from app.searching.texts import OF_PROCEDURE
from app.words import matches
from workflows.cases import RUNNING, Case
from workflows.commands import division_prefix, division_span
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from app.following import Progress
    from workflows.commands import Actor

MOST_BEHIND = 200
"""So many changed cases are asked one by one; the index is seldom behind with more than a handful."""

FIRST_BLOCKS, FIRST_CASES = 4, 64
"""How much is looked through at first; four times as much whenever that was not enough."""

MOST_BLOCKS, MOST_CASES = 64, 1024

Proposals = dict[int, int]
"""Block → the number whose bits are the cases proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases: words, where, which procedure, at which step, in which state, started when."""

    words: tuple[str, ...] = ()
    state: str | None = None
    procedure: str | None = None
    division: str | None = None
    step: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    overdue_at: datetime | None = None

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Add everything but the words to a query over Case."""
        conditions: list[ColumnElement[bool]] = []
        if self.state:
            conditions.append(Case.state == self.state)
        if self.procedure:
            conditions.append(Case.procedure_key == self.procedure)
        if self.division:
            conditions.append(Case.division.between(*division_span(self.division)))
        if self.step:
            conditions.append(_stands_at(self.step))
        if self.since:
            conditions.append(Case.created_at >= self.since)
        if self.until:
            conditions.append(Case.created_at < self.until)
        if self.overdue_at:
            conditions.append(
                and_(Case.state == RUNNING, Case.due_at <= self.overdue_at, Case.paused_at.is_(None))
            )
        return query.where(*conditions)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of cases, what each says, and whether the index is behind with some."""

    page: Page[Case]
    said: dict[int, str]
    behind: bool


def found(
    session: Session, actor: Actor, wanted: Wanted, before: int | None, now: datetime, limit: int
) -> Found:
    """Cases the actor may read that have every word, newest first, those with ids below ``before``."""
    if not any(map(words.needed, wanted.words)):
        return Found(Page([], None), {}, behind=False)
    progress = due.INDEX.progress_of(session)
    late = due.INDEX.behind(session, progress, now, MOST_BEHIND) if progress else []
    unindexed = _unindexed(session, actor, wanted, progress, late, before, limit + 1)
    indexed = islice(_indexed(session, actor, wanted, before), limit + 1) if progress else ()
    ids = sorted({*unindexed, *indexed}, reverse=True)[: limit + 1]
    rows = session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id.desc())).all()
    page = paged(rows, limit, lambda row: (row.id,))
    shown = select(CaseText.case_id, CaseText.said).where(CaseText.case_id.in_([row.id for row in page.rows]))
    said = {row.case_id: row.said for row in session.execute(shown)}
    newest = session.scalar(select(func.max(Case.id))) or 0
    return Found(page, said, bool(late) or newest > (progress.through if progress else 0))


def _stands_at(step: str) -> ColumnElement[bool]:
    open_there = and_(WorkItem.case_id == Case.id, WorkItem.name == step, WorkItem.done_at.is_(None))
    return exists(select(WorkItem.id).where(open_there))


def _has_words(wanted: Wanted) -> list[ColumnElement[bool]]:
    return [
        matches(word, CaseText.said, Case.subject_name, Case.number, Case.division_name, Case.procedure_name)
        for word in wanted.words
    ]


def _readable(actor: Actor, wanted: Wanted) -> Select[int]:
    """Ids of the cases that are wanted, whatever the index proposed."""
    query = select(Case.id).outerjoin(CaseText, CaseText.case_id == Case.id)
    return wanted.narrow(query.where(visible(actor), *_has_words(wanted))).order_by(Case.id.desc())


def _unindexed(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    progress: Progress | None,
    late: list[int],
    before: int | None,
    limit: int,
) -> list[int]:
    """Ids of what the index has not taken in, found by the cases' own columns."""
    query = _readable(actor, wanted).limit(limit)
    if before is not None:
        query = query.where(Case.id < before)
    # Two questions: the two conditions joined by "or" would make SQLite go through every case.
    new = session.scalars(query.where(Case.id > (progress.through if progress else 0))).all()
    changed = session.scalars(query.where(Case.id.in_(late))).all() if late else ()
    return [*new, *changed]


def _indexed(session: Session, actor: Actor, wanted: Wanted, before: int | None) -> Iterator[int]:
    """Ids of what the index proposes and the record confirms, the highest first."""
    proposed, size = _proposed(session, actor, wanted, before), FIRST_CASES
    while some := list(islice(proposed, size)):
        yield from session.scalars(_readable(actor, wanted).where(Case.id.in_(some)))
        size = min(MOST_CASES, size * 4)


def _proposed(session: Session, actor: Actor, wanted: Wanted, before: int | None) -> Iterator[int]:
    needed = set().union(*(words.needed(word) for word in wanted.words)) | _places(wanted)
    readers = seen_by(actor)
    newest = session.scalar(select(func.max(CasePosting.block)).where(CasePosting.term.in_(readers)))
    block, size = -1 if newest is None else newest, FIRST_BLOCKS
    if before is not None:
        block = min(block, before // postings.SPAN)
    while block >= 0:
        stretch = _stretch(session, needed, readers, block - size + 1, block)
        for each in sorted(stretch, reverse=True):
            newest_first = postings.newest_first(each, stretch[each])
            yield from (found for found in newest_first if before is None or found < before)
        block, size = block - size, min(MOST_BLOCKS, size * 4)


def _places(wanted: Wanted) -> set[str]:
    found = set()
    if wanted.procedure:
        found.add(OF_PROCEDURE + wanted.procedure)
    if wanted.division:
        found.add(WITHIN + division_prefix(wanted.division))
    return found


def _stretch(session: Session, needed: set[str], readers: set[str], first: int, last: int) -> Proposals:
    """What these blocks propose: the cases that have all that is needed and one of the readers' marks."""
    asked = select(CasePosting.block, CasePosting.term, CasePosting.cases).where(
        CasePosting.term.in_(needed | readers), CasePosting.block.between(first, last)
    )
    have: dict[int, dict[str, int]] = defaultdict(dict)
    for row in session.execute(asked):
        have[row.block][row.term] = postings.unpacked(row.cases)
    return {block: cases for block, terms in have.items() if (cases := _common(terms, needed, readers))}


def _common(terms: dict[str, int], needed: set[str], readers: set[str]) -> int:
    found = 0
    for reader in readers:
        found |= terms.get(reader, 0)
    for term in needed:
        found &= terms.get(term, 0)
    return found
