"""Dealing with a case as a whole: 终止, 挂起, 恢复, and an administrator's 跳转."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from workflows import calendars, cases, exclusion, item_rows, outbox, pausing, spiff, timers, withholding
from workflows.cases import CANCELLED, RUNNING, SUSPENDED, CaseNotRunning, UnknownCase
from workflows.clock import LOCAL
from workflows.commands import Command, Context
from workflows.course import Course
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.ports import OperationCall
from workflows.work_items import CLAIMED, HELD, OFFERED, STEP, UnknownItem

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.cases import Case, OpenCase
    from workflows.catalogue import Release
    from workflows.commands import Actor
    from workflows.work_items import OpenItem, WorkItem

ADMINISTRATOR = "procedure_admin"
"""Who keeps the procedures of a county: may put a case elsewhere, let it rest, end it; never decides one."""

KIND = "handling"
"""The journal's kind of such an act."""

OVER = "已终止"


class NotToHandle(NotAllowed):
    """The case is not this person's to stop, rest or move."""

    code = "case.not_to_handle"
    sentence = "您不能{what}此办件：只有{who}可以。"


class NotSuspended(Conflict):
    """Only a case at rest can be resumed."""

    code = "case.not_suspended"
    sentence = "办件 {number} 没有挂起，无需恢复。"


class MovedOn(Conflict):
    """The item one would jump from was done or withdrawn meanwhile."""

    code = "case.moved_on"
    sentence = "该环节已办结或撤销，办件已有变化：请刷新后再跳转。"


JUMPS_FROM = frozenset({OFFERED, CLAIMED, HELD})
"""The states of a step's item that a case may be put elsewhere from."""


def administers(session: Session, actor: Actor, case: Case | OpenCase) -> bool:
    """Whether the actor keeps the procedures where the case belongs, and may learn of it."""
    over = tuple(grant for grant in actor.grants if grant.role == ADMINISTRATOR)
    if not any(grant.reaches(case.division) for grant in over):
        return False
    return not (case.kept and withholding.is_kept(session, actor, case.id))


class WayOn(NamedTuple):
    """A step a case may be put at, and what the diagram asks for on the way there, which is left out."""

    step: str
    name: str
    skips: tuple[str, ...]


