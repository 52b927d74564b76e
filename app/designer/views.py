"""The change desk: amendments of procedures, their files, what the lint says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, make_response, request

from app import door, policy
from app.designer import exchange, queries
from app.errors import status_of
from app.pages import go, page
from workflows.designing import lint
from workflows.designing.amending import DiscardAmendment, OpenAmendment, SaveAmendment
from workflows.designing.amendments import (
    DRAFTING,
    STATE_WORDS,
    Amendment,
    UnknownAmendment,
    require_files,
    seen,
)
from workflows.designing.findings import ERROR
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

bp = Blueprint("designer", __name__, template_folder="templates")

MOST_REVISION = 2**31 - 1


@bp.get("/amendments")
@policy.allow(policy.sets_parameters)
def index() -> ResponseReturnValue:
    """修订: the procedures one administers, with what is being changed in each."""
    return _index()


def _index(status: int = 200, errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    return page(
        "designer/index.html",
        status,
        choices=queries.administered(door.reading(), door.current_actor()),
        states=STATE_WORDS,
        errors=errors or {},
        given=request.form,
        chosen=request.args.get("procedure", ""),
    )


@bp.post("/amendments")
@policy.allow(policy.sets_parameters)
def begin() -> ResponseReturnValue:
    """起草修订: from the version in force, or from files that are brought along."""
    try:
        brought = request.files.get("file")
        files = exchange.unpacked(brought.filename or "", brought.read()) if brought else None
        command = OpenAmendment(
            procedure=request.form.get("procedure", "").strip(),
            title=request.form.get("title", ""),
            files=files,
        )
        amendment_id = door.perform(command)
    except Invalid as refusal:
        return _index(422, refusal.errors)
    except Refusal as refusal:
        return _index(status_of(refusal), {"procedure": str(refusal)})
    return go("designer.show", "已开始起草。在用的版本和正在办的件都没有变动。", amendment_id=amendment_id)


@bp.get("/amendments/<int:amendment_id>")
@policy.allow(policy.sets_parameters)
def show(amendment_id: int) -> ResponseReturnValue:
    """One amendment: its files, its findings, and where it stands."""
    return _show(amendment_id)


def _show(amendment_id: int, status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    session, actor = door.reading(), door.current_actor()
    row = seen(session, actor, amendment_id)
    found = queries.findings(session, row.procedure_key, row.files)
    return page(
        "designer/show.html",
        status,
        amendment=row,
        state=STATE_WORDS[row.state],
        drafting=row.state == DRAFTING,
        files=queries.contents(row),
        findings=found,
        faults=sum(each.severity == ERROR for each in found),
        hindrance=queries.hindrance(session, actor, row),
        problem=problem,
    )


@bp.get("/amendments/<int:amendment_id>/files/<path:name>")
@policy.allow(policy.sets_parameters)
def file(amendment_id: int, name: str) -> ResponseReturnValue:
    """One of its files as text, with the revision it belongs to."""
    row = seen(door.reading(), door.current_actor(), amendment_id)
    if name not in row.files:
        raise UnknownAmendment
    answer = make_response(row.files[name])
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers["X-Revision"] = str(row.revision)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/amendments/<int:amendment_id>/files")
@policy.allow(policy.sets_parameters)
def save(amendment_id: int) -> ResponseReturnValue:
    """Save some files, for scripts: {revision, changes: {name: text or null}} gives {revision, saved_at}."""
    given = _json()
    command = SaveAmendment(
        amendment_id=amendment_id, revision=_revision(given), changes=_changes(given), title=_title(given)
    )
    revision = door.perform(command)
    row = seen(door.reading(), door.current_actor(), amendment_id)
    return jsonify(revision=revision, saved_at=row.saved_at.isoformat(), saved_by=row.saved_by)


@bp.post("/amendments/<int:amendment_id>/lint")
@policy.allow(policy.sets_parameters)
def check(amendment_id: int) -> ResponseReturnValue:
    """What the lint says with changes that are not saved yet: {changes} gives {findings}. Stores nothing."""
    session = door.reading()
    row = seen(session, door.current_actor(), amendment_id)
    files = {**row.files, **_changes(_json())}
    kept = {name: text for name, text in files.items() if text is not None}
    require_files(kept)
    return jsonify(findings=lint.as_json(queries.findings(session, row.procedure_key, kept)))


@bp.get("/amendments/<int:amendment_id>/export.zip")
@policy.allow(policy.sets_parameters)
def export(amendment_id: int) -> ResponseReturnValue:
    """Its files, to open in another tool."""
    row = seen(door.reading(), door.current_actor(), amendment_id)
    content = door.perform(exchange.ExportAmendment(amendment_id=amendment_id))
    answer = Response(content, mimetype="application/zip")
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"{row.procedure_key}-{row.id}-{row.revision}.zip"
    )
    return answer


@bp.post("/amendments/<int:amendment_id>/import")
@policy.allow(policy.sets_parameters)
def take_in(amendment_id: int) -> ResponseReturnValue:
    """导入: files from another tool take the place of those of the same name."""
    brought = request.files.get("file")
    try:
        if brought is None or not brought.filename:
            raise Invalid({"file": "请先选择要导入的文件。"})
        changes = exchange.unpacked(brought.filename, brought.read())
        revision = int(request.form.get("revision", "0")) if request.form.get("revision", "").isdigit() else 0
        door.perform(SaveAmendment(amendment_id=amendment_id, revision=revision, changes=changes))
    except Invalid as refusal:
        return _show(amendment_id, 422, "；".join(refusal.errors.values()))
    except UnknownAmendment:
        raise
    except Refusal as refusal:
        return _show(amendment_id, status_of(refusal), str(refusal))
    return go("designer.show", f"已导入 {len(changes)} 个文件。", amendment_id=amendment_id)


@bp.post("/amendments/<int:amendment_id>/discard")
@policy.allow(policy.sets_parameters)
def discard(amendment_id: int) -> ResponseReturnValue:
    """作废."""
    try:
        door.perform(DiscardAmendment(amendment_id=amendment_id))
    except UnknownAmendment:
        raise
    except Refusal as refusal:
        return _show(amendment_id, status_of(refusal), str(refusal))
    return go("designer.show", "修订稿已作废，仍可查看和导出。", amendment_id=amendment_id)


def _json() -> dict[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Invalid({"": "请以 JSON 提交。"})
    return given


def _revision(given: Mapping[str, Any]) -> int:
    revision = given.get("revision")
    if type(revision) is not int or not 0 <= revision <= MOST_REVISION:
        raise Invalid({"revision": "请带上所见的修订号（revision）。"})
    return revision


def _title(given: Mapping[str, Any]) -> str | None:
    title = given.get("title")
    return title if isinstance(title, str) and title.strip() else None


def _changes(given: Mapping[str, Any]) -> dict[str, str | None]:
    changes = given.get("changes", {})
    fits = isinstance(changes, dict) and all(
        isinstance(text, str) or text is None for text in changes.values()
    )
    if not fits:
        raise Invalid({"changes": "changes 应为文件名到文本的对照。"})
    return changes


def amendment(amendment_id: int) -> Amendment:
    """The amendment a page of the desk is about, for whoever may see it."""
    return seen(door.reading(), door.current_actor(), amendment_id)
