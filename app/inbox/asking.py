"""Pages that ask before an action on an item: 催办, 退回, 撤回, 转办, 委派, 加签, 减签; without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from app import door, policy, scope
from app.errors import status_of
from app.inbox import item as items
from app.inbox.commands import RemindHolders
from app.inbox.views import bp
from app.organisation.directory import Directory
from app.organisation.queries import colleagues, people_holding_any, staff_within
from app.pages import go, page
from workflows import exclusion, running
from workflows.cases import STATE_WORDS, CaseNotRunning
from workflows.commands import COUNTY_PREFIX, VILLAGE_PREFIX
from workflows.errors import Invalid, Refusal
from workflows.returning import SendBackTo, WithdrawStep
from workflows.signing import AddSigners, DelegateWorkItem, RemoveSigner
from workflows.work_items import UnknownItem, WorkItem, takers

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from app.inbox.item import ItemView
    from app.organisation.queries import Colleague, StaffOfUnit
    from workflows.commands import Command

MOST_AT_ONCE = 3
"""So many people are asked on one page; more of them, once more."""


def _seen(item_id: int, action: str) -> ItemView:
    """The item, if the action may be taken on it; raises UnknownItem, or CaseNotRunning while it rests."""
    seen = items.view(door.reading(), door.current_actor(), item_id)
    if seen.rests:
        raise CaseNotRunning(number=seen.case.number, state=STATE_WORDS[seen.case.state])
    if action not in seen.actions:
        raise UnknownItem
    return seen


def _ask(
    template: str, seen: ItemView, status: int = 200, problem: Refusal | None = None, **more: Any
) -> ResponseReturnValue:
    errors = problem.errors if isinstance(problem, Invalid) else {}
    said = str(problem) if problem and not errors else None
    return page(template, status, seen=seen, given=request.form, errors=errors, problem=said, **more)


def _answer(
    ask: Callable[[int, Refusal | None], ResponseReturnValue], command: Command[Any], said: str
) -> ResponseReturnValue:
    """Perform what was asked and go to the list; a refusal shows the question with all that was typed."""
    try:
        door.perform(command)
    except Refusal as refusal:
        return ask(status_of(refusal), refusal)
    return go("inbox.index", said)


def _given(name: str) -> str:
    return request.form.get(name, "")


def _revision() -> int:
    return request.form.get("revision", type=int) or 0


def peers(seen: ItemView) -> list[Colleague]:
    """To whom the item may be handed: who else holds its role in its unit."""
    held = people_holding_any(door.reading(), takers(seen.item.role), seen.item.unit_id)
    return _left(held, _out(seen, seen.item.step))


def _staff(seen: ItemView) -> list[Colleague]:
    return _left(colleagues(door.reading(), seen.item.unit_id), _out(seen, seen.item.step))


def _out(seen: ItemView, step: str | None = None) -> set[int | None]:
    """Whom nobody asks: oneself, and whom the case keeps away from its step."""
    away = exclusion.kept_away(door.reading(), Directory(), seen.case, seen.release, step)
    return {seen.actor.person_id, *away}


def _left(people: list[Colleague], out: set[int | None]) -> list[Colleague]:
    return [person for person in people if person.person_id not in out]


def of_county(seen: ItemView) -> list[StaffOfUnit]:
    """Who of the county may be asked: everybody who handles casework, the item's own unit first."""
    county = seen.case.division[:COUNTY_PREFIX].ljust(VILLAGE_PREFIX, "0")
    found, out = staff_within(door.reading(), county, seen.item.unit_id), _out(seen)
    left = [unit._replace(people=_left(unit.people, out)) for unit in found]
    return [unit for unit in left if unit.people]


# 催办


@bp.get("/items/<int:item_id>/remind")
@policy.allow(policy.reads_cases)
def ask_remind(item_id: int) -> ResponseReturnValue:
    """What to say; whoever may read the case may remind."""
    return _ask_remind(_waiting(item_id))


def _waiting(item_id: int) -> WorkItem:
    """The open item of a case that the reader may read; raises UnknownItem."""
    session, item = door.reading(), door.reading().get(WorkItem, item_id)
    if item is None or not scope.readable_id(session, door.current_actor(), item.case_id):
        raise UnknownItem
    return item


def _ask_remind(item: WorkItem, status: int = 200, problem: Refusal | None = None) -> ResponseReturnValue:
    return page(
        "inbox/remind.html",
        status,
        item=item,
        given=request.form,
        errors={},
        problem=problem and str(problem),
    )


@bp.post("/items/<int:item_id>/remind")
@policy.allow(policy.reads_cases)
def remind(item_id: int) -> ResponseReturnValue:
    """催办, once a day."""
    item = _waiting(item_id)
    try:
        door.perform(RemindHolders(item_id=item_id, words=_given("words")))
    except Refusal as refusal:
        return _ask_remind(item, status_of(refusal), refusal)
    return go(
        "cases.show",
        f"已催办“{item.name}”，系统已通知{item.assignee or item.unit}。",
        number=item.case_number,
    )


# 退回


@bp.get("/items/<int:item_id>/send-back")
@policy.allow(policy.handles_work)
def ask_send_back(item_id: int) -> ResponseReturnValue:
    """Where to and why: only steps that were executed are offered."""
    return _ask_send_back(_seen(item_id, "send-back"))


def _ask_send_back(seen: ItemView, status: int = 200, problem: Refusal | None = None) -> ResponseReturnValue:
    return _ask("inbox/send_back.html", seen, status, problem, late_since=seen.late_since(door.now()))


