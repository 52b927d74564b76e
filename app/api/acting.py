"""The actions on a work item, each as the command behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app import door
from app.api.asking import Unfit
from app.inbox import item as items
from app.inbox.commands import RemindHolders
from app.organisation import queries as people
from workflows import running, withholding
from workflows.errors import Conflict
from workflows.work_items import takers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.inbox.item import ItemView
    from app.organisation.queries import Colleague
    from workflows.commands import Command

Given = dict[str, Any]

WORDS = {"withdraw": "撤回", "delegate": "委托", "add-signer": "加签", "remove-signer": "减签"}
"""Actions that a step must offer before anyone may take them."""


class NotOffered(Conflict):
    """The step does not offer the action."""

    code = "work_item.action_not_offered"
    sentence = "“{name}”环节没有设置“{action}”，不能进行此操作；可做的操作见待办的 may。"


def command(item_id: int, action: str, given: Given) -> Command[Any]:
    """The command of an action with what was sent for it."""
    if action in WORDS:
        seen = items.view(door.reading(), door.current_actor(), item_id)
        raise NotOffered(name=seen.item.name, action=WORDS[action])
    return _COMMANDS[action](item_id, given)


def _revision(given: Given) -> int:
    """What the program saw; without it nobody can tell whether the answers fit the item."""
    revision = given.get("revision")
    if revision is None:
        raise Unfit({"revision": "必须填写：请带上读取待办时得到的 revision。"})
    return int(revision)


def _claim(item_id: int, given: Given) -> Command[Any]:
    return running.ClaimWorkItem(item_id=item_id, revision=given.get("revision"))


def _release(item_id: int, given: Given) -> Command[Any]:
    return running.ReleaseWorkItem(item_id=item_id, revision=given.get("revision"))


def _save(item_id: int, given: Given) -> Command[Any]:
    answers = dict(given.get("answers", {}))
    if given.get("opinion") and "opinion" not in answers:
        answers["opinion"] = given["opinion"]
    return running.SaveDraft(item_id=item_id, revision=_revision(given), answers=answers)


def _complete(item_id: int, given: Given) -> Command[Any]:
    return running.CompleteWorkItem(
        item_id=item_id,
        revision=_revision(given),
        answers=given.get("answers", {}),
        opinion=given.get("opinion"),
    )


def _send_back(item_id: int, given: Given) -> Command[Any]:
    return running.SendBack(
        item_id=item_id,
        revision=_revision(given),
        reason=given.get("reason") or given.get("opinion") or "",
        answers=given.get("answers", {}),
    )


def _transfer(item_id: int, given: Given) -> Command[Any]:
    revision = _revision(given)
    session = door.reading()
    seen = items.view(session, door.current_actor(), item_id)
    wanted = given.get("to")
    if isinstance(wanted, str):
        named = people.account_named(session, wanted)
        wanted = named.person_id if named else None
    to = next((one for one in colleagues(session, seen) if one.person_id == wanted), None)
    if to is None:
        raise Unfit({"to": "请填写本单位可办理此环节的一位同事（人员编号或用户名），见待办的 colleagues。"})
    return running.TransferWorkItem(
        item_id=item_id,
        revision=revision,
        to_person_id=to.person_id,
        reason=given.get("reason") or "",
    )


def _remind(item_id: int, given: Given) -> Command[Any]:
    return RemindHolders(item_id=item_id, words=given.get("reason") or given.get("opinion") or "")


_COMMANDS: dict[str, Callable[[int, Given], Command[Any]]] = {
    "claim": _claim,
    "release": _release,
    "save": _save,
    "complete": _complete,
    "send-back": _send_back,
    "transfer": _transfer,
    "remind": _remind,
}


def colleagues(session: Session, seen: ItemView) -> list[Colleague]:
    """Whom the item could be handed to: who else may act in its role in its unit."""
    mine = seen.actor.person_id
    holders = people.people_holding_any(session, takers(seen.item.role), seen.item.unit_id)
    withheld = withholding.people(session, seen.case.id)
    return [one for one in holders if one.person_id not in {mine, *withheld}]
