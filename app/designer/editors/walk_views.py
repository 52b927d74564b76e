"""Pages of 走一遍: begin, answer what is open, turn the clock, and keep the walk as a scenario."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import g, request

import forms
from app import policy
from app.designer.editors import bp, running, walking
from app.designer.editors.opened import NotSuch, hindrance, opened, save, wrong
from app.pages import go, page
from workflows import feel
from workflows.designing import scripting
from workflows.designing.parts import SCENARIOS
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.designer.editors.walking import Script, Standing
    from workflows.catalogue import Release
    from workflows.designing.amendments import Amendment

BEGINS = "2026-03-02T09:00:00+08:00"


@bp.get("/amendments/<int:amendment_id>/scenarios/walk")
@policy.allow(policy.sets_parameters)
def walk(amendment_id: int) -> ResponseReturnValue:
    """走一遍: from the start form on."""
    return _show(opened(amendment_id), {"at": BEGINS, "step": []})


@bp.post("/amendments/<int:amendment_id>/scenarios/walk")
@policy.allow(policy.sets_parameters)
def walk_on(amendment_id: int) -> ResponseReturnValue:
    """One move more, one less, or kept as a scenario."""
    row = opened(amendment_id)
    do, _, what = request.form.get("_do", "").partition(":")
    script: Script = {"at": BEGINS, "step": []}
    try:
        script = walking.read(request.form.get("_script", ""))
        if do == "keep":
            return _keep(row, script)
        if do == "open":
            return _show(row, script, what)
        if do == "complete" or forms.has_row_action(request.form):
            return _complete(row, script, what or request.form.get("_step", ""))
        return _show(row, _moved(running.prepared(row), script, do, what))
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _show(row, script, problem=errors.get("name", problem), status=status)


def _moved(release: Release, script: Script, do: str, what: str) -> Script:
    standing = walking.stand(release, script)
    if do == "back":
        return walking.less(script)
    if do == "later":
        return walking.later(script, standing)
    if do == "message":
        return walking.told(script, what)
    raise NotSuch(why="没有这个操作，请刷新页面后重试。")


def _complete(row: Amendment, script: Script, wanted: str) -> ResponseReturnValue:
    release = running.prepared(row)
    standing = walking.stand(release, script)
    step = walking.element(standing, wanted)
    if step is None:
        raise NotSuch(why="该环节此时不能办理。")
    form = walking.asked(standing, step, forms.apply_row_action(request.form))
    if forms.has_row_action(request.form):
        return _show(row, script, step.id, form=form)
    if not form.validate():
        return _show(row, script, step.id, form=form, status=422)
    after = walking.more(script, standing, step, walking.answers(release, step, form))
    problems = walking.stand(release, after).problems
    if problems:
        return _show(row, script, step.id, form=form, problem="；".join(problems), status=422)
    return _show(row, after)


def _keep(row: Amendment, script: Script) -> ResponseReturnValue:
    name = request.form.get("name", "").strip()
    if not name:
        raise Invalid({"name": "请写明场景的名称。"})
    made = scripting.put(row.files.get(SCENARIOS, ""), walking.table(running.prepared(row), script, name))
    save(row, {SCENARIOS: made})
    return go("editors.scenario_list", "已存为场景。", amendment_id=row.id, run=1)


def _show(
    row: Amendment,
    script: Script,
    wanted: str = "",
    *,
    form: forms.WholeForm | None = None,
    problem: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    g.shows_diagram = True
    shown: dict[str, Any] = {"standing": None, "step": None, "form": None, "state": "{}", "walk": None}
    try:
        shown = _shown(running.prepared(row), script, wanted, form)
    except Refusal as refusal:
        problem, status, _ = wrong(refusal)
    except (forms.DefinitionError, feel.FeelSyntaxError) as error:
        problem, status = f"表单不能使用：{error}", 422
    return page(
        "editors/walk.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        script=json.dumps(script, ensure_ascii=False),
        moves=script["step"],
        problem=problem,
        given=request.form,
        **shown,
    )


def _shown(release: Release, script: Script, wanted: str, form: forms.WholeForm | None) -> dict[str, Any]:
    standing = walking.stand(release, script)
    if standing.problems:
        raise NotSuch(why="；".join(standing.problems))
    only = [task.element for task in standing.case.open_tasks]
    step = walking.element(standing, wanted or (only[0] if len(set(only)) == 1 else ""))
    if step is not None and form is None:
        form = walking.asked(standing, step, None)
    return {
        "standing": standing,
        "step": step,
        "form": form,
        "state": _state(release, standing),
        "trace": standing.case.trace,
    }


def _state(release: Release, standing: Standing) -> str:
    """What the viewer marks, as it would be fetched."""
    drawn = running.shapes(release)
    at = [*(t.element for t in standing.case.open_tasks), *(w.element for w in standing.case.waiting)]
    passed = [drawn[part] for part in standing.case.passed if part in drawn]
    return json.dumps({"passed": passed, "current": [drawn[part] for part in at if part in drawn]})