@bp.post("/items/<int:item_id>/send-back")
@policy.allow(policy.handles_work)
def send_back(item_id: int) -> ResponseReturnValue:
    """退回 to the chosen step."""
    seen = _seen(item_id, "send-back")
    command = SendBackTo(
        item_id=item_id,
        revision=_revision(),
        to=_given("to"),
        reason=_given("reason"),
        straight=_given("then") == "straight",
        late_reason=_given("late_reason"),
    )
    return _answer(lambda status, why: _ask_send_back(seen, status, why), command, "已退回。")


# 撤回


@bp.get("/items/<int:item_id>/withdraw")
@policy.allow(policy.handles_work)
def ask_withdraw(item_id: int) -> ResponseReturnValue:
    """Why."""
    return _ask("inbox/withdraw.html", _seen(item_id, "withdraw"))


@bp.post("/items/<int:item_id>/withdraw")
@policy.allow(policy.handles_work)
def withdraw(item_id: int) -> ResponseReturnValue:
    """撤回 of what I did; the item is in my list again."""
    seen = _seen(item_id, "withdraw")
    command = WithdrawStep(item_id=item_id, reason=_given("reason"))
    said = f"已撤回“{seen.item.name}”，填写的内容仍在，可修改后再办。"
    return _answer(lambda status, why: _ask("inbox/withdraw.html", seen, status, why), command, said)


# 转办、委派


@bp.get("/items/<int:item_id>/transfer")
@policy.allow(policy.handles_work)
def ask_transfer(item_id: int) -> ResponseReturnValue:
    """To whom and why."""
    seen = _seen(item_id, "transfer")
    return _ask("inbox/transfer.html", seen, colleagues=peers(seen))


@bp.post("/items/<int:item_id>/transfer")
@policy.allow(policy.handles_work)
def transfer(item_id: int) -> ResponseReturnValue:
    """转办 to a colleague of the same role and unit."""
    seen = _seen(item_id, "transfer")
    command = running.TransferWorkItem(
        item_id=item_id,
        revision=_revision(),
        to_person_id=request.form.get("to", type=int) or 0,
        reason=_given("reason"),
    )
    who = next((one.name for one in peers(seen) if one.person_id == command.to_person_id), "同事")

    def again(status: int, why: Refusal | None) -> ResponseReturnValue:
        return _ask("inbox/transfer.html", seen, status, why, colleagues=peers(seen))

    return _answer(again, command, f"已转给{who}办理。")


@bp.get("/items/<int:item_id>/delegate")
@policy.allow(policy.handles_work)
def ask_delegate(item_id: int) -> ResponseReturnValue:
    """To whom and why."""
    seen = _seen(item_id, "delegate")
    return _ask("inbox/delegate.html", seen, colleagues=_staff(seen))


@bp.post("/items/<int:item_id>/delegate")
@policy.allow(policy.handles_work)
def delegate(item_id: int) -> ResponseReturnValue:
    """委派 to a colleague of the unit."""
    seen = _seen(item_id, "delegate")
    command = DelegateWorkItem(
        item_id=item_id,
        revision=_revision(),
        to_person_id=request.form.get("to", type=int) or 0,
        reason=_given("reason"),
    )

    def again(status: int, why: Refusal | None) -> ResponseReturnValue:
        return _ask("inbox/delegate.html", seen, status, why, colleagues=_staff(seen))

    return _answer(again, command, "已委派，对方交回后由您作出决定。")


# 加签、减签


@bp.get("/items/<int:item_id>/add-signer")
@policy.allow(policy.handles_work)
def ask_add_signer(item_id: int) -> ResponseReturnValue:
    """Whom, before or behind, and why."""
    return _ask_add_signer(_seen(item_id, "add-signer"))


def _ask_add_signer(seen: ItemView, status: int = 200, problem: Refusal | None = None) -> ResponseReturnValue:
    return _ask("inbox/add_signer.html", seen, status, problem, groups=of_county(seen), most=MOST_AT_ONCE)


@bp.post("/items/<int:item_id>/add-signer")
@policy.allow(policy.handles_work)
def add_signer(item_id: int) -> ResponseReturnValue:
    """加签."""
    seen = _seen(item_id, "add-signer")
    command = AddSigners(
        item_id=item_id,
        revision=_revision(),
        place=_given("place"),
        to_person_ids=tuple(request.form.getlist("to", type=int)),
        count=request.form.get("count", type=int) or 1,
        reason=_given("reason"),
    )
    return _answer(lambda status, why: _ask_add_signer(seen, status, why), command, "已加签。")


def _mine_to_remove(item_id: int) -> ItemView:
    """The item asked for, as its host's holder sees it; raises UnknownItem for anybody else."""
    session, actor = door.reading(), door.current_actor()
    row = session.get(WorkItem, item_id)
    host = items.view(session, actor, (row.host_id or row.id) if row else 0)
    aside = next((each for each in host.asides if each.id == item_id), None)
    if aside is None and not (host.may_act and host.takes_voters):
        raise UnknownItem
    return host.about(aside or host.item)


@bp.get("/items/<int:item_id>/remove-signer")
@policy.allow(policy.handles_work)
def ask_remove_signer(item_id: int) -> ResponseReturnValue:
    """Why."""
    return _ask("inbox/remove_signer.html", _mine_to_remove(item_id))


@bp.post("/items/<int:item_id>/remove-signer")
@policy.allow(policy.handles_work)
def remove_signer(item_id: int) -> ResponseReturnValue:
    """减签, 收回委派."""
    seen = _mine_to_remove(item_id)
    command = RemoveSigner(item_id=item_id, reason=_given("reason"))
    return _answer(
        lambda status, why: _ask("inbox/remove_signer.html", seen, status, why), command, "已减签。"
    )
