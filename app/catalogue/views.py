"""Pages of what can be applied for, and starting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

import forms
from app import door, policy
from app.attachments import shelf
from app.attachments.views import take_in_upload
from app.catalogue import queries
from app.organisation.queries import division_path, pickable
from app.pages import go, page
from workflows import catalogue
from workflows.commands import Once, Replayed
from workflows.errors import Conflict, Invalid
from workflows.running import StartCase

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from workflows.catalogue import Release

bp = Blueprint("catalogue", __name__, template_folder="templates")


@bp.get("/procedures")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """事项: what is in force, what I may start first."""
    return page("catalogue/index.html", offers=queries.offers(door.reading(), door.current_actor()))


@bp.get("/procedures/<key>")
@policy.allow(policy.handles_work)
def guide(key: str) -> ResponseReturnValue:
    """办事指南: steps, clauses, parameters."""
    release = catalogue.current(door.reading(), key)
    return page(
        "catalogue/guide.html", release=release, steps=queries.steps(release), startable=_may(release)
    )


def _may(release: Release) -> bool:
    return queries.startable(door.current_actor(), release)


def _divisions(release: Release) -> list[tuple[str, str]]:
    """The villages for which the person may start, with their path."""
    session, found = door.reading(), []
    for division in queries.starting_divisions(door.current_actor(), release):
        found += [
            (row.code, f"{above} {row.name}".strip()) for row, above in pickable(session, division, "village")
        ]
    return list(dict.fromkeys(found))


def _form(release: Release, data: object, division: str) -> forms.WholeForm | None:
    first = release.start_element()
    if first is None or first.form is None:
        return None
    scope: dict[str, Any] = {"param": dict(release.parameters), "case": {"division": division}, "subject": {}}
    return shelf.build(
        door.reading(), door.current_actor(), door.now(), release.forms[first.form], data, scope=scope
    )


def _show(
    release: Release, form: forms.WholeForm | None, status: int = 200, **values: Any
) -> ResponseReturnValue:
    divisions = _divisions(release)
    chosen = request.form.get("_division") or (divisions[0][0] if len(divisions) == 1 else "")
    path = division_path(door.reading(), chosen) if chosen else ""
    return page(
        "catalogue/start.html",
        status,
        release=release,
        form=form,
        divisions=divisions,
        chosen=chosen,
        path=path,
        verb=_verb(form),
        key=request.form.get("_key") or None,
        **values,
    )


def _verb(form: forms.WholeForm | None) -> str:
    return (form.definition.verbs.get("*") if form else None) or "提交"


@bp.get("/procedures/<key>/start")
@policy.allow(policy.handles_work)
def start(key: str) -> ResponseReturnValue:
    """The start form."""
    release = catalogue.current(door.reading(), key)
    return _show(release, _form(release, None, ""))


@bp.post("/procedures/<key>/start")
@policy.allow(policy.handles_work)
def begin(key: str) -> ResponseReturnValue:
    """Start a case; a double click starts one."""
    release = catalogue.current(door.reading(), key)
    division = request.form.get("_division", "")
    data = MultiDict((name, value) for name, value in request.form.items(multi=True))
    form = _form(release, data, division)
    if form is not None and request.files:
        data, _ = forms.with_uploads(form.definition, data, request.files, take_in_upload)
        form = _form(release, data, division)
    if forms.has_row_action(data):
        return _show(release, _form(release, forms.apply_row_action(data), division))
    try:
        number = _started(key, division, form)
    except Invalid as refusal:
        return _show(release, _judged(form, refusal), 422, division_error=refusal.errors.get("division"))
    except Conflict as refusal:
        return _show(release, form, 409, said=str(refusal))
    return go("cases.show", f"已提交，办件编号 {number}", number=number)


def _judged(form: forms.WholeForm | None, refusal: Invalid) -> forms.WholeForm | None:
    """The form with its own verdict and the command's beside the fields."""
    if form is not None:
        form.validate()
        for path in refusal.errors.keys() - form.errors.keys() - {"division"}:
            form.refuse(path, refusal.errors[path])
    return form


def _started(key: str, division: str, form: forms.WholeForm | None) -> str:
    answers = form.answers() if form else {}
    command = StartCase(procedure=key, division=division, answers=answers)
    once = None
    if request.form.get("_key"):
        asked = orjson.dumps([key, division, answers], default=str)
        once = Once(request.form["_key"], asked, lambda result: result.number)
    try:
        return door.perform(command, once=once).number
    except Replayed as replay:
        return replay.answer
