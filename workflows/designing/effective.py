"""From when a version holds: taking effect at its time, being withdrawn before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflows.catalogue import SCHEDULED, WITHDRAWN, Procedure, ProcedureVersion
from workflows.commands import Command, Context
from workflows.designing.amendments import Amendment, require_ruler
from workflows.designing.publish import move, put_in_force
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

LONGEST_REASON = 500


class UnknownVersion(NotFound):
    """The procedure has no version of that number."""

    code = "version.unknown"
    sentence = "没有找到该版本，请从事项的版本列表进入。"


class NotWaiting(Conflict):
    """Only what has not come into force yet can be withdrawn."""

    code = "version.not_waiting"
    sentence = "第 {number} 版不在待生效状态，不能撤回；要停用现行版本，请办理停用或发布新版本。"


class NotTheirsToWithdraw(NotAllowed):
    """Who published or reviewed it withdraws it."""

    code = "version.not_theirs"
    sentence = "第 {number} 版由{who}复核、发布，只有他们可以撤回。"


def procedures_due(session: Session, now: datetime) -> list[str]:
    """The procedures of which a version's time has come, by key."""
    query = select(ProcedureVersion.procedure_key).where(
        ProcedureVersion.state == SCHEDULED, ProcedureVersion.effective_at <= now
    )
    return list(session.scalars(query.distinct().order_by(ProcedureVersion.procedure_key)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeEffect(Command[int]):
    """生效: put in force every version of a procedure whose time has come, in order. Gives how many.

    Starting a case asks the clock itself; this writes down what holds already. Again it does nothing.
    """

    procedure: str

    def authorise(self, ctx: Context) -> None:
        """Only the system."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> int:
        """The earliest first, so that each had its turn."""
        procedure = ctx.session.get_one(Procedure, self.procedure, with_for_update=True)
        versions = ctx.session.scalars(
            select(ProcedureVersion)
            .where(
                ProcedureVersion.procedure_key == self.procedure,
                ProcedureVersion.state == SCHEDULED,
                ProcedureVersion.effective_at <= ctx.now,
            )
            .order_by(ProcedureVersion.effective_at, ProcedureVersion.number)
        ).all()
        for version in versions:
            put_in_force(ctx, procedure, version)
        ctx.record("catalogue", procedure=self.procedure, versions=[each.number for each in versions])
        return len(versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawVersion(Command[int]):
    """撤回待生效版本: what has not come into force never does. Gives the version's number."""

    procedure: str
    number: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        """Its publisher or its reviewer; who else administers the procedure is told whom to ask."""
        row = ctx.memory["version"] = version_of(ctx.session, self.procedure, self.number, lock=True)
        require_ruler(ctx, ctx.session.get_one(Procedure, self.procedure))
        amendment = ctx.session.scalars(select(Amendment).where(Amendment.version_id == row.id)).one_or_none()
        if amendment is not None:
            theirs = {amendment.reviewer_id, amendment.publisher_id}
            who = "、".join(dict.fromkeys(filter(None, (amendment.reviewer, amendment.publisher))))
            ctx.require(ctx.actor.person_id in theirs, NotTheirsToWithdraw, number=row.number, who=who)

    def run(self, ctx: Context) -> int:
        """Close it, unless its time has come. Raises NotWaiting."""
        row: ProcedureVersion = ctx.memory["version"]
        due = row.effective_at is not None and row.effective_at <= ctx.now
        ctx.require(row.state == SCHEDULED and not due, NotWaiting, number=row.number)
        require_reason(self.reason)
        move(row, WITHDRAWN)
        row.withdrawn_at, row.withdrawn_by = ctx.now, ctx.actor.name
        row.withdrawn_why = self.reason.strip()
        ctx.record("catalogue", procedure=self.procedure, number=row.number, reason=row.withdrawn_why)
        return row.number


def require_reason(reason: str) -> None:
    """Refuse an empty or endless reason; raises Invalid."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": f"请写明理由，不超过 {LONGEST_REASON} 字。"})


def version_of(session: Session, key: str, number: int, *, lock: bool = False) -> ProcedureVersion:
    """A procedure's version by its number, under the procedure's lock when asked; raises UnknownVersion."""
    if lock:
        session.get(Procedure, key, with_for_update=True)
    query = select(ProcedureVersion).where(
        ProcedureVersion.procedure_key == key, ProcedureVersion.number == number
    )
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownVersion
    return row


def versions_of(session: Session, key: str) -> list[ProcedureVersion]:
    """A procedure's versions, newest first."""
    query = select(ProcedureVersion).where(ProcedureVersion.procedure_key == key)
    return list(session.scalars(query.order_by(ProcedureVersion.number.desc())))
