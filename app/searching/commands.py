"""The index is brought up to date after the commit, by the worker, a few cases at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from app.searching import due, postings
from app.searching.models import CasePosting, CaseText, IndexProgress
from app.searching.texts import said_by, terms_of
from workflows.commands import Command

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from app.searching.texts import Said
    from workflows.commands import Context

A_FEW, MANY = 20, 1000
"""So many cases in one transaction beside people at work; and where the index is made anew."""

_AT_ONCE = 500

_postings = CasePosting.__table__
_texts = CaseText.__table__
_ADD = insert(_postings)  # type: ignore[arg-type]
_CHANGE = (
    update(_postings)  # type: ignore[arg-type]
    .where(_postings.c.term == bindparam("b_term"), _postings.c.block == bindparam("b_block"))
    .values(cases=bindparam("b_cases"))
)
_REWRITE = (
    update(_texts)  # type: ignore[arg-type]
    .where(_texts.c.case_id == bindparam("b_id"))
    .values({name: bindparam("b_" + name) for name in ("revision", "papers", "said", "marks")})
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCases(Command[int]):
    """Take in cases that are new or have changed; gives how many. One at a time does it."""

    recorded = False

    most: int = A_FEW

    def authorise(self, ctx: Context) -> None:
        """Only the system, or the machine's keeper."""
        ctx.require(ctx.actor.kind in {"system", "console"})

    def run(self, ctx: Context) -> int:
        """Lock how far it has come, take in the next, say how far it is now."""
        progress = due.INDEX.locked(ctx)
        if progress is None:
            return 0
        found = due.next_cases(ctx.session, progress, ctx.now, self.most)
        write(ctx.session, said_by(ctx.session, found.case_ids))
        due.move_on(ctx, progress, found)
        return len(found.case_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetIndex(Command[None]):
    """Throw the index away, so that it is made anew from the record."""

    def authorise(self, ctx: Context) -> None:
        """Only the machine's keeper."""
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx: Context) -> None:
        """Empty its tables."""
        for table in (CasePosting, CaseText, IndexProgress):
            ctx.session.execute(delete(table))


def write(session: Session, found: dict[int, Said]) -> None:
    """Enter what these cases say now instead of what they said before."""
    rows = session.execute(select(_texts).where(_texts.c.case_id.in_(list(found))))
    before = {row.case_id: terms_of(row.said, row.marks) for row in rows}
    added: dict[tuple[int, str], int] = defaultdict(int)
    removed: dict[tuple[int, str], int] = defaultdict(int)
    for case_id, said in found.items():
        block, bit = postings.place(case_id)
        now, then = said.terms(), before.get(case_id, set())
        for term in now - then:
            added[block, term] |= bit
        for term in then - now:
            removed[block, term] |= bit
    _change(session, added, removed)
    _keep_texts(session, found, before)


def _change(session: Session, added: dict[tuple[int, str], int], removed: dict[tuple[int, str], int]) -> None:
    touched = added.keys() | removed.keys()
    standing = _standing(session, touched)
    new, changed = [], []
    for block, term in sorted(touched):
        cases = (standing.get((block, term), 0) | added.get((block, term), 0)) & ~removed.get(
            (block, term), 0
        )
        stored = postings.packed(cases)
        if (block, term) in standing:
            changed.append({"b_term": term, "b_block": block, "b_cases": stored})
        else:
            new.append({"term": term, "block": block, "cases": stored})
    if new:
        session.execute(_ADD, new)
    if changed:
        session.execute(_CHANGE, changed)


def _standing(session: Session, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """What is kept of these terms already."""
    by_block: dict[int, list[str]] = defaultdict(list)
    for block, term in wanted:
        by_block[block].append(term)
    found = {}
    for block, listed in by_block.items():
        for at in range(0, len(listed), _AT_ONCE):
            asked = select(_postings.c.term, _postings.c.cases).where(
                _postings.c.block == block, _postings.c.term.in_(listed[at : at + _AT_ONCE])
            )
            for row in session.execute(asked):
                found[block, row.term] = postings.unpacked(row.cases)
    return found


def _keep_texts(session: Session, found: dict[int, Said], before: Collection[int]) -> None:
    new, changed = [], []
    for case_id, said in found.items():
        values = {
            "revision": said.revision,
            "papers": said.papers,
            "said": said.text,
            "marks": said.marks,
        }
        if case_id in before:
            changed.append({"b_id": case_id, **{f"b_{name}": value for name, value in values.items()}})
        else:
            new.append({"case_id": case_id, **values})
    if new:
        session.execute(insert(_texts), new)  # type: ignore[arg-type]
    if changed:
        session.execute(_REWRITE, changed)
