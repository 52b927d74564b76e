"""Pages of what can be applied for, and starting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, request, url_for

import forms
from app import door, policy
from app.attachments.views import take_in_upload
from app.cases import clauses, drawing
from app.catalogue import drafts, queries, starting
from app.catalogue.commands import DraftChanged, UnknownDraft
from app.errors import status_of
from app.organisation.queries import division_path
from app.pages import go, page
from workflows import catalogue
from workflows.errors import Invalid, NotFound, Refusal
from workflows.running import MayNotStart

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from app.catalogue.models import StartDraft
    from workflows.catalogue import Release

bp = Blueprint("catalogue", __name__, template_folder="templates")

MISSING_DIVISION = "请选择所在的{place}。"

PLACES = {"village": "村（嘎查、社区）", "township": "苏木乡镇（街道）", "county": "旗县（区）"}
"""What a division is called, by the level a procedure needs it at."""

ABOUT = {"household": "申请户", "project": "项目", "asset": "资产"}
"""What a case is about, by the kind its procedure names."""


@bp.get("/procedures")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """事项: what is in force, what I may start first."""
    session = door.reading()
    offers = queries.offers(session, door.current_actor())
    return page("catalogue/index.html", groups=queries.grouped(session, offers))


@bp.get("/procedures/<key>")
@policy.allow(policy.handles_work)
def guide(key: str) -> ResponseReturnValue:
    """办事指南: steps, clauses, parameters; or the diagram."""
    release = queries.standing(door.reading(), key, door.now())
    file = request.args.get("diagram")
    g.shows_diagram = file in release.diagrams
    return page(
        "catalogue/guide.html",
        release=release,
        steps=clauses.clauses(release),
        parameters=clauses.parameters(release),
        titles=clauses.titles(release),
        where=division_path(door.reading(), release.division),
        startable=queries.startable(door.current_actor(), release),
        file=file if file in release.diagrams else None,
        files=_ways(release, file),
    )


def _ways(release: Release, file: str | None) -> list[dict[str, Any]]:
    """The parts of a guide: the words, then each diagram."""
    known = drawing.files(release)
    several = len(known) > 1
    parts: list[tuple[str | None, str]] = [(None, "办理环节")]
    parts += [(name, f"流程图：{label}" if several else "流程图") for name, label in known]
    return [
        {
            "href": url_for("catalogue.guide", key=release.key, diagram=name),
            "label": label,
            "current": name == (file if file in release.diagrams else None),
        }
        for name, label in parts
    ]


@bp.get("/procedures/<key>/diagram.bpmn")
@policy.allow(policy.handles_work)
def diagram(key: str) -> ResponseReturnValue:
    """The BPMN text of the version in force."""
    diagrams = catalogue.current(door.reading(), key).diagrams
    file = request.args.get("file", drawing.OWN)
    if file not in diagrams:
        raise NotFound
    return Response(diagrams[file], content_type="application/xml; charset=utf-8")


@bp.get("/procedures/<key>/diagram.json")
@policy.allow(policy.handles_work)
def diagram_state(key: str) -> ResponseReturnValue:
    """What the viewer says of each element."""
    release = catalogue.current(door.reading(), key)
    return jsonify(drawing.blank(release, request.args.get("file", drawing.OWN)))


def _release(key: str) -> Release:
    """The version in force, for someone who may start it somewhere."""
    release = queries.standing(door.reading(), key, door.now())
    if not queries.startable(door.current_actor(), release):
        raise MayNotStart(name=release.name)
    return release


def _show(
    release: Release,
    form: forms.WholeForm | None,
    status: int = 200,
    draft: StartDraft | None = None,
    **values: Any,
) -> ResponseReturnValue:
    places = queries.places(door.reading(), door.current_actor(), release)
    only = places[0][1][0][0] if len(places) == 1 and len(places[0][1]) == 1 else ""
    return page(
        "catalogue/start.html",
        status,
        release=release,
        form=form,
        places=places,
        place=PLACES[release.narrowest()],
        chosen=request.form.get("_division") or (draft.division if draft else "") or only,
        draft=draft,
        about=ABOUT.get(release.meta.get("subject", {}).get("kind", ""), "事项"),
        verb=starting.verb(form),
        once=request.form.get("_once") or starting.fresh_key(),
        **values,
    )


@bp.get("/procedures/<key>/start")
@policy.allow(policy.handles_work)
def start(key: str) -> ResponseReturnValue:
    """The start form."""
    release = _release(key)
    number = request.args.get("draft", type=int)
    draft = drafts.draft(door.reading(), door.current_actor(), number) if number is not None else None
    if draft is not None and draft.procedure_key != key:
        raise UnknownDraft
    form = starting.form_of(release, None, draft.division if draft else "", draft)
    return _show(release, form, draft=draft)


@bp.post("/procedures/<key>/start")
@policy.allow(policy.handles_work)
def begin(key: str) -> ResponseReturnValue:
    """Start a case; a double click starts one. Or put away what was typed."""
    release, division = _release(key), request.form.get("_division", "")
    data, refused = _taken_in(release)
    number = request.form.get("_draft", type=int)
    # After the first of two presses the draft is gone; the command then knows the first one's answer.
    draft = drafts.known(door.reading(), door.current_actor(), number)
    if forms.has_row_action(data):
        form = starting.form_of(release, forms.apply_row_action(data), division, draft)
        return _show(release, starting.refused(form, refused), draft=draft)
    form = starting.form_of(release, data, division, draft)
    if data.get("_action") == "draft":
        return _put_away(release, form, refused, draft)
    try:
        started = starting.started(key, division, form, refused, request.form.get("_once"), number)
    except Invalid as refusal:
        error = refusal.errors.get("division") if division else _missing(release)
        return _show(release, starting.judged(form, refusal), 422, draft, division_error=error)
    except Refusal as refusal:
        error = None if division else _missing(release)
        status, problem = (422, None) if error else (status_of(refusal), str(refusal))
        return _show(release, starting.judged(form), status, draft, problem=problem, division_error=error)
    return go("cases.show", f"已提交，办件编号 {started}", number=started)


def _put_away(
    release: Release, form: forms.WholeForm | None, refused: dict[str, str], draft: StartDraft | None
) -> ResponseReturnValue:
    """存为草稿: everything as typed; only a file that could not be taken is told at once."""
    if refused:
        return _show(release, starting.refused(form, refused), 422, draft)
    seen = request.form.get("_draft_revision", type=int)
    try:
        starting.saved(release, request.form.get("_division", ""), form, draft.id if draft else None, seen)
    except DraftChanged as refusal:
        # Saving once more makes a draft of its own, so that neither device overwrites the other.
        return _show(release, form, status_of(refusal), problem=str(refusal))
    except Refusal as refusal:
        return _show(release, form, status_of(refusal), draft, problem=str(refusal))
    return go("catalogue.drafts_list", "已存为草稿，在任何设备上登录都可以接着填。")


def _missing(release: Release) -> str:
    return MISSING_DIVISION.format(place=PLACES[release.narrowest()])


def _taken_in(release: Release) -> tuple[MultiDict[str, str], dict[str, str]]:
    """The post with the numbers of the files that came with it, and which were refused."""
    definition = starting.definition_of(release)
    data = starting.copied(request.form)
    if definition is None or not request.files:
        return data, {}
    taken = forms.with_uploads(definition, data, request.files, take_in_upload)
    # What was just taken in is not in the request's earlier view of the database.
    door.close_reading()
    return taken
