"""The form designer: the forms of an amendment, the fields of one, one field, and trying it out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import request

import forms
from app import door, policy
from app.attachments.shelf import evaluator
from app.designer.editors import bp
from app.designer.editors.opened import NotSuch, hindrance, opened, save, wrong
from app.designer.trying import AnyoneAndAnything
from app.pages import go, page
from forms import editing, settings
from workflows import feel
from workflows.designing.amendments import FORM_FOLDER
from workflows.designing.parts import KEY
from workflows.errors import Invalid, NotFound, Refusal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from forms.editing import Component
    from workflows.designing.amendments import Amendment


class UnknownForm(NotFound):
    """The amendment has no such form."""

    code = "amendment.unknown_form"
    sentence = "修订稿里没有这个表单，请从表单列表进入。"


def file_of(form: str) -> str:
    """The file of a form."""
    return f"{FORM_FOLDER}{form}.json"


def form_names(files: Mapping[str, str]) -> list[str]:
    """The forms among an amendment's files."""
    found = (name for name in files if name.startswith(FORM_FOLDER))
    return sorted(name.removeprefix(FORM_FOLDER).removesuffix(".json") for name in found)


def _source(row: Amendment, form: str) -> Component:
    if file_of(form) not in row.files:
        raise UnknownForm
    try:
        return editing.load(row.files[file_of(form)])
    except forms.DefinitionError as error:
        raise NotSuch(why=error.sentence) from error


# The list


@bp.get("/amendments/<int:amendment_id>/forms")
@policy.allow(policy.sets_parameters)
def form_list(amendment_id: int) -> ResponseReturnValue:
    """表单: those of the amendment."""
    return _list(amendment_id)


