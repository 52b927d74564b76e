"""What a page says of a selection before anything is done: what can be dealt with, what not and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.batches import judging
from app.batches.judging import COMPLETE, TRANSFER, Kin
from app.inbox.item import CONCLUSION
from app.organisation.queries import Colleague, people_holding_any
from workflows import withholding
from workflows.asides import WaitsForOthers
from workflows.errors import Refusal
from workflows.work_items import BEFORE, DELEGATED, OPEN, UnknownItem, WorkItem, takers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    import forms
    from app.batches.commands import Pick
    from app.inbox.item import ItemView
    from workflows.commands import Actor


@dataclass(slots=True)
class Verdict:
    """One picked item: whether it can be dealt with, why not, and under which conclusions alone."""

    pick: Pick
    seen: ItemView | None
    why: str = ""
    fit: tuple[str, ...] = ()

    @property
    def item(self) -> WorkItem | None:
        """The item; None where nothing may be said of it."""
        return self.seen.item if self.seen else None


@dataclass(slots=True)
class Checked:
    """A whole selection."""

    action: str
    verdicts: list[Verdict]
    kin: Kin = field(default_factory=Kin)
    colleagues: list[Colleague] = field(default_factory=list)

    @property
    def able(self) -> list[Verdict]:
        """What can be dealt with."""
        return [one for one in self.verdicts if not one.why]

    @property
    def unable(self) -> list[Verdict]:
        """What cannot."""
        return [one for one in self.verdicts if one.why]

    @property
    def sample(self) -> ItemView | None:
        """One that can, for the questions they share."""
        return next((one.seen for one in self.able), None)

    @property
    def options(self) -> list[tuple[str, str]]:
        """The conclusions to choose from: value, and the step's own word."""
        definition = self.sample.definition if self.sample and self.action == COMPLETE else None
        if definition is None:
            return []
        verbs = definition.verbs
        return [(one.value, verbs.get(one.value) or one.label) for one in definition.conclusions()]

    @property
    def asks_opinion(self) -> bool:
        """Whether an opinion can be given: every step's journal has room for one."""
        return self.action == COMPLETE


def check(session: Session, actor: Actor, at: datetime, action: str, picks: Sequence[Pick]) -> Checked:
    """Look at every picked item as its own command will, and change nothing."""
    seen = judging.seen_by(session, actor, [pick.item_id for pick in picks])
    found = Checked(action, [Verdict(pick, seen.get(pick.item_id)) for pick in picks])
    waits = _waiting(session, list(seen)) if action in {COMPLETE, TRANSFER} else {}
    for one in found.verdicts:
        _judge(one, action, waits)
    found.kin = judging.most_common([judging.kin_of(one.seen, action) for one in found.able if one.seen])
    for one in found.able:
        _judge_among(session, at, one, found)
    if action == TRANSFER:
        found.colleagues = _colleagues(session, actor, found)
    return found


def _judge(one: Verdict, action: str, waits: dict[int, str]) -> None:
    try:
        if one.seen is None:
            raise UnknownItem
        judging.judge(one.seen, action, one.pick.revision)
        if one.seen.item.id in waits:
            raise WaitsForOthers(name=one.seen.item.name, who=waits[one.seen.item.id])
    except Refusal as refusal:
        one.why = judging.words_of(refusal, one.seen)


def _judge_among(session: Session, at: datetime, one: Verdict, among: Checked) -> None:
    assert one.seen is not None  # noqa: S101 (what can be dealt with was seen)
    try:
        among.kin.require(one.seen, among.action)
        if among.action == COMPLETE:
            judging.require_in_time(one.seen, at)
            one.fit = judging.require_filled_in(session, one.seen, at)
    except Refusal as refusal:
        one.why = judging.words_of(refusal, one.seen)


def _waiting(session: Session, ids: list[int]) -> dict[int, str]:
    """For whom an item waits that somebody must answer first."""
    query = select(WorkItem.host_id, WorkItem.assignee, WorkItem.unit).where(
        WorkItem.host_id.in_(ids), WorkItem.kind.in_((DELEGATED, BEFORE)), WorkItem.state.in_(OPEN)
    )
    found: dict[int, str] = {}
    for row in session.execute(query):
        if row.host_id is not None:
            found[row.host_id] = "、".join(filter(None, (found.get(row.host_id), row.assignee or row.unit)))
    return found


def _colleagues(session: Session, actor: Actor, found: Checked) -> list[Colleague]:
    """Who may be handed every one of the items that can be handed over."""
    sample = found.sample
    if sample is None:
        return []
    held = people_holding_any(session, takers(sample.item.role), sample.item.unit_id)
    barred = {actor.person_id}
    for one in found.able:
        if one.seen and one.seen.case.kept:
            barred |= withholding.people(session, one.seen.case.id)
    return [person for person in held if person.person_id not in barred]


def faults(
    session: Session, at: datetime, found: Checked, conclusion: str | None, opinion: str | None
) -> dict[str, str]:
    """What is wrong with the conclusion and the opinion that all of them are to get."""
    sample = found.sample
    form: forms.WholeForm | None = (
        judging.form_of(session, sample, at, conclusion, opinion)
        if sample and found.action == COMPLETE
        else None
    )
    errors = form.errors if form else {}
    return {name: errors[name] for name in (CONCLUSION, judging.OPINION) if name in errors}
