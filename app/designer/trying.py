"""The office's part in trying a draft: its real forms and roles; nothing is stored or looked up."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import forms
from app.attachments.shelf import evaluator
from app.designer import documents
from app.organisation.roles import ROLES
from app.registers import linting
from app.security import sealing
from workflows.designing import lint
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class UnusableForm(Refusal):
    """A draft's form cannot be read."""

    code = "form.unusable"
    sentence = "{why}"


class AnyoneAndAnything:
    """Takes every code for a known place or person, every number for a small picture that was uploaded."""

    def division_name(self, code: str) -> str:
        """A name for any place."""
        return f"区划{code}"

    def person_name(self, person_id: int) -> str:
        """A name for anybody."""
        return f"人员{person_id}"

    def attachment(self, attachment_id: int) -> forms.AttachmentInfo:
        """A picture."""
        return forms.AttachmentInfo(type="image/jpeg", size=1_000, name=f"{attachment_id}.jpg")


def check_form(
    form: str,
    answers: Mapping[str, Any],
    *,
    scope: Mapping[str, Any],
    at: datetime,
    previous: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Answers ``simulate.CheckForm``: canonical answers as a case would hold them; raises Invalid."""
    try:
        definition = forms.parse(form)
    except forms.DefinitionError as error:
        raise UnusableForm(why=error.sentence) from error
    asked = forms.build(
        definition,
        answers,
        evaluate=evaluator(at),
        scope=scope,
        lookups=AnyoneAndAnything(),
        previous=previous,
    )
    if not asked.validate():
        raise Invalid(asked.errors)
    return forms.seal_answers(definition, asked.answers(), _seal)


def _seal(kind: str, plain: str) -> dict[str, str]:
    """The shape of a sealed number without its lock: expressions see what they would see in a real case."""
    text = sealing.normal(kind, plain)
    digest = hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
    return {"kind": kind, "sealed": "", "mask": sealing.mask(kind, text), "hash": digest}


def form_problem(text: str) -> str | None:
    """What keeps a form's JSON text from being asked; None when it can be."""
    try:
        forms.parse(text)
    except forms.DefinitionError as error:
        return error.sentence
    return None


OFFICE = lint.Office(
    roles=frozenset(ROLES),
    form_problem=form_problem,
    filing=linting.problems,
    sources=documents.came_along(),
)
"""What lint needs to know of the office."""