def _list(
    amendment_id: int, status: int = 200, problem: str | None = None, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    row = opened(amendment_id)
    return page(
        "editors/forms.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        shown=[_summary(name, row.files[file_of(name)], row) for name in form_names(row.files)],
        blueprints=[("", "（请选择）"), *((name, name) for name in form_names(row.files))],
        problem=problem,
        errors=errors or {},
        given=request.form,
    )


def _summary(name: str, text: str, row: Amendment) -> dict[str, Any]:
    used = f'formId="{name}"' in row.files.get("process.bpmn", "")
    try:
        source = editing.load(text)
    except forms.DefinitionError:
        return {"name": name, "title": "（读不懂的表单）", "count": 0, "used": used}
    asked = [line for line in editing.outline(source) if line.kind in settings.ASKED]
    return {"name": name, "title": editing.title_of(source), "count": len(asked), "used": used}


@bp.post("/amendments/<int:amendment_id>/forms")
@policy.allow(policy.sets_parameters)
def change_forms(amendment_id: int) -> ResponseReturnValue:
    """新建、复制、删除 a form."""
    row = opened(amendment_id)
    do, _, subject = request.form.get("do", "").partition(":")
    try:
        if do == "remove":
            _source(row, subject)
            save(row, {file_of(subject): None})
            return go("editors.form_list", f"表单“{subject}”已删除。", amendment_id=amendment_id)
        name = _new_name(row)
        if do == "copy":
            made = editing.named(_source(row, request.form.get("from", "")), name)
        else:
            made = editing.blank(name, request.form.get("title", "").strip() or name)
        save(row, {file_of(name): editing.dump(made)})
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _list(amendment_id, status, problem, errors)
    return go("editors.form", "表单已建好。", amendment_id=amendment_id, form=name)


def _new_name(row: Amendment) -> str:
    name = request.form.get("name", "").strip()
    if not KEY.fullmatch(name):
        raise Invalid({"name": "表单编号只能由字母、数字和下划线组成，最长 60 个字符。"})
    if file_of(name) in row.files:
        raise Invalid({"name": f"已有编号为“{name}”的表单，请换一个。"})
    return name


# One form


@bp.get("/amendments/<int:amendment_id>/forms/<form>")
@policy.allow(policy.sets_parameters)
def form(amendment_id: int, form: str) -> ResponseReturnValue:
    """The fields of a form, in order, and how it will look."""
    return _form(amendment_id, form)


def _form(amendment_id: int, name: str, status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    row = opened(amendment_id)
    source = _source(row, name)
    preview, unusable = _preview(source)
    return page(
        "editors/form.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        name=name,
        title=editing.title_of(source),
        verbs=_verb_lines(source),
        lines=editing.outline(source),
        holders=editing.holders(source),
        types=settings.TYPES,
        preview=preview,
        unusable=unusable,
        problem=problem,
        given=request.form,
    )


def _preview(source: Component, data: Any = None) -> tuple[forms.WholeForm | None, str | None]:
    """The form as it is asked, or the sentence that says why it cannot be."""
    try:
        definition = forms.parse(json.dumps(source, ensure_ascii=False))
        return (
            forms.build(
                definition, data, evaluate=evaluator(door.now()), scope={}, lookups=AnyoneAndAnything()
            ),
            None,
        )
    except forms.DefinitionError as error:
        return None, error.sentence
    except (Refusal, feel.FeelSyntaxError) as error:
        return None, f"表单里的表达式不能计算：{error}"


def _verb_lines(source: Component) -> str:
    properties = source.get("properties")
    verbs = properties.get("verbs") if isinstance(properties, Mapping) else None
    return "\n".join(f"{each}={words}" for each, words in (verbs or {}).items())


@bp.post("/amendments/<int:amendment_id>/forms/<form>")
@policy.allow(policy.sets_parameters)
def change_form(amendment_id: int, form: str) -> ResponseReturnValue:
    """Add, move, remove a field; name the form."""
    row = opened(amendment_id)
    do, _, path = request.form.get("do", "").partition(":")
    try:
        source = _source(row, form)
        made, chosen = _CHANGES.get(do, _unknown)(source, path)
        save(row, {file_of(form): editing.dump(made)})
    except forms.DefinitionError as error:
        return _form(amendment_id, form, 422, error.sentence)
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _form(amendment_id, form, status, errors.get("verbs", problem))
    if do == "add":
        return go("editors.field", amendment_id=amendment_id, form=form, path=chosen)
    anchor = f"part-{chosen}" if chosen else None
    return go("editors.form", _SAID[do], amendment_id=amendment_id, form=form, _anchor=anchor)


_SAID = {"up": "已上移。", "down": "已下移。", "remove": "已删除。", "name": "已保存。"}


def _unknown(_source: Component, _path: str) -> tuple[Component, str]:
    raise NotSuch(why="没有这个操作，请刷新页面后重试。")


def _add(source: Component, _path: str) -> tuple[Component, str]:
    return editing.added(source, request.form.get("type", ""), request.form.get("holder", ""))


def _name(source: Component, _path: str) -> tuple[Component, str]:
    lines = request.form.get("verbs", "").splitlines()
    pairs = [line.partition("=") for line in lines if line.strip()]
    if any(not bar or not words.strip() for _, bar, words in pairs):
        raise Invalid({"verbs": "按钮文字请每行写成“结论=按钮文字”。"})
    properties = dict(source.get("properties") or {})
    properties["title"] = request.form.get("title", "").strip() or properties.get("title", "")
    properties["verbs"] = {each.strip(): words.strip() for each, _, words in pairs}
    if not pairs:
        del properties["verbs"]
    return {**source, "properties": properties}, ""


_CHANGES: dict[str, Callable[[Component, str], tuple[Component, str]]] = {
    "add": _add,
    "name": _name,
    "up": lambda source, path: editing.moved(source, path, -1),
    "down": lambda source, path: editing.moved(source, path, +1),
    "remove": lambda source, path: (editing.removed(source, path), ""),
}


# One field


@bp.get("/amendments/<int:amendment_id>/forms/<form>/fields/<path>")
@policy.allow(policy.sets_parameters)
def field(amendment_id: int, form: str, path: str) -> ResponseReturnValue:
    """What is set on a field."""
    return _field(amendment_id, form, path)


def _field(
    amendment_id: int,
    name: str,
    path: str,
    status: int = 200,
    problem: str | None = None,
    errors: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    row = opened(amendment_id)
    source = _source(row, name)
    component = _component(source, path)
    asked = settings.settings_of(str(component.get("type")))
    # What was refused stands there as it was typed.
    typed = request.form if request.method == "POST" else None
    return page(
        "editors/field.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        name=name,
        path=path,
        line=next(line for line in editing.outline(source) if line.path == path),
        family=[(each, settings.TYPES[each]) for each in editing.family(str(component.get("type")))],
        chosen_type=typed.get("type") if typed else component.get("type"),
        holders=[each for each in editing.holders(source) if not f"{each.path}.".startswith(f"{path}.")],
        holder=typed.get("holder", "") if typed else path.rpartition(".")[0],
        sections=_sections(asked),
        values={s.name: typed.get(s.name, "") if typed else settings.shown(component, s) for s in asked},
        problem=problem,
        errors=errors or {},
    )


def _component(source: Component, path: str) -> Component:
    try:
        return editing.at(source, path)
    except forms.DefinitionError as error:
        raise UnknownForm from error


def _sections(asked: tuple[settings.Setting, ...]) -> list[tuple[str, list[settings.Setting]]]:
    names = (settings.BASIC, settings.WHEN, settings.LIMITS, settings.OFFICE)
    found = [(name, [each for each in asked if each.section == name]) for name in names]
    return [(name, members) for name, members in found if members]


@bp.post("/amendments/<int:amendment_id>/forms/<form>/fields/<path>")
@policy.allow(policy.sets_parameters)
def change_field(amendment_id: int, form: str, path: str) -> ResponseReturnValue:
    """Set it as typed, or say by field what cannot be."""
    row = opened(amendment_id)
    try:
        source = _source(row, form)
        _component(source, path)
        made, errors = editing.changed(source, path, request.form)
        errors |= _expressions(editing.at(made, path))
        if errors:
            raise Invalid(errors)
        _require_usable(made)
        holder = request.form.get("holder", path.rpartition(".")[0])
        if holder != path.rpartition(".")[0]:
            made, path = editing.put_into(made, path, holder)
            _require_usable(made)
        save(row, {file_of(form): editing.dump(made)})
    except forms.DefinitionError as error:
        return _field(amendment_id, form, path, 422, error.sentence)
    except Refusal as refusal:
        problem, status, by_field = wrong(refusal)
        return _field(amendment_id, form, path, status, problem, by_field)
    return go("editors.form", "已保存。", amendment_id=amendment_id, form=form, _anchor=f"part-{path}")


def _require_usable(source: Component) -> None:
    forms.parse(json.dumps(source, ensure_ascii=False))


def _expressions(component: Component) -> dict[str, str]:
    """A sentence for each expression that cannot be read."""
    errors = {}
    for setting in settings.settings_of(str(component.get("type"))):
        text = settings.shown(component, setting) if setting.kind == "feel" else ""
        if not text:
            continue
        try:
            feel.parse(text)
        except feel.FeelSyntaxError as problem:
            errors[setting.name] = f"表达式有误：{problem}"
    return errors


# Trying it


@bp.get("/amendments/<int:amendment_id>/forms/<form>/try")
@policy.allow(policy.sets_parameters)
def try_form(amendment_id: int, form: str) -> ResponseReturnValue:
    """试填: the form as people will see it."""
    return _try(amendment_id, form)


@bp.post("/amendments/<int:amendment_id>/forms/<form>/try")
@policy.allow(policy.sets_parameters)
def tried(amendment_id: int, form: str) -> ResponseReturnValue:
    """What the form says to what was filled in; nothing is kept."""
    return _try(amendment_id, form)


def _try(amendment_id: int, name: str) -> ResponseReturnValue:
    row = opened(amendment_id)
    source = _source(row, name)
    given = request.form if request.method == "POST" else None
    shown, unusable = _preview(source, forms.apply_row_action(request.form) if given is not None else None)
    judged = shown is not None and given is not None and "_judge" in given
    good = shown.validate() if judged and shown is not None else None
    return page(
        "editors/try.html",
        422 if good is False else 200,
        amendment=row,
        name=name,
        title=editing.title_of(source),
        form=shown,
        unusable=unusable,
        good=good,
    )
