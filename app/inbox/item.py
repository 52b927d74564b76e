"""One item as its page shows it: the form, what was decided before, the clause, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from app.attachments import shelf
from app.cases import queries as cases
from app.inbox import queries
from app.organisation.directory import Directory
from app.registers import on_file
from workflows import asides, catalogue, course, exclusion, lateness, parameters, work_items
from workflows.acting import standing
from workflows.actions import ACTING, DOER, READER, TABLE, Action
from workflows.cases import Case
from workflows.commands import digest_of
from workflows.ports import About
from workflows.returning import may_take_back, ways_back

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.commands import Actor
    from workflows.returning import WayBack
    from workflows.work_items import WorkItem

CONCLUSION = "conclusion"
"""The field that the buttons of an item answer."""

JUDGED = {CONCLUSION, "opinion"}
"""What is judged anew in every round."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item with its case and version, for whoever may see it."""

    item: WorkItem
    case: Case
    release: Release
    actor: Actor
    ways: tuple[WayBack, ...] = ()
    """Where it may be sent back to."""
    asides: tuple[WorkItem, ...] = ()
    """What was asked beside it, done or not."""
    mine_to_take_back: tuple[WorkItem, ...] = ()
    """What the actor did in the case and may take back."""
    excluded: bool = False
    """Whether the case keeps the actor from acting for whom they stand in for."""
    barred: str | None = None
    """The step that the actor did and that must not be done by who does this one."""
    away: str | None = None
    """Why the actor must not decide: the case is their own or a relative's; in a sentence with the way on."""

    @property
    def form(self) -> str | None:
        """The form's definition text, if the step has one."""
        return asides.form_of(self.item, self.release.forms)

    @property
    def definition(self) -> forms.Definition | None:
        """The form's definition."""
        return forms.parse(self.form) if self.form else None

    @property
    def basis(self) -> str:
        """The clause the step rests on."""
        return self.release.specification.elements[self.item.step].basis

    @property
    def scope(self) -> dict[str, Any]:
        """What the form's expressions see."""
        seen = course.visible_of(
            self.case.variables,
            self.case.number,
            self.case.division,
            self.case.subject,
            self.release,
            parent=self.case.parent_number,
        )
        return {**seen, **(self.item.member or {})}

    @property
    def stored(self) -> dict[str, Any] | None:
        """Answers to begin with: the draft, else what this step answered in its last round."""
        answers: dict[str, Any] | None = self.item.draft
        if answers is None and self.item.place is None:
            answers = self.case.variables.get(self.item.step)
        return answers

    def begun(self) -> dict[str, Any] | None:
        """The draft; else the last round's answers without what is said or signed anew each time."""
        definition, stored = self.definition, self.stored
        if definition is None or self.item.draft or not stored:
            return stored
        anew = {field.key for field in definition.fields if _is_said_anew(field)}
        return {key: value for key, value in stored.items() if key not in anew}

    @property
    def may_act(self) -> bool:
        """Whether the actor may act on it now: it is theirs to do, and its case does not rest."""
        return not self.rests and self._theirs

    @property
    def _theirs(self) -> bool:
        return work_items.may_act(self.item, self.actor) and not (self.excluded and self.behalf)

    @property
    def rests(self) -> bool:
        """Whether the case is suspended, so that nobody acts on the item, but it will be theirs again."""
        return self.item.at_rest and self._theirs

    @property
    def behalf(self) -> str | None:
        """For whom on leave the actor acts, if for anybody."""
        absent = standing(self.item, self.actor)
        return absent.name if absent else None

    def late_since(self, at: datetime) -> str:
        """The limit the item is past, in words, where whoever finishes it has to say why; else empty."""
        due = self.item.due_at
        return work_items.until(due) if due and lateness.is_asked(self.item, at) else ""

    @property
    def actions(self) -> list[str]:
        """The API's names of what the actor may do now."""
        if self.item.at_rest:
            return []
        return [key for key, row in TABLE.items() if self._fits(row) and self._can(key)]

    def _fits(self, row: Action) -> bool:
        """Whether the table gives the actor this action on an item of this kind and state."""
        stands = {READER}
        if self.may_act:
            stands.add(ACTING)
        doers = {self.item.done_by_id, self.item.done_for_id, self.held_by}
        if self.actor.person_id in doers - {None}:
            stands.add(DOER)
        return self.item.kind in row.kinds and self.item.state in row.states and bool(stands & set(row.by))

    def _can(self, key: str) -> bool:
        """What else an action needs that the table only says in words."""
        if (self.barred or self.away) and key in {"complete", "send-back"}:
            return False
        if key == "send-back":
            return bool(self.ways) or self.drawn_return
        if key == "withdraw":
            return any(each.id == self.item.id for each in self.mine_to_take_back)
        if key == "remind":
            return self.item.assignee_id != self.actor.person_id
        return not (key == "claim" and self.item.state == work_items.CLAIMED)

    def about(self, item: WorkItem) -> ItemView:
        """The same view of an item asked for beside this one."""
        return replace(self, item=item)

    @property
    def held_by(self) -> int | None:
        """Who decided, where the decision waits for signers behind it."""
        return self.item.assignee_id if self.item.state == work_items.HELD else None

    @property
    def drawn_return(self) -> bool:
        """Whether the diagram itself draws a return from here."""
        return self.item.kind == work_items.STEP and any(
            "退回" in value for value in self.release.conclusions(self.item.form)
        )

    @property
    def takes_voters(self) -> bool:
        """Whether a number of people vote on the step, so that one more may."""
        loop = self.release.specification.elements[self.item.step].multi_instance
        return loop is not None and loop.cardinality is not None

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """One button per conclusion, in the step's own words; a single one where nothing is concluded."""
        if self.barred or self.away:
            return []
        definition = self.definition
        if self.item.kind == work_items.DELEGATED:
            return [{"label": "交回委派人", "kind": "primary", "name": "_action", "value": "complete"}]
        verbs = definition.verbs if definition else {}
        options = definition.conclusions() if definition else ()
        if not options:
            verb = verbs.get("*") or "提交"
            return [{"label": verb, "kind": "primary", "name": "_action", "value": "complete"}]
        return [
            {
                "label": verbs.get(option.value) or option.label,
                "kind": _kind(option.value, first=place == 0),
                "name": "_conclude",
                "value": option.value,
            }
            for place, option in enumerate(options)
        ]

    @property
    def skipped(self) -> tuple[str, ...]:
        """Fields that stand on the page as buttons."""
        if self.item.kind == work_items.DELEGATED:
            return ()
        return (CONCLUSION,) if self.definition and self.definition.conclusions() else ()

    @property
    def keep(self) -> str:
        """Under which name the browser keeps typing: another one once 暂存 has taken it over."""
        if not self.item.draft:
            return f"item-{self.item.id}"
        return f"item-{self.item.id}-{digest_of(self.item.draft)[:12]}"

    @property
    def is_offered(self) -> bool:
        """Whether 签收 is still open: the item is offered to the whole unit."""
        return self.item.state == work_items.OFFERED

    def bound(self, session: Session, at: datetime, data: object = None) -> forms.WholeForm | None:
        """The form over ``data``; over the draft or the last round when there is none."""
        if self.form is None:
            return None
        start = data if data is not None else self.begun()
        form = shelf.build(
            session,
            self.actor,
            at,
            self.form,
            start,
            scope=self.scope,
            previous=self.stored,
            on_file=self._on_file(session, at, start),
        )
        return form.fill() if data is None else form

    def _on_file(self, session: Session, at: datetime, data: object) -> dict[str, forms.OnFile]:
        """What the office has of the subject already, as far as the form asks for it."""
        definition, case = self.definition, self.case
        if definition is None or not definition.wants:
            return {}
        about = About(case.division, case.subject, case.number, case.parent_number)
        told = shelf.told(definition, data)
        return on_file.found(session, self.actor, at, about, set(definition.wants.values()), told)


