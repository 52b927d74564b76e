"""Pages of what can be applied for, and starting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, request, url_for

import forms
from app import door, policy, retention, scope
from app.attachments.views import take_in_upload
from app.cases import clauses, drawing
from app.catalogue import drafts, picking, queries, starting
from app.catalogue.commands import PICKED, DraftChanged, UnknownDraft
from app.errors import status_of
from app.organisation.queries import division_path
from app.pages import PAGE_ROWS, go, page
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

LOOKUP = "_lookup"
"""The button that fills in what is on file of the number typed."""

FILLED_IN = "已带出在册内容，请逐项核对；与实际不符的直接改，并写明更正原因。"
NOTHING_ON_FILE = "没有查到这个号码的在册内容，或者不在您的管理范围内，请核对号码或者自行填写。"

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
        kept=(retention.class_of(release.meta), retention.grounds(release.meta)),
        where=division_path(door.reading(), release.division),
        startable=queries.startable(door.current_actor(), release),
        oversees=scope.oversees(door.current_actor(), release.division),
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
    diagrams = catalogue.current(door.reading(), key, door.now()).diagrams
    file = request.args.get("file", drawing.OWN)
    if file not in diagrams:
        raise NotFound
    return Response(diagrams[file], content_type="application/xml; charset=utf-8")


@bp.get("/procedures/<key>/diagram.json")
@policy.allow(policy.handles_work)
def diagram_state(key: str) -> ResponseReturnValue:
    """What the viewer says of each element."""
    release = catalogue.current(door.reading(), key, door.now())
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
    session, actor = door.reading(), door.current_actor()
    places = queries.places(session, actor, release)
    only = places[0][1][0][0] if len(places) == 1 and len(places[0][1]) == 1 else ""
    choice = picking.choice(session, actor, release, form, values.pop("number", ""))
    known = draft.division if draft else choice["picked"].division if choice["picked"] else ""
    return page(
        "catalogue/start.html",
        status,
        release=release,
        form=form,
        places=places,
        place=PLACES[release.narrowest()],
        chosen=request.form.get("_division") or known or only,
        draft=draft,
        about=ABOUT.get(release.meta.get("subject", {}).get("kind", ""), "事项"),
        verb=starting.verb(form),
        once=request.form.get("_once") or starting.fresh_key(),
        filled=starting.filled_mark(form),
        **choice,
        **values,
    )


@bp.get("/procedures/<key>/start")
@policy.allow(policy.handles_work)
def start(key: str) -> ResponseReturnValue:
    """The start form, filled with what is on file of whom was picked."""
    release = _release(key)
    number = request.args.get("draft", type=int)
    draft = drafts.draft(door.reading(), door.current_actor(), number) if number is not None else None
    if draft is not None and draft.procedure_key != key:
        raise UnknownDraft
    kept = str(draft.answers.get(PICKED) or "") if draft else ""
    picked = kept or request.args.get(PICKED) or starting.reference(release, None, "")
    form = starting.form_of(release, None, draft.division if draft else "", draft, picked)
    return _show(release, form, draft=draft, number=picked)


@bp.get("/procedures/<key>/choose")
@policy.allow(policy.handles_work)
def choose(key: str) -> ResponseReturnValue:
    """选择在册户: whom or what the case is about, from the registers of my villages."""
    release = _release(key)
    registers = picking.offered(door.current_actor(), release)
    if not registers:
        # A household reads no register: what is on file of itself stands in the form already.
        return go("catalogue.start", key=key)
    wanted, q = request.args.get("register"), request.args.get("q")
    of = next((one for one in registers if one.key == wanted), registers[0])
    cursor = request.args.get("cursor")
    found = picking.rows(door.reading(), door.current_actor(), of.key, q, cursor, PAGE_ROWS)
    kind = picking.named(release)
    return page("catalogue/choose.html", release=release, registers=registers, of=of, rows=found, kind=kind)


@bp.post("/procedures/<key>/start")
@policy.allow(policy.handles_work)
def begin(key: str) -> ResponseReturnValue:
    """Start a case; a double click starts one. Or put away what was typed."""
    release, division = _release(key), request.form.get("_division", "")
    data, refused = _taken_in(release)
    picked = data.get(PICKED, "")
    # After the first of two presses the draft is gone; the command then knows the first one's answer.
    draft = drafts.known(door.reading(), door.current_actor(), request.form.get("_draft", type=int))
    if LOOKUP in data:
        return _looked_up(release, data, division, draft)
    if forms.has_row_action(data):
        form = starting.form_of(release, forms.apply_row_action(data), division, draft, picked)
        return _show(release, starting.refused(form, refused), draft=draft, number=picked)
    form = starting.form_of(release, data, division, draft, picked)
    if data.get("_action") == "draft":
        return _put_away(release, form, refused, draft)
    return _hand_in(release, form, refused, draft)


def _hand_in(
    release: Release, form: forms.WholeForm | None, refused: dict[str, str], draft: StartDraft | None
) -> ResponseReturnValue:
    """Start the case, or show what is in the way."""
    sent, division = request.form, request.form.get("_division", "")
    picked, number = sent.get(PICKED, ""), sent.get("_draft", type=int)
    shown: dict[str, Any] = {"draft": draft, "number": picked}
    try:
        started = starting.started(release.key, division, form, refused, sent.get("_once"), number, picked)
    except Invalid as refusal:
        error = refusal.errors.get("division") if division else _missing(release)
        return _show(release, starting.judged(form, refusal), 422, division_error=error, **shown)
    except Refusal as refusal:
        error = None if division else _missing(release)
        status, problem = (422, None) if error else (status_of(refusal), str(refusal))
        return _show(release, starting.judged(form), status, problem=problem, division_error=error, **shown)
    return go("cases.show", f"已提交，办件编号 {started}", number=started)


def _looked_up(
    release: Release, data: MultiDict[str, str], division: str, draft: StartDraft | None
) -> ResponseReturnValue:
    """The page again, filled with what is on file of whom the number typed tells; the rest stays as typed."""
    number = starting.reference(release, data, division)
    form = starting.form_of(release, data, division, draft, number, fill=True)
    said = FILLED_IN if number else NOTHING_ON_FILE
    return _show(release, form, draft=draft, number=number, looked_up=said)


def _put_away(
    release: Release, form: forms.WholeForm | None, refused: dict[str, str], draft: StartDraft | None
) -> ResponseReturnValue:
    """存为草稿: everything as typed; only a file that could not be taken is told at once."""
    picked = request.form.get(PICKED, "")
    if refused:
        return _show(release, starting.refused(form, refused), 422, draft, number=picked)
    seen = draft.id if draft else None, request.form.get("_draft_revision", type=int)
    try:
        starting.saved(release, request.form.get("_division", ""), form, seen, picked)
    except DraftChanged as refusal:
        # Saving once more makes a draft of its own, so that neither device overwrites the other.
        return _show(release, form, status_of(refusal), problem=str(refusal), number=picked)
    except Refusal as refusal:
        return _show(release, form, status_of(refusal), draft, problem=str(refusal), number=picked)
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
