"""Starting a case from a page: the start form, its verdict, and the command behind it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.datastructures import MultiDict

import forms
from app import door
from app.attachments import shelf
from app.catalogue.commands import SaveStartDraft, StartFromDraft
from workflows.errors import Invalid
from workflows.once import Once, Replayed
from workflows.running import StartCase

if TYPE_CHECKING:
    from app.catalogue.models import StartDraft
    from workflows.catalogue import Release


def fresh_key() -> str:
    """A key that makes the second press of one page a repetition, not a second case."""
    return secrets.token_urlsafe(18)


def copied(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """The answers of a post, free to change."""
    return MultiDict(posted.items(multi=True))


def _first_form(release: Release) -> str | None:
    first = release.start_element()
    return release.forms.get(first.form or "") if first else None


def definition_of(release: Release) -> forms.Definition | None:
    """The definition of the start form, if the procedure begins with one."""
    text = _first_form(release)
    return forms.parse(text) if text else None


def form_of(
    release: Release, data: object, division: str, draft: StartDraft | None = None
) -> forms.WholeForm | None:
    """The start form over ``data``; over the draft, or its defaults, when there is none."""
    text = _first_form(release)
    if text is None:
        return None
    before = _known_still(forms.parse(text), draft) if draft else None
    scope: dict[str, Any] = {"param": dict(release.parameters), "case": {"division": division}, "subject": {}}
    start = before if data is None else data
    return shelf.build(
        door.reading(), door.current_actor(), door.now(), text, start, scope=scope, previous=before
    )


def _known_still(definition: forms.Definition, draft: StartDraft) -> dict[str, Any]:
    """What the draft says of questions that are still asked: the procedure may have a new version."""
    asked = {field.key for field in definition.fields}
    return {key: value for key, value in draft.answers.items() if key in asked}


def saved(
    release: Release, division: str, form: forms.WholeForm | None, draft_id: int | None, revision: int | None
) -> None:
    """Put the form away as it was typed."""
    typed = form.draft() if form else {}
    door.perform(
        SaveStartDraft(
            procedure=release.key, division=division, answers=typed, draft_id=draft_id, revision=revision
        )
    )


def verb(form: forms.WholeForm | None) -> str:
    """The word on the button."""
    return (form.definition.verbs.get("*") if form else None) or "提交"


def judged(form: forms.WholeForm | None, refusal: Invalid | None = None) -> forms.WholeForm | None:
    """The form with its own verdict and the command's beside the fields."""
    if form is None:
        return None
    form.validate()
    return refused(form, refusal.errors if refusal else {})


def refused(form: forms.WholeForm | None, errors: dict[str, str]) -> forms.WholeForm | None:
    """The form with these complaints beside its fields: why a file was not taken, not that there is none."""
    said = form.errors if form is not None else {}
    for path, sentence in errors.items():
        if form is not None and path != "division" and said.get(path) != sentence:
            form.refuse(path, sentence)
    return form


def started(
    key: str,
    division: str,
    form: forms.WholeForm | None,
    refused: dict[str, str],
    once_key: str | None,
    draft_id: int | None = None,
) -> str:
    """Start the case and give its number; the same key again gives the same number."""
    if refused:
        raise Invalid(refused)
    answers = form.answers() if form else {}
    command = StartCase(procedure=key, division=division, answers=answers)
    # With the first press the draft is gone, and with it what the masks of the second would stand for.
    asked: list[Any] = [key, division, answers]
    if draft_id is not None:
        command = StartFromDraft(procedure=key, division=division, answers=answers, draft_id=draft_id)
        asked = [key, division, draft_id]
    once = None
    if once_key:
        once = Once(once_key, orjson.dumps(asked, default=str), lambda result: result.number)
    try:
        return door.perform(command, once=once).number
    except Replayed as replay:
        return replay.answer
