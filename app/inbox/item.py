"""One item as its page shows it: the form, what was decided before, the clause, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import forms
from app.attachments import shelf
from app.inbox import queries
from workflows import catalogue, course, parameters, work_items
from workflows.cases import Case
from workflows.commands import digest_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.commands import Actor
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

    @property
    def form(self) -> str | None:
        """The form's definition text, if the step has one."""
        return self.release.forms.get(self.item.form or "")

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

    def _begun(self) -> dict[str, Any] | None:
        """The draft; else the last round's answers without what is said or signed anew each time."""
        definition, stored = self.definition, self.stored
        if definition is None or self.item.draft or not stored:
            return stored
        anew = {field.key for field in definition.fields if _is_said_anew(field)}
        return {key: value for key, value in stored.items() if key not in anew}

    @property
    def may_act(self) -> bool:
        """Whether the actor may act on it now."""
        return work_items.may_act(self.item, self.actor)

    @property
    def actions(self) -> list[str]:
        """The API's names of what the actor may do now."""
        if not self.may_act:
            return []
        claimed = self.item.state == work_items.CLAIMED
        found = ["release"] if claimed else ["claim"]
        found += ["save", "complete"]
        if any("退回" in value for value in self.release.conclusions(self.item.form)):
            found.append("send-back")
        return [*found, "transfer", "remind"]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """One button per conclusion, in the step's own words; a single one where nothing is concluded."""
        definition = self.definition
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
        start = data if data is not None else self._begun()
        return shelf.build(session, self.actor, at, self.form, start, scope=self.scope, previous=self.stored)


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
    return ItemView(item, case, release, actor)
