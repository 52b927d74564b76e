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
from app.registers import on_file
from workflows.commands import digest_of
from workflows.errors import Invalid
from workflows.once import Once, Replayed
from workflows.ports import About
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
    release: Release,
    data: object,
    division: str,
    draft: StartDraft | None = None,
    picked: str = "",
    *,
    fill: bool = False,
) -> forms.WholeForm | None:
    """The start form over ``data``; over the draft, or its defaults and what is on file, when there is none.

    ``picked`` is the number of a register's row or a case; with ``fill`` what is on file stands in what is
    unanswered, as it always does where there is no ``data``.
    """
    text = _first_form(release)
    if text is None:
        return None
    before = _known_still(forms.parse(text), draft) if draft else None
    scope: dict[str, Any] = {"param": dict(release.parameters), "case": {"division": division}, "subject": {}}
    start = before if data is None else data
    told = shelf.told(forms.parse(text), start, before)
    file = _on_file(forms.parse(text), told, division, picked)
    session, actor, now = door.reading(), door.current_actor(), door.now()
    form = shelf.build(session, actor, now, text, start, scope=scope, previous=before, on_file=file)
    return form.fill() if fill or data is None else form


def _on_file(
    definition: forms.Definition, told: dict[str, str], division: str, picked: str
) -> dict[str, forms.OnFile]:
    """What the office has already of whom the form is about, as far as that is picked or told."""
    if not definition.wants:
        return {}
    wanted = set(definition.wants.values())
    about = About(division, _subject(picked))
    return on_file.found(door.reading(), door.current_actor(), door.now(), about, wanted, told)


def _subject(picked: str) -> dict[str, Any]:
    return {on_file.PICKED: picked} if picked else {}


def reference(release: Release, data: object, division: str) -> str:
    """Whom the form over ``data`` tells it is about, as a number to pick by; a household is its own."""
    definition = definition_of(release)
    if definition is None or not definition.wants:
        return ""
    actor = door.current_actor()
    told = shelf.told(definition, data)
    if not told:
        about = release.meta.get("subject", {}).get("kind")
        return on_file.OWN if about == "household" and actor.holds("household") else ""
    return on_file.reference(door.reading(), actor, About(division, {}), told)


def telling(definition: forms.Definition | None) -> str:
    """The key of the question whose answer says whom or what the case is about; empty where none does."""
    fields = definition.fields if definition else ()
    return next((field.key for field in fields if field.on_file in shelf.TELLING), "")


def filled_mark(form: forms.WholeForm | None) -> str:
    """Tells forms apart by what was filled in, so that typing kept for one is not put into another."""
    stands = (field for field in form or () if field.filled and field.on_file)
    filled = {field.path: str(field.on_file.value) for field in stands}
    return digest_of(filled)[:12] if filled else ""


def _known_still(definition: forms.Definition, draft: StartDraft) -> dict[str, Any]:
    """What the draft says of questions that are still asked: the procedure may have a new version."""
    asked = {forms.CORRECTIONS, *(field.key for field in definition.fields)}
    return {key: value for key, value in draft.answers.items() if key in asked}


def saved(
    release: Release,
    division: str,
    form: forms.WholeForm | None,
    draft: tuple[int | None, int | None],
    picked: str = "",
) -> None:
    """Put the form away as it was typed; ``draft`` is the number and revision of the one it was."""
    typed = form.draft() if form else {}
    draft_id, revision = draft
    door.perform(
        SaveStartDraft(
            procedure=release.key,
            division=division,
            answers=typed,
            draft_id=draft_id,
            revision=revision,
            picked=picked,
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
    picked: str = "",
) -> str:
    """Start the case and give its number; the same key again gives the same number."""
    if refused:
        raise Invalid(refused)
    answers = form.said() if form else {}
    asked_for: dict[str, Any] = {"procedure": key, "division": division, "answers": answers}
    asked_for["subject"] = _subject(picked)
    command = StartCase(**asked_for)
    # With the first press the draft is gone, and with it what the masks of the second would stand for.
    asked: list[Any] = [key, division, answers]
    if draft_id is not None:
        command = StartFromDraft(**asked_for, draft_id=draft_id)
        asked = [key, division, draft_id]
    once = None
    if once_key:
        once = Once(once_key, orjson.dumps(asked, default=str), lambda result: result.number)
    try:
        return door.perform(command, once=once).number
    except Replayed as replay:
        return replay.answer
