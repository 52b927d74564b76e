"""Copies of a case for people who need not act: 抄送 (to know) and 传阅 (to read and answer)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows import cases, outbox, withholding
from workflows.acting import in_own_right
from workflows.cases import UnknownCase
from workflows.commands import COUNTY_PREFIX, VILLAGE_PREFIX, Command, Context
from workflows.db import Base, BigId, UtcDateTime
from workflows.errors import Invalid, NotFound
from workflows.journal import StepRecord
from workflows.work_items import OPEN, WorkItem, may_act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.cases import OpenCase
    from workflows.commands import Actor

COPY, CIRCULATE = "copy", "circulate"
WORDS = {COPY: "抄送", CIRCULATE: "传阅"}

MOST_READERS = 50

KIND = "copy"
"""The journal's kind of sending a case round and of reading it."""

NO_STEPS = (KIND, "handling", "remind")
"""Kinds of rows whose authors need not have handled the case: who read a copy sends no more of them."""


class UnknownCopy(NotFound):
    """No such copy, or somebody else's."""

    code = "copy.unknown"
    sentence = "没有找到该抄送件。"


class CaseCopy(Base):
    """A case sent to one person to know or to read; having it lets them read the case."""

    __tablename__ = "case_copy"
    __table_args__ = (
        CheckConstraint("kind IN ('copy', 'circulate')", name="known_copy_kind"),
        Index("ix_case_copy_person", "person_id", "id"),
        Index("ix_case_copy_case", "case_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int] = mapped_column(Integer)
    person: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int | None] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str | None] = mapped_column(String(120))
    words: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCopies(Command[int]):
    """抄送, 传阅: let people of the county read a case. Gives how many were sent.

    Whoever has it already is left out. ``kind`` is copy or circulate; ``words`` say why.
    """

    number: str
    kind: str
    to_person_ids: tuple[int, ...]
    words: str = ""

    def authorise(self, ctx: Context) -> None:
        """Whoever handles the case: did a step of it, or may act on an open item of it now."""
        case = cases.locked(ctx, _LOCK_NUMBERED, number=self.number)
        if case is None or (case.kept and withholding.is_kept(ctx.session, ctx.actor, case.id)):
            raise UnknownCase
        ctx.require(handles(ctx.session, ctx.actor, case.id), UnknownCase)
        ctx.memory["case"] = case

    def run(self, ctx: Context) -> int:
        """One copy for each, one line in the journal."""
        case: OpenCase = ctx.memory["case"]
        if self.kind not in WORDS:
            raise Invalid({"kind": "请选择抄送或传阅。"})
        known = self._readers(ctx, case)
        has = select(CaseCopy.person_id).where(CaseCopy.case_id == case.id, CaseCopy.kind == self.kind)
        had = set(ctx.session.scalars(has))
        new = {person: name for person, name in known.items() if person not in had}
        if new:
            self._send(ctx, case, new)
        return len(new)

    def _readers(self, ctx: Context, case: OpenCase) -> dict[int, str]:
        county = case.division[:COUNTY_PREFIX].ljust(VILLAGE_PREFIX, "0")
        wanted = tuple(dict.fromkeys(self.to_person_ids))
        staff = ctx.host.directory.staff(ctx.session, wanted, county)
        withheld = withholding.people(ctx.session, case.id) if case.kept else set()
        if not wanted or len(wanted) > MOST_READERS:
            raise Invalid({"to": f"请选择 1 至 {MOST_READERS} 人。"})
        if any(person not in staff or person in withheld for person in wanted):
            raise Invalid({"to": "只能送给本旗区县有办理职责的人员，且不得是须回避的人。"})
        return {person: staff[person].name for person in wanted if person != ctx.actor.person_id}

    def _send(self, ctx: Context, case: OpenCase, new: dict[int, str]) -> None:
        grant = next(iter(ctx.actor.grants), None)
        told = {
            "case_id": case.id,
            "kind": self.kind,
            "by_id": ctx.actor.person_id,
            "by": ctx.actor.name,
            "unit": grant.unit_name if grant else None,
            "words": self.words.strip() or None,
            "sent_at": ctx.now,
        }
        ctx.session.execute(
            insert(CaseCopy), [{**told, "person_id": person, "person": name} for person, name in new.items()]
        )
        take_down(
            ctx, case, f"{WORDS[self.kind]}：{'、'.join(new.values())}"[:120], self.words.strip() or None
        )
        cases.store(ctx, case, to=sorted(new))
        about = "copied" if self.kind == COPY else "circulated"
        for person in new:
            outbox.promise(ctx, "message", person_id=person, about=about, case=case.number, by=ctx.actor.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCopy(Command[str]):
    """阅: note that a copy of mine was read, and what I say to it. Gives the case's number."""

    copy_id: int
    answer: str = ""

    def authorise(self, ctx: Context) -> None:
        """Only the person it was sent to."""
        found = ctx.session.get(CaseCopy, self.copy_id)
        mine = found is not None and found.person_id == ctx.actor.person_id
        ctx.require(mine, UnknownCopy)
        case = cases.lock(ctx, found.case_id) if found is not None else None
        kept = case is not None and case.kept and withholding.is_kept(ctx.session, ctx.actor, case.id)
        ctx.require(case is not None and not kept, UnknownCopy)
        ctx.memory["case"] = case

    def run(self, ctx: Context) -> str:
        """The first time counts; the answer to what is sent round stands in the journal."""
        case: OpenCase = ctx.memory["case"]
        found = ctx.session.get_one(CaseCopy, self.copy_id)
        if found.read_at is None:
            found.read_at, found.answer = ctx.now, self.answer.strip() or None
            if found.kind == CIRCULATE:
                take_down(ctx, case, f"阅：{ctx.actor.name}", found.answer)
                cases.store(ctx, case, copy=found.id)
        return case.number


_LOCK_NUMBERED = cases.locking_numbered()


def handles(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the actor did a step of the case, or may act on an open item of it in their own right."""
    did = select(StepRecord.seq).where(
        StepRecord.case_id == case_id,
        StepRecord.actor_id == (actor.person_id or 0),
        StepRecord.kind.not_in(NO_STEPS),
    )
    if session.scalar(did.limit(1)) is not None:
        return not any(grant.role == "household" for grant in actor.grants)
    standing = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state.in_(OPEN))
    return any(may_act(item, actor) and in_own_right(item, actor) for item in session.scalars(standing))


def take_down(ctx: Context, case: OpenCase, name: str, opinion: str | None) -> None:
    """The line about a copy in the journal of its case."""
    grant = next(iter(ctx.actor.grants), None)
    case.take_down(
        ctx,
        kind=KIND,
        step=KIND,
        name=name,
        actor=ctx.actor.name,
        actor_id=ctx.actor.person_id,
        unit_id=grant.unit_id if grant else None,
        unit=grant.unit_name if grant else None,
        opinion=opinion,
    )
