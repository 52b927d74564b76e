"""Retiring a procedure (停用): no new case, those that run go on. Proposed by one, confirmed by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.catalogue import (
    RETIRED,
    SCHEDULED,
    NotPublished,
    Procedure,
    ProcedureVersion,
    UnknownProcedure,
)
from workflows.commands import Command, Context
from workflows.db import Base, JsonText, UtcDateTime
from workflows.designing.amendments import require_ruler
from workflows.designing.effective import require_reason
from workflows.designing.publish import move
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OPEN, CONFIRMED, DROPPED = "open", "confirmed", "dropped"

LONGEST = {"number": 60, "title": 200}


class UnknownRetirement(NotFound):
    """No such proposal."""

    code = "retirement.unknown"
    sentence = "没有找到该停用提议，请从事项的版本列表进入。"


class RetirementClosed(Conflict):
    """It has been dealt with."""

    code = "retirement.closed"
    sentence = "此停用提议已由{who}办理，无需重复办理。"


class RetirementOpen(Conflict):
    """One at a time."""

    code = "retirement.open"
    sentence = "已有待核准的停用提议，请先核准或撤回。"


class SamePerson(NotAllowed):
    """The confirmation has to be another person's."""

    code = "retirement.same_person"
    sentence = "提议人不能核准自己的停用提议，请由另一位事项管理员核准。"


class StillToCome(Conflict):
    """A version waits for its time."""

    code = "retirement.still_to_come"
    sentence = "还有待生效的版本（第 {numbers} 版），请先撤回，再办理停用。"


class Retirement(Base):
    """A proposal to retire a procedure, and what became of it."""

    __tablename__ = "retirement"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, str]] = mapped_column(JsonText)
    proposed_by_id: Mapped[int | None] = mapped_column(Integer)
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(Integer)
    closed_by: Mapped[str | None] = mapped_column(String(60))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def standing(session: Session, key: str) -> Retirement | None:
    """The proposal that waits for its confirmation."""
    query = select(Retirement).where(Retirement.procedure_key == key, Retirement.state == OPEN)
    return session.scalars(query).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeRetirement(Command[int]):
    """提议停用: with the reason and the document that says so. Gives the proposal's id."""

    procedure: str
    reason: str
    document: Mapping[str, str]

    def authorise(self, ctx: Context) -> None:
        """An administrator of the procedure who takes no part in it."""
        row = ctx.memory["procedure"] = _locked(ctx, self.procedure)
        require_ruler(ctx, row)

    def run(self, ctx: Context) -> int:
        """Keep it until somebody else confirms it."""
        procedure: Procedure = ctx.memory["procedure"]
        if procedure.current_version_id is None:
            raise NotPublished(key=procedure.key)
        ctx.require(standing(ctx.session, procedure.key) is None, RetirementOpen)
        words = {"number": "文号", "title": "标题"}
        wrong = {
            name: f"请填写政策文件的{words[name]}，不超过 {most} 字。"
            for name, most in LONGEST.items()
            if not 0 < len(self.document.get(name, "").strip()) <= most
        }
        if wrong:
            raise Invalid(wrong)
        require_reason(self.reason)
        row = Retirement(
            procedure_key=procedure.key,
            version_id=procedure.current_version_id,
            state=OPEN,
            reason=self.reason.strip(),
            document={name: self.document[name].strip() for name in LONGEST},
            proposed_by_id=ctx.actor.person_id,
            proposed_by=ctx.actor.name,
            proposed_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        _put_on_record(ctx, row, reason=row.reason, document=row.document)
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnRetirement(Command[int]):
    retirement_id: int

    def authorise(self, ctx: Context) -> None:
        """An administrator of the procedure; the proposal is still open."""
        row = ctx.session.get(Retirement, self.retirement_id)
        if row is None:
            raise UnknownRetirement
        procedure = ctx.memory["procedure"] = _locked(ctx, row.procedure_key)
        require_ruler(ctx, procedure)
        ctx.session.refresh(row)
        if row.state != OPEN:
            raise RetirementClosed(who=row.closed_by)
        ctx.memory["row"] = row

    @staticmethod
    def _close(ctx: Context, row: Retirement, state: str) -> None:
        row.state, row.closed_at = state, ctx.now
        row.closed_by_id, row.closed_by = ctx.actor.person_id, ctx.actor.name
        _put_on_record(ctx, row, proposed_by=row.proposed_by_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRetirement(_OnRetirement):
    """核准停用: from now on nobody starts a case; those that run go on to their end. Gives its id."""

    def run(self, ctx: Context) -> int:
        """Another person than who proposed it. Raises SamePerson, StillToCome."""
        row: Retirement = ctx.memory["row"]
        procedure: Procedure = ctx.memory["procedure"]
        ctx.require(ctx.actor.person_id is not None and row.proposed_by_id != ctx.actor.person_id, SamePerson)
        waiting = ctx.session.scalars(
            select(ProcedureVersion.number).where(
                ProcedureVersion.procedure_key == procedure.key, ProcedureVersion.state == SCHEDULED
            )
        ).all()
        ctx.require(not waiting, StillToCome, numbers="、".join(map(str, waiting)))
        if procedure.current_version_id is not None:
            move(ctx.session.get_one(ProcedureVersion, procedure.current_version_id), RETIRED)
        procedure.current_version_id = None
        self._close(ctx, row, CONFIRMED)
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRetirement(_OnRetirement):
    """撤回停用提议: nothing changes. Gives its id."""

    def run(self, ctx: Context) -> int:
        """Close it."""
        row: Retirement = ctx.memory["row"]
        self._close(ctx, row, DROPPED)
        return row.id


def _locked(ctx: Context, key: str) -> Procedure:
    procedure = ctx.session.get(Procedure, key, with_for_update=True, populate_existing=True)
    if procedure is None:
        raise UnknownProcedure(key=key)
    return procedure


def _put_on_record(ctx: Context, row: Retirement, **facts: object) -> None:
    ctx.record("catalogue", procedure=row.procedure_key, retirement=row.id, state=row.state, **facts)
