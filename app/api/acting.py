"""The actions on a work item, each as the command behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import forms
from app import door
from app.api.asking import Unfit
from app.inbox import item as items
from app.inbox.commands import RemindHolders
from app.organisation import queries as people
from app.organisation.directory import Directory
from workflows import exclusion, running
from workflows.returning import SendBackTo, WithdrawStep
from workflows.signing import AddSigners, DelegateWorkItem, RemoveSigner
from workflows.work_items import takers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.inbox.item import ItemView
    from app.organisation.queries import Colleague
    from workflows.commands import Command

Given = dict[str, Any]


def command(item_id: int, action: str, given: Given) -> Command[Any]:
    """The command of an action with what was sent for it."""
    return _COMMANDS[action](item_id, given)


def _revision(given: Given) -> int:
    """What the program saw; without it nobody can tell whether the answers fit the item."""
    revision = given.get("revision")
    if revision is None:
        raise Unfit({"revision": "必须填写：请带上读取待办时得到的 revision。"})
    return int(revision)


def _answers(given: Given) -> dict[str, Any]:
    """The answers with the reasons for what is on file and was answered otherwise."""
    return forms.with_reasons(given.get("answers", {}), given.get("corrections"))


def _claim(item_id: int, given: Given) -> Command[Any]:
    return running.ClaimWorkItem(item_id=item_id, revision=given.get("revision"))


def _release(item_id: int, given: Given) -> Command[Any]:
    return running.ReleaseWorkItem(item_id=item_id, revision=given.get("revision"))


def _save(item_id: int, given: Given) -> Command[Any]:
    answers = _answers(given)
    if given.get("opinion") and "opinion" not in answers:
        answers["opinion"] = given["opinion"]
    return running.SaveDraft(item_id=item_id, revision=_revision(given), answers=answers)


def _complete(item_id: int, given: Given) -> Command[Any]:
    return running.CompleteWorkItem(
        item_id=item_id,
        revision=_revision(given),
        answers=_answers(given),
        opinion=given.get("opinion"),
        late_reason=given.get("late_reason"),
    )


def _send_back(item_id: int, given: Given) -> Command[Any]:
    revision, reason = _revision(given), given.get("reason") or given.get("opinion") or ""
    seen = items.view(door.reading(), door.current_actor(), item_id)
    if given.get("to") is None and (seen.drawn_return or not seen.ways):
        return running.SendBack(
            item_id=item_id,
            revision=revision,
            reason=reason,
            answers=_answers(given),
            late_reason=given.get("late_reason"),
        )
    return SendBackTo(
        item_id=item_id,
        revision=revision,
        to=str(given.get("to") or seen.ways[-1].step),
        reason=reason,
        straight=bool(given.get("straight")),
        late_reason=given.get("late_reason"),
    )


def _withdraw(item_id: int, given: Given) -> Command[Any]:
    return WithdrawStep(item_id=item_id, reason=given.get("reason") or "")


def _transfer(item_id: int, given: Given) -> Command[Any]:
    revision, to = _revision(given), _colleague(item_id, given)
    reason = given.get("reason") or ""
    return running.TransferWorkItem(item_id=item_id, revision=revision, to_person_id=to, reason=reason)


def _delegate(item_id: int, given: Given) -> Command[Any]:
    revision, to = _revision(given), _one_person(given)
    reason = given.get("reason") or ""
    return DelegateWorkItem(item_id=item_id, revision=revision, to_person_id=to, reason=reason)


def _add_signers(item_id: int, given: Given) -> Command[Any]:
    return AddSigners(
        item_id=item_id,
        revision=_revision(given),
        place=given.get("place") or "before",
        to_person_ids=people_of(given.get("to")),
        count=given.get("count") or 1,
        reason=given.get("reason") or "",
    )


def _remove_signer(item_id: int, given: Given) -> Command[Any]:
    return RemoveSigner(item_id=item_id, reason=given.get("reason") or "")


def people_of(to: Any) -> tuple[int, ...]:
    """The people named by number or user name; raises Unfit for a name nobody has."""
    found = []
    for each in to if isinstance(to, list) else [to]:
        named = people.account_named(door.reading(), each) if isinstance(each, str) else None
        number = named.person_id if named else each
        if not isinstance(number, int):
            raise Unfit({"to": "请填写人员编号或用户名。"})
        found.append(number)
    return tuple(found)


def _one_person(given: Given) -> int:
    found = people_of(given.get("to"))
    if len(found) != 1:
        raise Unfit({"to": "请填写一人。"})
    return found[0]


def _colleague(item_id: int, given: Given) -> int:
    """The colleague an item is handed to; raises Unfit for anybody else."""
    seen = items.view(door.reading(), door.current_actor(), item_id)
    wanted = given.get("to")
    if isinstance(wanted, str):
        named = people.account_named(door.reading(), wanted)
        wanted = named.person_id if named else None
    to = next((one for one in colleagues(door.reading(), seen) if one.person_id == wanted), None)
    if to is None:
        raise Unfit({"to": "请填写本单位可办理此环节的一位同事（人员编号或用户名），见待办的 colleagues。"})
    return to.person_id


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
    "withdraw": _withdraw,
    "delegate": _delegate,
    "add-signer": _add_signers,
    "remove-signer": _remove_signer,
}


def colleagues(session: Session, seen: ItemView) -> list[Colleague]:
    """Whom the item could be handed to: who else may act in its role in its unit."""
    mine = seen.actor.person_id
    holders = people.people_holding_any(session, takers(seen.item.role), seen.item.unit_id)
    away = exclusion.kept_away(session, Directory(), seen.case, seen.release, seen.item.step)
    return [one for one in holders if one.person_id not in {mine, *away}]