def ways_on(case: Case, release: Release, item: WorkItem) -> list[WayOn]:
    """Where an administrator may put the token of an open item, in the diagram's order."""
    if item.kind != STEP or item.state not in JUMPS_FROM:
        return []
    specification, state = release.specification, case.engine_state
    return [
        WayOn(
            step,
            specification.elements[step].name,
            spiff.skipped(specification, state, item.task_id, step),
        )
        for step in spiff.ways_on(specification, state, item.task_id)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCommand(Command[str]):
    """A command on a whole case, with its reason. Gives the case's number."""

    word: ClassVar[str] = ""

    number: str
    reason: str

    def locked(self, ctx: Context) -> OpenCase:
        """The case, locked and remembered; raises UnknownCase."""
        case = cases.locked(ctx, _LOCK_NUMBERED, number=self.number)
        if case is None:
            raise UnknownCase
        ctx.memory["case"] = case
        return case

    def authorise(self, ctx: Context) -> None:
        """An administrator of the case's county."""
        case = self.locked(ctx)
        ctx.require(administers(ctx.session, ctx.actor, case), NotToHandle, what=self.word, who="事项管理员")

    def say(self, ctx: Context, case: OpenCase, what: str, **more: Any) -> None:
        """The journal row; raises Invalid without a reason."""
        if not self.reason.strip():
            raise Invalid({"reason": f"请写明{what}的原因。"})
        # A household acts for itself, not for the committee of its village.
        grant = next((one for one in ctx.actor.grants if one.role != "household"), None)
        case.take_down(
            ctx,
            **{
                "kind": KIND,
                "step": KIND,
                "name": what,
                "actor": ctx.actor.name,
                "actor_id": ctx.actor.person_id,
                "unit_id": grant.unit_id if grant else None,
                "unit": grant.unit_name if grant else None,
                "opinion": self.reason,
                **more,
            },
        )


_LOCK_NUMBERED = cases.locking_numbered()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCase(CaseCommand):
    """终止: end a case that is not to go on; nothing it decided is undone."""

    word: ClassVar[str] = "终止"

    def authorise(self, ctx: Context) -> None:
        """Who started it, or an administrator of the case's county."""
        case = self.locked(ctx)
        starter = case.started_by_id is not None and case.started_by_id == ctx.actor.person_id
        allowed = starter or administers(ctx.session, ctx.actor, case)
        ctx.require(allowed, NotToHandle, what=self.word, who="发起人和事项管理员")
        if not starter:
            exclusion.require_impartial(ctx, case)
        ctx.require(case.state in {RUNNING, SUSPENDED}, CaseNotRunning, number=case.number, state=case.words)

    def run(self, ctx: Context) -> str:
        """Withdraw its items, stop its timers and its notice, close it."""
        case: OpenCase = ctx.memory["case"]
        pausing.end(ctx, case)
        self.say(ctx, case, self.word)
        _tell_holders(ctx, case, "case_cancelled")
        item_rows.withdraw(ctx, case.id, list(item_rows.tasks_open(ctx, case.id)))
        timers.project(ctx, case.id, had=True, due={})
        ask_host(ctx, case, "notice.recall", why=self.reason)
        case.state, case.outcome, case.ended_at = CANCELLED, OVER, ctx.now
        case.waiting, case.standing, case.undo, case.suspended_at = [], "", [], None
        cases.store(ctx, case)
        outbox.promise(ctx, "message", about="case_cancelled", case=case.number, applicant=True)
        return case.number


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendCase(CaseCommand):
    """挂起: let a case rest; nobody can act on it and no time limit runs."""

    word: ClassVar[str] = "挂起"

    def run(self, ctx: Context) -> str:
        """Note since when."""
        case: OpenCase = ctx.memory["case"]
        case.require_running()
        # A stretch of waiting ends here: what stands still now stands still as a whole.
        pausing.end(ctx, case)
        self.say(ctx, case, self.word)
        case.state, case.suspended_at = SUSPENDED, ctx.now
        cases.store(ctx, case)
        _tell_holders(ctx, case, "case_suspended")
        outbox.promise(ctx, "message", about="case_suspended", case=case.number, applicant=True)
        return case.number


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCase(CaseCommand):
    """恢复: let a case that rested go on; every limit is put off by as long as it rested."""

    word: ClassVar[str] = "恢复"

    def run(self, ctx: Context) -> str:
        """Shift limits by working days, events that end on a day by whole days, and go on."""
        case: OpenCase = ctx.memory["case"]
        ctx.require(case.state == SUSPENDED, NotSuspended, number=case.number)
        since = case.suspended_at or ctx.now
        calendar = calendars.of(ctx.session, case.dated)
        days, rest = calendar.rested(since, ctx.now), _whole_days(since, ctx.now)
        case.state, case.suspended_at = RUNNING, None
        self.say(ctx, case, self.word, why=f"挂起 {rest.days} 天（{days} 个工作日），各项时限相应顺延")
        if case.due_at is not None:
            case.due_at = calendar.later(case.due_at, days)
        item_rows.put_off(ctx, case.id, days, calendar)
        ask_host(ctx, case, "notice.extend", days=rest.days)
        Course.of(ctx, case).postpone(rest)
        cases.store(ctx, case, days=days)
        _tell_holders(ctx, case, "case_resumed")
        outbox.promise(ctx, "message", about="case_goes_on", case=case.number, applicant=True)
        return case.number


def _whole_days(since: datetime, until: datetime) -> timedelta:
    """Calendar days from one local day to another: what ends at 24:00 still ends at 24:00."""
    return until.astimezone(LOCAL).date() - since.astimezone(LOCAL).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpItem(Command[int]):
    """跳转: put a case at another step, past the diagram, with the reason. Gives the case's id."""

    item_id: int
    to: str
    reason: str

    def authorise(self, ctx: Context) -> None:
        """An administrator of the case's county; the case runs and the item is open."""
        case = item_rows.lock_case(ctx, self.item_id)
        ctx.require(administers(ctx.session, ctx.actor, case), NotToHandle, what="跳转", who="事项管理员")
        exclusion.require_impartial(ctx, case)
        item = item_rows.read_among(ctx, case.id, self.item_id)
        ctx.require(item.kind == STEP, UnknownItem)
        # Who did it meanwhile is nothing an administrator learns.
        ctx.require(item.state in JUMPS_FROM, MovedOn)
        case.require_running()
        ctx.memory["case"], ctx.memory["item"] = case, item

    def run(self, ctx: Context) -> int:
        """Move the token; the items it leaves are withdrawn."""
        case: OpenCase = ctx.memory["case"]
        item: OpenItem = ctx.memory["item"]
        course = Course.of(ctx, case)
        there = course.release.specification.elements.get(self.to)
        if there is None or not course.leads_to(item.task_id, self.to):
            raise Invalid({"to": "请选择可以跳转到的环节。"})
        act = CaseCommand(number=case.number, reason=self.reason)
        act.say(ctx, case, f"跳转：{item.name} → {there.name}", item_id=item.id)
        course.jump(item.task_id, self.to)
        cases.store(ctx, case, item=item.id, step=item.step, to=self.to)
        return case.id


def ask_host(ctx: Context, case: OpenCase, operation: str, **inputs: Any) -> None:
    """Let the office do what goes with an act on the whole case: its notice ends or runs longer with it."""
    call = OperationCall(
        operation=operation,
        element=KIND,
        name=operation,
        inputs=inputs,
        case_id=case.id,
        case_number=case.number,
        procedure=case.procedure_key,
        division=case.division,
        subject=case.subject,
        variables=case.variables,
        parameters={},
    )
    ctx.host.operations.perform(ctx, call)


def _tell_holders(ctx: Context, case: OpenCase, about: str) -> None:
    """A message to whoever holds an item of the case; an offered one is nobody's loss."""
    for item_id in item_rows.tasks_open(ctx, case.id).values():
        item = item_rows.read(ctx, item_id)
        if item.assignee_id and item.state in {OFFERED, CLAIMED}:
            to = {"person_id": item.assignee_id, "item": item.id}
            outbox.promise(ctx, "message", about=about, case=case.number, **to)
