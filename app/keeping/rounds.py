"""Many disposals at once: checked case by case before anything is done, then each by its own command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import select

from app.keeping.disposing import (
    LEAST,
    STREAM,
    ConfirmDisposal,
    NoSuchDisposal,
    NotToDispose,
    ProposeDisposal,
    one_due,
)
from app.keeping.models import CONFIRM, DONE, OPEN, PROPOSE, REFUSED, Disposal, Line, Round
from workflows.commands import Command, Context, Part
from workflows.errors import Conflict, Invalid, NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

MOST, LONGEST = 50, 500
"""So many cases at most in one round; so many characters of a reason."""

BY = {PROPOSE: "system_officer", CONFIRM: "audit_officer"}
"""Whose part each action is."""

WORDS = {PROPOSE: "提请销毁", CONFIRM: "批准销毁"}


class UnknownRound(NotFound):
    """No such round, or another officer's where it is to go on."""

    code = "disposal.unknown_round"
    sentence = "没有找到这一批处置，可能编号有误。"


class SamePerson(Conflict):
    """Whoever proposed does not confirm."""

    code = "disposal.same_person"
    sentence = "提请的人不能批准销毁。"


@dataclass(frozen=True, slots=True)
class Pick:
    """What was picked: a case's number, or the number of the row of a proposal."""

    number: str
    disposal_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One picked case: what is known of it, and why it cannot be done where it cannot."""

    pick: Pick
    procedure: str = ""
    kind: str = ""
    ended_at: datetime | None = None
    why: str = ""


def check(session: Session, actor: Actor, now: datetime, action: str, picks: Sequence[Pick]) -> list[Verdict]:
    """Look at each as its own command will, and change nothing."""
    return [_judged(session, actor, now, action, pick) for pick in picks]


def _judged(session: Session, actor: Actor, now: datetime, action: str, pick: Pick) -> Verdict:
    try:
        if action == PROPOSE:
            due = one_due(session, pick.number, now)
            return Verdict(pick, due.procedure, due.kind, due.ended_at)
        row = session.get(Disposal, pick.disposal_id)
        if row is None or row.state != OPEN or row.case_number != pick.number:
            raise NoSuchDisposal
        if row.proposed_by_id == actor.person_id:
            raise SamePerson
    except Refusal as refusal:
        return Verdict(pick, why=str(refusal))
    return Verdict(pick, row.procedure, row.kind, row.ended_at)


def picked(session: Session, action: str, values: Sequence[str]) -> tuple[Pick, ...]:
    """What the boxes of a page said, once each; a proposal's row says which case it is about."""
    texts = list(dict.fromkeys(text.strip() for text in values if text.strip()))
    if action == PROPOSE:
        return tuple(Pick(text[:40]) for text in texts)
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < LEN_ROW]
    rows = session.scalars(select(Disposal).where(Disposal.id.in_(ids)).order_by(Disposal.id))
    return tuple(Pick(row.case_number, row.id) for row in rows)


LEN_ROW = 19
"""A row's number has fewer digits."""


def round_with_lines(session: Session, round_id: int) -> tuple[Round, Sequence[Line]]:
    """A round and its cases in the order they were picked; raises UnknownRound."""
    row = session.get(Round, round_id)
    if row is None:
        raise UnknownRound
    query = select(Line).where(Line.round_id == round_id).order_by(Line.place)
    return row, session.scalars(query).all()


def of_late(session: Session) -> Sequence[Round]:
    """The newest rounds, newest first."""
    return session.scalars(select(Round).order_by(Round.id.desc()).limit(10)).all()


def waiting(session: Session, round_id: int) -> Sequence[int]:
    """The lines that have no result yet."""
    query = select(Line.id).where(Line.round_id == round_id, Line.state == OPEN).order_by(Line.place)
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginRound(Command[int]):
    """Take down which cases are to be proposed, or which proposals confirmed. Gives the round's id.

    Nothing is decided here about any of them: that happens one by one, each by its own command.
    """

    action: str
    picks: tuple[Pick, ...]
    reason: str = ""

    def authorise(self, ctx: Context) -> None:
        """Each of the two officers for their own part."""
        ctx.require(ctx.actor.holds(BY.get(self.action, "")), NotToDispose)

    def run(self, ctx: Context) -> int:
        """Write it down; raises Invalid."""
        errors = self._faults()
        if errors:
            raise Invalid(errors)
        row = Round(
            action=self.action,
            why=self.reason.strip() if self.action == PROPOSE else None,
            account_id=ctx.actor.account_id,
            person=ctx.actor.name,
            at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        for place, pick in enumerate(self.picks):
            line = Line(round_id=row.id, place=place, case_number=pick.number, disposal_id=pick.disposal_id)
            ctx.session.add(line)
        numbers = [pick.number for pick in self.picks]
        ctx.record(STREAM, round=row.id, action=self.action, cases=numbers, reason=row.why)
        return row.id

    def _faults(self) -> dict[str, str]:
        errors = {}
        if not self.picks:
            errors["picks"] = "请至少选择一件。"
        elif len(self.picks) > MOST:
            errors["picks"] = f"一次最多 {MOST} 件，请分次办理。"
        elif len({pick.number for pick in self.picks}) < len(self.picks):
            errors["picks"] = "同一件选了两次。"
        if self.action == PROPOSE and not LEAST <= len(self.reason.strip()) <= LONGEST:
            errors["reason"] = f"请写明理由，{LEAST} 至 {LONGEST} 个字。"
        return errors


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleLine(Command[list[str]]):
    """Deal with one case of one's round: settled with its result, or not at all.

    Gives the files to take off the disk. A refusal undoes the case's own deed alone, and is kept with its
    reason; whoever comes second finds it settled.
    """

    recorded: ClassVar[bool] = False

    line_id: int

    def authorise(self, ctx: Context) -> None:
        """Whose round it is, in the office they still hold."""
        line = ctx.session.get(Line, self.line_id, with_for_update=True, populate_existing=True)
        row = ctx.session.get(Round, line.round_id) if line else None
        ctx.require(row is not None and row.account_id == ctx.actor.account_id, UnknownRound)
        ctx.memory["line"], ctx.memory["round"] = line, row

    def run(self, ctx: Context) -> list[str]:
        """Carry out the case's own command."""
        line: Line = ctx.memory["line"]
        row: Round = ctx.memory["round"]
        if line.state != OPEN:
            return []
        deed = _deed(row, line)
        part = Part(ctx, ctx.actor, None, type(deed).__name__)
        try:
            given = part.carry_out(deed)
        except Refusal as refusal:
            part.put_on_record(refusal, number=line.case_number, round=row.id)
            line.state, line.code, line.sentence = REFUSED, refusal.code, str(refusal)
            return []
        line.state = DONE
        return given if isinstance(given, list) else []


def _deed(row: Round, line: Line) -> ProposeDisposal | ConfirmDisposal:
    if row.action == PROPOSE:
        return ProposeDisposal(number=line.case_number, reason=row.why or "")
    return ConfirmDisposal(disposal_id=line.disposal_id or 0)