def _is_said_anew(field: forms.Field) -> bool:
    """A judgement, a signature, a statement to tick: said in the last round, they prove nothing now."""
    return field.key in JUDGED or field.kind == "signature" or (field.type == "checkbox" and field.required)


def _kind(conclusion: str, *, first: bool) -> str:
    """How a conclusion's button looks: going on, sending back, or refusing."""
    if "退回" in conclusion:
        return "return"
    return "primary" if first else "refuse"


def view(session: Session, actor: Actor, item_id: int) -> ItemView:
    """The item's page; raises UnknownItem for whom it does not concern."""
    item = queries.item_for(session, actor, item_id)
    case = session.get_one(Case, item.case_id)
    release = parameters.ruled(session, catalogue.release(session, case.version_id), case.created_at)
    may = cases.may_act(session, item, actor)
    return ItemView(
        item,
        case,
        release,
        actor,
        ways=tuple(ways_back(session, case, release, item)) if may else (),
        asides=tuple(queries.asides_of(session, item)) if item.kind == work_items.STEP else (),
        mine_to_take_back=tuple(may_take_back(session, case, actor)),
        excluded=not may and standing(item, actor) is not None,
        barred=exclusion.done_apart(session, case, release, item.step, actor),
        away=_away(session, case, item, actor),
    )


def _away(session: Session, case: Case, item: WorkItem, actor: Actor) -> str | None:
    """Why the actor must keep from deciding (需回避); None where they need not."""
    if item.role == exclusion.HOUSEHOLD or item.state not in work_items.OPEN:
        return None
    refusal = exclusion.why_not(session, Directory(), case, actor, standing(item, actor))
    return None if refusal is None else str(refusal)


def views(session: Session, actor: Actor, rows: Sequence[WorkItem]) -> list[ItemView]:
    """Items known to concern the actor, their cases looked up at once, without what may be undone."""
    numbers = {row.case_id for row in rows}
    found = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(numbers)))}
    revision = session.scalar(select(parameters.REVISION))
    made = []
    for row in rows:
        case = found[row.case_id]
        release = catalogue.release(session, case.version_id)
        ruled = parameters.ruled(session, release, case.created_at, revision=revision)
        made.append(ItemView(row, case, ruled, actor))
    return made
