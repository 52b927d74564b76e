"""The description editor: what a procedure is called and rests on, its parameters, and any file as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from app import policy
from app.designer.editors import bp
from app.designer.editors.opened import hindrance, opened, save, wrong
from app.organisation.roles import ROLES
from app.pages import go, page
from workflows import parameters
from workflows.catalogue import worded
from workflows.designing import amendments, describing, retention
from workflows.designing.parts import DECISIONS, DESCRIPTION, OWN_DIAGRAM, SCENARIOS, described
from workflows.designing.scripting import scenes
from workflows.errors import NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from workflows.designing.amendments import Amendment

KIND_WORDS = {
    "integer": "整数",
    "number": "数字",
    "boolean": "是否",
    "choice": "单选",
    "text": "文字",
    "list": "列表",
}
AS_TEXT = {
    DESCRIPTION: "事项说明",
    SCENARIOS: "场景",
    OWN_DIAGRAM: "流程图",
    DECISIONS: "决策表",
}
"""The files that may be changed as text."""


class UnknownPart(NotFound):
    """The amendment's description has no such parameter, or the amendment no such file."""

    code = "amendment.unknown_part"
    sentence = "修订稿里没有这一项，请从事项说明进入。"


def _text(row: Amendment) -> str:
    return row.files.get(DESCRIPTION, "")


# The whole


@bp.get("/amendments/<int:amendment_id>/description")
@policy.allow(policy.sets_parameters)
def description(amendment_id: int) -> ResponseReturnValue:
    """事项说明: names, documents, who starts, who keeps apart, parameters."""
    return _show(opened(amendment_id))


def _show(
    row: Amendment,
    given: Mapping[str, str] | None = None,
    status: int = 200,
    problem: str | None = None,
    errors: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    found: list[dict[str, Any]] = []
    shown: Mapping[str, str] = given or {}
    try:
        shown = given if given is not None else describing.shown(_text(row))
        found = describing.parameters_of(_text(row))
    except Refusal as refusal:
        problem = problem or str(refusal)
    return page(
        "editors/description.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        given=shown,
        documents=describing.documents_in(shown),
        parameters=found,
        worded=worded,
        roles=[(key, role.name) for key, role in ROLES.items()],
        classes=_offered(shown.get("retention-class", ""), {each: each for each in retention.CLASSES}),
        origins=_offered(shown.get("retention-origin", ""), retention.ORIGINS),
        problem=problem,
        errors=errors or {},
    )


def _offered(said: str, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """What may be chosen; what the file says and nobody knows stays visible, so that it is changed."""
    unknown = [] if said in known else [(said, said or "请选择")]
    return [*unknown, *known.items()]


@bp.post("/amendments/<int:amendment_id>/description")
@policy.allow(policy.sets_parameters)
def change_description(amendment_id: int) -> ResponseReturnValue:
    """Set it as typed; one more document; a parameter less."""
    row = opened(amendment_id)
    do, _, what = request.form.get("do", "save").partition(":")
    given = {
        name: value for name, value in request.form.items() if name not in {"csrf_token", "do", "revision"}
    }
    if do == "document":
        number = max(describing.documents_in(given), default=-1) + 1
        return _show(row, {**given, f"document-{number}-title": ""})
    try:
        made = (
            describing.without_parameter(_text(row), what)
            if do == "remove"
            else describing.changed(_text(row), given)
        )
        save(row, {DESCRIPTION: made})
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _show(row, None if do == "remove" else given, status, errors.get("documents", problem), errors)
    return go("editors.description", "已删除。" if do == "remove" else "已保存。", amendment_id=amendment_id)


# One parameter


@bp.get("/amendments/<int:amendment_id>/parameters/<name>")
@policy.allow(policy.sets_parameters)
def parameter(amendment_id: int, name: str) -> ResponseReturnValue:
    """One parameter."""
    row = opened(amendment_id)
    return _parameter(row, name, describing.parameter_shown(_said(row, name)))


@bp.get("/amendments/<int:amendment_id>/new-parameter")
@policy.allow(policy.sets_parameters)
def new_parameter(amendment_id: int) -> ResponseReturnValue:
    """One more parameter."""
    return _parameter(opened(amendment_id), None, {"type": "integer", "origin": "default"})


def _said(row: Amendment, name: str) -> dict[str, Any]:
    found = next((each for each in describing.parameters_of(_text(row)) if each.get("name") == name), None)
    if found is None:
        raise UnknownPart
    return found


def _parameter(
    row: Amendment,
    name: str | None,
    given: Mapping[str, str],
    status: int = 200,
    problem: str | None = None,
    errors: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    return page(
        "editors/parameter.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        name=name,
        given=given,
        kinds=[(kind, KIND_WORDS[kind]) for kind in parameters.KINDS],
        problem=problem,
        errors=errors or {},
    )


@bp.post("/amendments/<int:amendment_id>/parameters/<name>")
@policy.allow(policy.sets_parameters)
def change_parameter(amendment_id: int, name: str) -> ResponseReturnValue:
    """Set a parameter as typed."""
    row = opened(amendment_id)
    _said(row, name)
    return _write(row, name)


@bp.post("/amendments/<int:amendment_id>/new-parameter")
@policy.allow(policy.sets_parameters)
def add_parameter(amendment_id: int) -> ResponseReturnValue:
    """Describe one more parameter."""
    return _write(opened(amendment_id), None)


def _write(row: Amendment, name: str | None) -> ResponseReturnValue:
    amendment_id = row.id
    try:
        save(row, {DESCRIPTION: describing.with_parameter(_text(row), request.form, name)})
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _parameter(row, name, request.form, status, problem, errors)
    return go("editors.description", "参数已保存。", amendment_id=amendment_id, _anchor="parameters")


# As text


@bp.get("/amendments/<int:amendment_id>/text/<file>")
@policy.allow(policy.sets_parameters)
def text(amendment_id: int, file: str) -> ResponseReturnValue:
    """A file as text, for what the pages do not show."""
    row = opened(amendment_id)
    if file not in AS_TEXT:
        raise UnknownPart
    return _as_text(row, file, row.files.get(file, ""))


def _as_text(
    row: Amendment, file: str, shown: str, status: int = 200, problem: str | None = None
) -> ResponseReturnValue:
    return page(
        "editors/text.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        file=file,
        files=AS_TEXT,
        text=shown,
        problem=problem,
    )


@bp.post("/amendments/<int:amendment_id>/text/<file>")
@policy.allow(policy.sets_parameters)
def change_text(amendment_id: int, file: str) -> ResponseReturnValue:
    """Save a file as it was typed; what the pages could not open any more is refused."""
    row = opened(amendment_id)
    if file not in AS_TEXT:
        raise UnknownPart
    typed = request.form.get("text", "").replace("\r\n", "\n")
    typed = typed if not typed or typed.endswith("\n") else f"{typed}\n"
    try:
        if file == DESCRIPTION:
            described(typed, DESCRIPTION)
        if file == SCENARIOS:
            scenes(typed)
        amendments.require_files({file: typed})
        save(row, {file: typed or None})
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _as_text(row, file, typed, status, errors.get(file, problem))
    return go("editors.text", "已保存。", amendment_id=amendment_id, file=file)
