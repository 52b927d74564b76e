"""Whether an item can be part of a batch: asked by the page before anything is done, and by the deed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.attachments import shelf
from app.inbox import item as items
from app.inbox import queries as inbox
from app.inbox.item import CONCLUSION, JUDGED
from workflows import actions, lateness
from workflows.cases import RUNNING, STATE_WORDS, CaseNotRunning
from workflows.errors import Conflict, Invalid
from workflows.work_items import CLAIMED, STEP, OpenItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    import forms
    from app.inbox.item import ItemView
    from workflows.commands import Actor
    from workflows.work_items import WorkItem

CLAIM, COMPLETE, TRANSFER, RELEASE, REMIND = "claim", "complete", "transfer", "release", "remind"

ACTIONS = (CLAIM, COMPLETE, TRANSFER, RELEASE, REMIND)
"""What may be done to many items at once, by the names of the table of actions."""

OPINION = "opinion"
MOST_NAMED = 3


class OneByOne(Conflict):
    """What a person was asked beside a step is answered by itself."""

    code = "batch.one_by_one"
    sentence = "“{name}”是他人委派或加签给您的，请逐件办理。"


class OtherStep(Conflict):
    """One conclusion and one opinion fit one step of one version."""

    code = "batch.other_step"
    sentence = "与这一批的“{about}”不是同一事项版本的同一环节，请另行办理。"


class OtherPost(Conflict):
    """One colleague is chosen among those of one role and unit."""

    code = "batch.other_post"
    sentence = "与这一批不属同一单位的同一岗位（这一批是{about}），请另行转办。"


class ClaimedAlready(Conflict):
    """There is nothing to claim."""

    code = "batch.claimed_already"
    sentence = "已由您签收，无需再签收。"


class NotClaimed(Conflict):
    """There is nothing to release."""

    code = "batch.not_claimed"
    sentence = "还没有人签收，无需释放。"


class Overdue(Conflict):
    """Each item's lateness has a reason of its own."""

    code = "batch.overdue"
    sentence = "“{name}”已超过办理期限，请逐件办理，写明逾期的原因。"


class NotFilledIn(Invalid):
    """The form asks more than a conclusion and an opinion, and it has not been answered yet."""

    code = "batch.not_filled_in"
    sentence = "还有内容没有填好，请逐件办理：{what}"


def seen_by(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, ItemView]:
    """Those items that concern the actor, by id; of the others nothing is said."""
    rows = inbox.items_for(session, actor, ids)
    return {seen.item.id: seen for seen in items.views(session, actor, list(rows.values()))}


def judge(seen: ItemView, action: str, revision: int | None) -> None:
    """Raise the refusal of an action on an item as it stands, before any form is looked at."""
    item = opened(seen.item)
    item.require(seen.actor)
    actions.TABLE[action].require_kind(item.kind, item.name)
    if seen.case.state != RUNNING:
        raise CaseNotRunning(number=seen.case.number, state=STATE_WORDS[seen.case.state])
    if revision is not None:
        item.require_revision(revision)
    if action == CLAIM and item.state == CLAIMED:
        raise ClaimedAlready
    if action == RELEASE and item.state != CLAIMED:
        raise NotClaimed
    if action == COMPLETE and item.kind != STEP:
        raise OneByOne(name=item.name)


def require_in_time(seen: ItemView, at: datetime) -> None:
    """Refuse an item whose lateness has to be explained: one reason does not fit them all."""
    if lateness.is_asked(seen.item, at):
        raise Overdue(name=seen.item.name)


def opened(row: WorkItem) -> OpenItem:
    """The row as the rules about open items see it."""
    return OpenItem(**{name: getattr(row, name) for name in OpenItem.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Kin:
    """What the items of one batch must have in common, and its name."""

    key: list[Any] | None = None
    about: str = ""

    def require(self, seen: ItemView, action: str) -> None:
        """Refuse an item of another kin."""
        if self.key is None or kin_of(seen, action).key == self.key:
            return
        raise (OtherStep if action == COMPLETE else OtherPost)(about=self.about)


def kin_of(seen: ItemView, action: str) -> Kin:
    """To complete: the version and the step. To hand over: the role and the unit."""
    item = seen.item
    if action == COMPLETE:
        return Kin([seen.release.version_id, item.step], item.name)
    if action == TRANSFER:
        return Kin([item.role, item.unit_id], item.unit)
    return Kin()


def most_common(kins: Sequence[Kin]) -> Kin:
    """The kin most of the items have; the first of them where two are as many."""
    counted = Counter(str(kin.key) for kin in kins)
    return max(kins, key=lambda kin: counted[str(kin.key)], default=Kin())


def prepared(seen: ItemView, conclusion: str | None, opinion: str | None) -> dict[str, Any]:
    """What stands in the draft or in the last round, under this conclusion and this opinion."""
    definition = seen.definition
    if definition is None:
        return {}
    answers = {key: value for key, value in (seen.begun() or {}).items() if key not in JUDGED}
    said = {CONCLUSION: conclusion, OPINION: opinion}
    return answers | {key: said[key] for key in said if said[key] and definition.field(key)}


def form_of(
    session: Session, seen: ItemView, at: datetime, conclusion: str | None, opinion: str | None
) -> forms.WholeForm | None:
    """The item's form with these answers, judged; None where nothing is asked."""
    if seen.form is None:
        return None
    answers = prepared(seen, conclusion, opinion)
    form = shelf.build(session, seen.actor, at, seen.form, answers, scope=seen.scope, previous=seen.stored)
    form.validate()
    return form


def missing(form: forms.WholeForm | None) -> list[str]:
    """What the form still asks beside conclusion and opinion, a sentence each."""
    return [sentence for path, _, sentence in form.numbered() if path not in JUDGED] if form else []


def require_filled_in(session: Session, seen: ItemView, at: datetime) -> tuple[str, ...]:
    """The conclusions for which nothing else is asked; raises NotFilledIn where there is none."""
    definition = seen.definition
    options: list[str | None] = [option.value for option in definition.conclusions()] if definition else []
    faults = {option: missing(form_of(session, seen, at, option, None)) for option in options or [None]}
    fit = tuple(option for option, wanted in faults.items() if not wanted)
    if not fit:
        raise NotFilledIn(what=in_short(next(iter(faults.values()))))
    return tuple(option for option in fit if option is not None)


def in_short(sentences: Sequence[str]) -> str:
    """The first few of several sentences, and how many there are."""
    more = len(sentences) - MOST_NAMED
    return " ".join(sentences[:MOST_NAMED]) + (f"（另有 {more} 处）" if more > 0 else "")


def words_of(refusal: Exception, seen: ItemView | None) -> str:
    """Why not, as the report says it; what a form refused by the names of its questions."""
    if not isinstance(refusal, Invalid) or not refusal.errors:
        return str(refusal)
    definition = seen.definition if seen else None
    named = []
    for path, sentence in refusal.errors.items():
        field = definition.at(path) if definition else None
        named.append(sentence if field is None or field.label in sentence else f"{field.label}：{sentence}")
    return in_short(named)
