"""Asking others beside a step: 委派 and giving back, 加签 before or behind, 减签; more or fewer voters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from workflows import acting, asides, cases, catalogue, exclusion, item_rows, withholding, work_items
from workflows.commands import COUNTY_PREFIX, VILLAGE_PREFIX, Command, Context
from workflows.course import Course
from workflows.errors import Conflict, Invalid
from workflows.running import ItemCommand, held
from workflows.work_items import AFTER, BEFORE, CLAIMED, DELEGATED, NotYours, UnknownItem

if TYPE_CHECKING:
    from workflows.cases import OpenCase
    from workflows.ports import StaffRef
    from workflows.work_items import OpenItem

BESIDE = "beside"
"""加签 where several vote on the same: one voter more, whose vote counts like any other."""

PLACES = (BEFORE, AFTER, BESIDE)


class NoVoters(Conflict):
    """The step is not one that a number of people vote on."""

    code = "work_item.no_voters"
    sentence = "“{name}”不是按人数会签的环节，不能增减会签人；可改用前加签或后加签。"


class NotAdded(Conflict):
    """Who signs by the procedure itself cannot be left out."""

    code = "work_item.not_added"
    sentence = "只能减去后来加签、委派的人；程序规定的办理人不能减。"


def require_staff(
    ctx: Context, case: OpenCase, people: tuple[int, ...], step: str | None = None
) -> list[StaffRef]:
    """Those people, if each handles casework in the county and the case excludes none; raises Invalid."""
    county = case.division[:COUNTY_PREFIX].ljust(VILLAGE_PREFIX, "0")
    known = ctx.host.directory.staff(ctx.session, people, county)
    release = catalogue.release(ctx.session, case.version_id)
    away = exclusion.kept_away(ctx.session, ctx.host.directory, case, release, step)
    if not people or any(
        person not in known or person in away or person == ctx.actor.person_id for person in people
    ):
        raise Invalid({"to": "请选择本旗区县有办理职责的人员（不含本人），且不得是须回避的人。"})
    return [known[person] for person in dict.fromkeys(people)]


def _own_step(ctx: Context, reason: str) -> tuple[OpenCase, OpenItem]:
    """The case and item of a command that asks others; raises Invalid without a reason."""
    case, item = held(ctx)
    if not reason.strip():
        raise Invalid({"reason": "请写明原因，让对方知道要办什么。"})
    return case, item


def _take(ctx: Context, item: OpenItem) -> None:
    """Who asks others beside an item holds it."""
    if item.state != CLAIMED:
        work_items.require_move(item, CLAIMED)
        whose = ctx.standing or ctx.actor
        item.state, item.assignee_id, item.assignee = CLAIMED, whose.person_id, whose.name
    item_rows.change(ctx, item)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateWorkItem(ItemCommand):
    """委派: let a colleague of the unit fill in and give back; the decision stays with who delegates.

    Gives the new revision of the item.
    """

    action: ClassVar[str] = "delegate"

    to_person_id: int
    reason: str

    def run(self, ctx: Context) -> int:
        """Open an item for the colleague; until it comes back this one cannot be decided."""
        case, item = _own_step(ctx, self.reason)
        [whom] = require_staff(ctx, case, (self.to_person_id,), item.step)
        if whom.unit_id != item.unit_id:
            raise Invalid({"to": f"只能委派给{item.unit}的同事；请外单位出意见，请用加签。"})
        _take(ctx, item)
        aside = asides.ask(ctx, case, item, whom, kind=DELEGATED, why=self.reason)
        asides.note(ctx, case, item, name=f"委派{whom.name}（{item.name}）", opinion=self.reason)
        cases.store(ctx, case, item=item.id, step=item.step, to=whom.person_id, aside=aside)
        return item.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSigners(ItemCommand):
    """加签: ask people to sign before or behind my decision, or let so many more vote beside me.

    ``place`` is before, after or beside; ``to_person_ids`` names the signers, ``count`` voters. Gives the
    item's new revision.
    """

    action: ClassVar[str] = "add-signer"

    place: str
    to_person_ids: tuple[int, ...] = ()
    count: int = 1
    reason: str = ""

    def run(self, ctx: Context) -> int:
        """Open or plan one item for each."""
        case, item = _own_step(ctx, self.reason)
        if self.place not in PLACES:
            raise Invalid({"place": "请选择前加签、后加签或会签加人。"})
        if self.place == BESIDE:
            return self._more_voters(ctx, case, item)
        staff = require_staff(ctx, case, self.to_person_ids)
        _take(ctx, item)
        for whom in staff:
            asides.ask(ctx, case, item, whom, kind=self.place, why=self.reason)
        names = "、".join(whom.name for whom in staff)
        word = asides.WORDS[self.place]
        asides.note(ctx, case, item, name=f"{word}{names}（{item.name}）"[:120], opinion=self.reason)
        to = [whom.person_id for whom in staff]
        cases.store(ctx, case, item=item.id, step=item.step, to=to, place=self.place)
        return item.revision

    def _more_voters(self, ctx: Context, case: OpenCase, item: OpenItem) -> int:
        course = Course.of(ctx, case)
        require_voting(course, item)
        if not 1 <= self.count <= asides.MOST_ASIDES:
            raise Invalid({"count": f"一次可增加 1 至 {asides.MOST_ASIDES} 人。"})
        said = f"会签增加 {self.count} 人（{item.name}）"
        asides.note(ctx, case, item, name=said, opinion=self.reason)
        course.more_voters(item.task_id, self.count)
        cases.store(ctx, case, item=item.id, step=item.step, more=self.count)
        return item.revision


def require_voting(course: Course, item: OpenItem) -> None:
    """Refuse unless a number of people vote on the step."""
    loop = course.release.specification.elements[item.step].multi_instance
    if loop is None or loop.cardinality is None:
        raise NoVoters(name=item.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSigner(Command[int]):
    """减签, 收回委派: withdraw an item asked for beside a step, or one voter that was added. Gives its id.

    ``item_id`` is the item to be withdrawn, not its host.
    """

    item_id: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        """Whoever asked for it, or holds what it hangs on; a voter by whoever votes beside it."""
        case = item_rows.lock_case(ctx, self.item_id)
        item = item_rows.read_among(ctx, case.id, self.item_id)
        if case.kept and withholding.is_kept(ctx.session, ctx.actor, case.id):
            raise UnknownItem
        host = item_rows.read(ctx, item.host_id) if item.host_id else item
        mine = ctx.actor.person_id is not None and ctx.actor.person_id in (item.asked_by_id, host.assignee_id)
        absent = None if mine else acting.standing(host, ctx.actor)
        if absent is not None:
            exclusion.require(ctx, case, host, absent)
            ctx.standing, mine = absent, True
        ctx.require(
            mine or (host is item and item.may(ctx.actor)), NotYours, whose=item.asked_by or item.unit
        )
        item.require_open()
        case.require_running()
        ctx.memory["case"], ctx.memory["item"], ctx.memory["host"] = case, item, host

    def run(self, ctx: Context) -> int:
        """Withdraw it; a decision that waited for this signature alone counts now."""
        case, item = held(ctx)
        host: OpenItem = ctx.memory["host"]
        if not self.reason.strip():
            raise Invalid({"reason": "请写明原因。"})
        who = item.assignee or item.unit
        asides.note(ctx, case, item, name=f"减签{who}（{host.name}）"[:120], opinion=self.reason)
        if host is item:
            self._one_voter_less(ctx, case, item)
        else:
            asides.remove(ctx, case, item, host)
        cases.store(ctx, case, item=item.id, step=item.step)
        return item.id

    def _one_voter_less(self, ctx: Context, case: OpenCase, item: OpenItem) -> None:
        course = Course.of(ctx, case)
        require_voting(course, item)
        if not course.has_added_voters(item.task_id):
            raise NotAdded
        course.one_voter_less(item.task_id)
