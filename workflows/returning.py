"""Going back: 退回 to a step that was executed, 撤回 of one's own step while nothing has been built on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select

from workflows import (
    asides,
    cases,
    catalogue,
    exclusion,
    item_rows,
    lateness,
    outbox,
    spiff,
    traces,
    withholding,
    work_items,
)
from workflows.cases import RUNNING
from workflows.commands import Command, Context, StandIn
from workflows.course import Course
from workflows.errors import Conflict, Invalid
from workflows.journal import StepRecord
from workflows.running import ItemCommand, held
from workflows.work_items import CLAIMED, DONE, HELD, OPEN, STEP, NotYours, UnknownItem, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from workflows.cases import Case, OpenCase
    from workflows.catalogue import Release
    from workflows.commands import Actor
    from workflows.spiff import Element
    from workflows.work_items import OpenItem

SENT_BACK = "退回"

BACK, WITHDRAWN = "back", "withdraw"
"""Kinds of journal rows: an item sent back by hand, and a step that its doer took back."""

UNDOABLE = ("register.read", "register.list", "register.count", "order.look")
"""Operations that leave nothing behind: a step that only brought about these may be taken back."""


class NotExecuted(Invalid):
    """The step one would send back to was never executed, or does not lead here."""

    code = "work_item.no_such_return"
    sentence = "不能退回到该环节：只能退回到本办件实际办理过、且在本分支之前的环节。"


class NoStraightReturn(Conflict):
    """A straight return would leave out branches that went back too, or a notice or entry that is due."""

    code = "work_item.no_straight_return"
    sentence = "退回到“{name}”后须逐级重新办理，不能直送：中间有公示、登记等步骤，或有其他分支一并退回。"


class NothingToTakeBack(Conflict):
    """The step cannot be undone any more."""

    code = "work_item.nothing_to_take_back"
    sentence = "“{name}”不能撤回：{why}。如确有错误，请联系现办理人退回。"


class WayBack(NamedTuple):
    """A step an item may be sent back to."""

    step: str
    name: str
    who: str
    straight: bool
    """Whether the case may come straight back from there."""


_DONE_STEPS = (
    select(WorkItem.step, func.max(WorkItem.id))
    .where(WorkItem.case_id == bindparam("b_case"), WorkItem.state == DONE, WorkItem.kind == STEP)
    .group_by(WorkItem.step)
    .order_by(func.max(WorkItem.id))
)
_DOERS = select(WorkItem.id, WorkItem.done_by_id, WorkItem.done_by, WorkItem.unit)


def ways_back(
    session: Session, case: Case | OpenCase, release: Release, item: WorkItem | OpenItem
) -> list[WayBack]:
    """Where an open item may be sent back to: steps really executed that lead here, the latest last."""
    if item.kind != STEP or item.state not in OPEN:
        return []
    specification, state = release.specification, case.engine_state
    leading = set(spiff.ways_back(specification, state, item.task_id))
    latest = {row[0]: row[1] for row in session.execute(_DONE_STEPS, {"b_case": case.id})}
    doers = {row.id: row for row in session.execute(_DOERS.where(WorkItem.id.in_(latest.values())))}
    return [
        WayBack(
            step,
            specification.elements[step].name,
            doers[number].done_by or doers[number].unit,
            _straight(release, case, item, specification.elements[step]),
        )
        for step, number in latest.items()
        if step in leading
    ]


def _straight(release: Release, case: Case | OpenCase, item: WorkItem | OpenItem, there: Element) -> bool:
    """Whether the case may come straight back: no branch goes along, and nothing that is due is left out.

    What the system does on the way, a notice or an entry above all, would rest on what was there before it
    was mended: then every step between is done again.
    """
    specification, state = release.specification, case.engine_state
    if there.multi_instance is not None:
        return False
    if not spiff.stays_in_its_branch(specification, state, item.task_id, there.id):
        return False
    passed = spiff.between(specification, state, item.task_id, there.id)
    return not any(_leaves_something(specification.elements[name]) for name in passed)


def _leaves_something(element: Element) -> bool:
    """Whether the system does something there that stands outside the case."""
    return bool(element.operation) and element.operation not in UNDOABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBackTo(ItemCommand):
    """退回: close my item and open the executed step ``to`` again for who did it, with the reason.

    ``straight`` (直送退回人): once it is done there, the case comes back to my step at once; else it goes
    through every step between again (重走). Gives the case's id.
    """

    action: ClassVar[str] = "send-back"
    decides: ClassVar[bool] = True

    to: str
    reason: str
    straight: bool = False
    late_reason: str | None = None

    def run(self, ctx: Context) -> int:
        """Move the token; items beside it go too where the way back leads out of their branches."""
        case, item = held(ctx)
        if not self.reason.strip():
            raise Invalid({"reason": "请写明退回的原因，让收到的人知道要改什么。"})
        late = lateness.judged(item, self.late_reason, ctx.now)
        late.require()
        asides.require_nothing_before(ctx, item)
        course = Course.of(ctx, case)
        exclusion.require_apart(ctx, case, course.release, item, ctx.standing)
        way = self._way(ctx, course, item)
        item_rows.finish(ctx, item, ctx.actor, conclusion=SENT_BACK, opinion=self.reason)
        grant = (ctx.standing or ctx.actor).grant_in(item.role, item.unit_id)
        case.take_down(
            ctx,
            kind=BACK,
            step=item.step,
            name=item.name,
            round=item.round,
            item_id=item.id,
            actor_id=ctx.actor.person_id,
            actor=ctx.actor.name,
            unit_id=item.unit_id,
            unit=grant.unit_name if grant else item.unit,
            opened_at=item.created_at,
            conclusion=SENT_BACK,
            opinion=self.reason,
            late_reason=late.reason,
            why=f"退回到“{way.name}”，{'改好后直送退回人' if self.straight else '改好后逐级重新办理'}",
        )
        course.move_back(item.task_id, self.to, **self._given(ctx, course, item))
        _tell_those_asked(ctx, case, self.to)
        cases.store(ctx, case, item=item.id, step=item.step, to=self.to, straight=self.straight)
        return case.id

    def _way(self, ctx: Context, course: Course, item: OpenItem) -> WayBack:
        ways = ways_back(ctx.session, course.case, course.release, item)
        way = next((way for way in ways if way.step == self.to), None)
        if way is None:
            raise NotExecuted({"to": "请选择本办件实际办理过的环节。"})
        if self.straight and not way.straight:
            raise NoStraightReturn(name=way.name)
        return way

    def _given(self, ctx: Context, course: Course, item: OpenItem) -> dict[str, object]:
        """The item goes to who did the step, if they still may; and knows where it is to come back to."""
        given: dict[str, object] = {"return_to": item.step} if self.straight else {}
        if course.release.specification.elements[self.to].multi_instance is not None:
            return given
        last = _latest(ctx, course.case.id, self.to)
        roles = (last.role, *work_items.takers(last.role))
        holders = ctx.host.directory.holders(ctx.session, roles, last.unit_id)
        who, name = last.done_for_id or last.done_by_id, last.done_for or last.done_by
        if who in holders:
            given |= {"assignee_id": who, "assignee": name, "state": CLAIMED}
        return given


def _latest(ctx: Context, case_id: int, step: str) -> WorkItem:
    """The item of a step that was done last."""
    asked = select(WorkItem).where(
        WorkItem.case_id == case_id, WorkItem.step == step, WorkItem.state == DONE, WorkItem.kind == STEP
    )
    return ctx.session.scalars(asked.order_by(WorkItem.id.desc()).limit(1)).one()


def _tell_those_asked(ctx: Context, case: OpenCase, step: str) -> None:
    """A message for whoever is to do the step again."""
    asked = select(WorkItem.id, WorkItem.assignee_id, WorkItem.role, WorkItem.unit_id).where(
        WorkItem.case_id == case.id, WorkItem.step == step, WorkItem.state.in_(OPEN), WorkItem.kind == STEP
    )
    for row in ctx.session.execute(asked):
        to = {"person_id": row.assignee_id} if row.assignee_id else {"role": row.role, "unit_id": row.unit_id}
        outbox.promise(ctx, "message", about="returned", case=case.number, item=row.id, **to)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawStep(Command[int]):
    """撤回: undo my own step while every item it opened is untouched. Gives the id of the item open again.

    A decision held by signers behind it is given back as well.
    """

    item_id: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        """Only who did it; the case runs."""
        case = item_rows.lock_case(ctx, self.item_id)
        item = item_rows.read_among(ctx, case.id, self.item_id)
        if case.kept and withholding.is_kept(ctx.session, ctx.actor, case.id):
            raise UnknownItem
        mine = whose_deed(item, ctx.actor) if item.kind == STEP and item.state in {DONE, HELD} else None
        ctx.require(mine is not None, NotYours, whose=item.done_by or item.assignee or item.unit)
        ctx.standing = mine if isinstance(mine, StandIn) else None
        case.require_running()
        ctx.memory["case"], ctx.memory["item"] = case, item

    def run(self, ctx: Context) -> int:
        """Turn back what the step did, and open its item again as it stood."""
        case, item = held(ctx)
        if not self.reason.strip():
            raise Invalid({"reason": "请写明撤回的原因。"})
        if item.state == HELD:
            asides.note(ctx, case, item, name=f"撤回（{item.name}）", opinion=self.reason)
            asides.let_go(ctx, item)
            cases.store(ctx, case, item=item.id, step=item.step)
            return item.id
        self._undo(ctx, case, item)
        cases.store(ctx, case, item=item.id, step=item.step)
        return item_rows.tasks_open(ctx, case.id)[item.task_id]

    def _undo(self, ctx: Context, case: OpenCase, item: OpenItem) -> None:
        trace = traces.of_item(case, item.id)
        why = obstacle(ctx.session, case, trace)
        if trace is None or why:
            raise NothingToTakeBack(name=item.name, why=why)
        answers = _answers(ctx, case.id, trace["seq"])
        traces.rub_out(case, trace)
        course = Course.of(ctx, case)
        course.given = {item.task_id: {"draft": answers}}
        asides.note(
            ctx, case, item, kind=WITHDRAWN, step=WITHDRAWN, name=f"撤回（{item.name}）", opinion=self.reason
        )
        item_rows.take_back(ctx, item.id)
        course.take_back(trace)


def whose_deed(item: WorkItem | OpenItem, actor: Actor) -> Actor | StandIn | None:
    """As whom ``actor`` may take back what was done or decided: themselves, or whom they still stand in for.

    What a deputy did is the absent person's, who may take it back as well.
    """
    if item.done_for_id is None:
        doer = item.done_by_id if item.state == DONE else item.assignee_id
        return actor if doer is not None and doer == actor.person_id else None
    if item.done_for_id == actor.person_id:
        return actor
    if item.done_by_id != actor.person_id:
        return None
    standing = (one for one in actor.standing_for if one.covers(item.procedure_key))
    return next((one for one in standing if one.person_id == item.done_for_id), None)


def may_take_back(session: Session, case: Case, actor: Actor) -> list[WorkItem]:
    """What ``actor`` did or decided in a case and may still take back, the latest first."""
    if case.state != RUNNING or actor.person_id is None:
        return []
    traced = [trace["item"] for trace in case.undo]
    me = actor.person_id
    hands = or_(WorkItem.done_by_id == me, WorkItem.done_for_id == me, WorkItem.assignee_id == me)
    state = or_(and_(WorkItem.id.in_(traced), WorkItem.state == DONE), WorkItem.state == HELD)
    asked = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.kind == STEP, hands, state)
    found = session.scalars(asked.order_by(WorkItem.id.desc()))
    return [
        item
        for item in found
        if whose_deed(item, actor) is not None
        and (item.state == HELD or not obstacle(session, case, traces.of_item(case, item.id)))
    ]


def obstacle(session: Session, case: Case | OpenCase, trace: dict[str, Any] | None) -> str:
    """Why a step cannot be taken back, in words; empty where it can."""
    if trace is None:
        return "办结后办件又办理了多个环节"
    brought = spiff.tasks(trace["after"].encode()) - spiff.tasks(trace["before"].encode())
    begun = select(WorkItem).where(
        WorkItem.case_id == case.id,
        WorkItem.task_id.in_(brought),
        WorkItem.kind == STEP,
        or_(WorkItem.revision > 1, WorkItem.state == DONE),
    )
    follower = session.scalars(begun.limit(1)).first()
    if follower is not None:
        who = follower.done_by or follower.assignee or follower.unit
        return f"后续环节“{follower.name}”已由{who}着手办理"
    if not traces.stands(case, trace):
        return "所填内容已被后续环节使用"
    done = next(_operations(session, case, trace), None)
    return f"办结后系统已完成“{done}”，不能收回" if done else ""


def _operations(session: Session, case: Case | OpenCase, trace: dict[str, Any]) -> Iterator[str]:
    """The names of what the system did because of the step that cannot be undone."""
    elements = catalogue.release(session, case.version_id).specification.elements
    row = session.get_one(StepRecord, (case.id, trace["seq"]))
    for part in row.passed:
        element = elements.get(part)
        if element is not None and _leaves_something(element):
            yield element.name


def _answers(ctx: Context, case_id: int, seq: int) -> dict[str, Any] | None:
    """What the step took down."""
    return ctx.session.get_one(StepRecord, (case_id, seq)).answers
