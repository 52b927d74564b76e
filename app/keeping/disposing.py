"""销毁: what is due, proposed by one officer and confirmed by another; nothing is disposed of by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, or_, select

from app import retention
from app.evidence.commands import EraseCase
from app.keeping.models import CONFIRMED, OPEN, WITHDRAWN, Disposal
from workflows import cases, catalogue
from workflows.cases import CANCELLED, ENDED, Case, UnknownCase
from workflows.commands import Command, Context
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

STREAM = "disposals"
LEAST = 4


class NotToDispose(NotAllowed):
    """Each of the two has a part of their own."""

    code = "disposal.officers_only"
    sentence = "销毁由系统管理员提请、审计管理员批准。"


class NotDue(Conflict):
    """What is to be kept is kept."""

    code = "disposal.not_due"
    sentence = "办件 {number} 的保管期限（{kind}）未满，或已提请、已销毁，不能提请销毁。"


class NoSuchDisposal(NotFound):
    """No open proposal has this number."""

    code = "disposal.none"
    sentence = "没有找到待批准的销毁提请，可能已经办理。"


class Due(NamedTuple):
    """A case whose time is over; whom it is about is nobody's business here."""

    id: int
    number: str
    procedure: str
    kind: str
    ended_at: datetime


def due(session: Session, now: datetime, *, after: int | None = None, limit: int = 20) -> list[Due]:
    """Ended cases whose retention is over and that nobody proposed yet, by number of row."""
    kinds = _classes(session, now)
    late = [
        and_(Case.version_id.in_(ids), Case.ended_at < retention.ended_before(k, now))
        for k, ids in kinds.items()
    ]
    if not late:
        return []
    query = select(Case).where(or_(*late), *_disposable()).order_by(Case.id).limit(limit)
    if after is not None:
        query = query.where(Case.id > after)
    by_version = {version: kind for kind, ids in kinds.items() for version in ids}
    return [
        Due(row.id, row.number, row.procedure_name, by_version[row.version_id], row.ended_at)
        for row in session.scalars(query)
        if row.ended_at is not None
    ]


def _disposable() -> tuple[ColumnElement[bool], ...]:
    standing = select(Disposal.case_number).where(Disposal.state != WITHDRAWN)
    return Case.state.in_((ENDED, CANCELLED)), Case.number.not_in(standing)


def _classes(session: Session, now: datetime) -> dict[str, list[int]]:
    """The versions under which anything old enough ended, by class; what is kept for good is left out."""
    oldest = max(filter(None, (retention.ended_before(kind, now) for kind in retention.YEARS)))
    versions = session.scalars(select(Case.version_id).where(Case.ended_at < oldest).distinct())
    found: dict[str, list[int]] = {}
    for version in versions:
        kind = retention.class_of(catalogue.release(session, version).meta)
        if kind in retention.YEARS:
            found.setdefault(kind, []).append(version)
    return found


def one_due(session: Session, number: str, now: datetime) -> Due:
    """One of them; raises UnknownCase or NotDue."""
    row = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    if row is None:
        raise UnknownCase
    kind = retention.class_of(catalogue.release(session, row.version_id).meta)
    before = retention.ended_before(kind, now)
    standing = select(Disposal.id).where(Disposal.case_number == number, Disposal.state != WITHDRAWN)
    over = before is not None and row.ended_at is not None and row.ended_at < before
    if row.ended_at is None or not over or session.scalar(standing) is not None:
        raise NotDue(number=number, kind=kind)
    return Due(row.id, row.number, row.procedure_name, kind, row.ended_at)


def proposals(session: Session) -> Sequence[Disposal]:
    """What waits for the second pair of eyes, the oldest first."""
    return session.scalars(
        select(Disposal).where(Disposal.state == OPEN).order_by(Disposal.id).limit(50)
    ).all()


def register(session: Session) -> Sequence[Disposal]:
    """销毁清册: what was destroyed, the newest first."""
    query = select(Disposal).where(Disposal.state == CONFIRMED).order_by(Disposal.id.desc()).limit(50)
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDisposal(Command[int]):
    """提请销毁 of a case whose time is over. Gives the proposal's id."""

    number: str
    reason: str

    def authorise(self, ctx: Context) -> None:
        """The system officer."""
        ctx.require(ctx.actor.holds("system_officer"), NotToDispose)

    def run(self, ctx: Context) -> int:
        """Keep it for the other one."""
        found = one_due(ctx.session, self.number, ctx.now)
        if len(self.reason.strip()) < LEAST:
            raise Invalid({"reason": f"请写明理由，至少 {LEAST} 个字。"})
        row = Disposal(
            case_number=found.number,
            procedure=found.procedure,
            kind=found.kind,
            ended_at=found.ended_at,
            state=OPEN,
            why=self.reason.strip(),
            proposed_by_id=ctx.actor.person_id,
            proposed_by=ctx.actor.name,
            proposed_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record(STREAM, disposal=row.id, case=row.case_number, kind=row.kind, reason=row.why)
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnDisposal(Command[list[str]]):
    """A command on one open proposal."""

    disposal_id: int

    def open(self, ctx: Context) -> Disposal:
        """Lock it; raises NoSuchDisposal."""
        row = ctx.session.get(Disposal, self.disposal_id, with_for_update=True)
        if row is None or row.state != OPEN:
            raise NoSuchDisposal
        return row

    @staticmethod
    def close(ctx: Context, row: Disposal, state: str) -> None:
        """Say who closed it."""
        row.state, row.closed_at = state, ctx.now
        row.closed_by_id, row.closed_by = ctx.actor.person_id, ctx.actor.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDisposal(_OnDisposal):
    """批准销毁: the words go as they go by law, the proofs stay. Gives the files to take off the disk."""

    def authorise(self, ctx: Context) -> None:
        """The audit officer."""
        ctx.require(ctx.actor.holds("audit_officer"), NotToDispose)

    def run(self, ctx: Context) -> list[str]:
        """Erase, and enter it in the register on the trail."""
        row = self.open(ctx)
        case = cases.locked(ctx, cases.locking_numbered(), number=row.case_number)
        if case is None:
            raise UnknownCase
        ctx.memory["case"] = case
        self.close(ctx, row, CONFIRMED)
        basis = f"{retention.SOURCE}，保管期限{row.kind}已满"
        gone = EraseCase(number=row.case_number, basis=basis, reason=row.why).run(ctx)
        ctx.record(
            STREAM,
            disposal=row.id,
            case=row.case_number,
            kind=row.kind,
            ended=row.ended_at.isoformat(),
            proposed_by=row.proposed_by,
            files=len(gone),
        )
        return gone


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDisposal(_OnDisposal):
    """退回 or take back a proposal: nothing is destroyed."""

    def authorise(self, ctx: Context) -> None:
        """Either of the two."""
        either = ctx.actor.holds("system_officer") or ctx.actor.holds("audit_officer")
        ctx.require(either, NotToDispose)

    def run(self, ctx: Context) -> list[str]:
        """Close it."""
        row = self.open(ctx)
        self.close(ctx, row, WITHDRAWN)
        ctx.record(STREAM, disposal=row.id, case=row.case_number, withdrawn=True)
        return []
