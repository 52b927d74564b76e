"""Scenarios of an amendment: listed, run, written, played on the diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, jsonify, request

from app import door, policy
from app.designer.editors import bp, running, sheets
from app.designer.editors.opened import NotSuch, hindrance, opened, save, wrong
from app.designer.trying import check_form
from app.pages import go, page
from workflows.designing import scripting, simulate
from workflows.designing.parts import SCENARIOS
from workflows.errors import NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from app.designer.editors.running import Ran
    from workflows.designing.amendments import Amendment


class UnknownScenario(NotFound):
    """The amendment has no such scenario."""

    code = "amendment.unknown_scenario"
    sentence = "修订稿里没有这个场景，请从场景列表进入。"


def _text(row: Amendment) -> str:
    return row.files.get(SCENARIOS, "")


# The list, and running all


@bp.get("/amendments/<int:amendment_id>/scenarios")
@policy.allow(policy.sets_parameters)
def scenario_list(amendment_id: int) -> ResponseReturnValue:
    """场景: each with what came of it where all were run."""
    return _list(amendment_id)


def _list(amendment_id: int, status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    row = opened(amendment_id)
    found: Ran | None = None
    names: list[str] = []
    try:
        names = [str(each.get("name", "")) for each in scripting.tables(_text(row))]
        if "run" in request.args and problem is None:
            found = running.ran(row)
    except Refusal as refusal:
        problem, status, _ = wrong(refusal)
    g.shows_diagram = found is not None
    return page(
        "editors/scenarios.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        names=names,
        ran=found,
        problem=problem,
    )


@bp.post("/amendments/<int:amendment_id>/scenarios")
@policy.allow(policy.sets_parameters)
def change_scenarios(amendment_id: int) -> ResponseReturnValue:
    """删除 a scenario."""
    row = opened(amendment_id)
    do, _, number = request.form.get("do", "").partition(":")
    try:
        if do != "remove" or not number.isdecimal():
            raise NotSuch(why="没有这个操作，请刷新页面后重试。")
        save(row, {SCENARIOS: scripting.without(_text(row), int(number))})
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _list(amendment_id, status, errors.get("name", problem))
    return go("editors.scenario_list", "场景已删除。", amendment_id=amendment_id)


@bp.get("/amendments/<int:amendment_id>/scenarios/coverage.json")
@policy.allow(policy.sets_parameters)
def coverage(amendment_id: int) -> ResponseReturnValue:
    """What the scenarios have been through, for the diagram."""
    return jsonify(running.covered(running.ran(opened(amendment_id))))


# One scenario


@bp.get("/amendments/<int:amendment_id>/scenarios/new")
@policy.allow(policy.sets_parameters)
def new_scenario(amendment_id: int) -> ResponseReturnValue:
    """An empty sheet."""
    return _sheet(opened(amendment_id), None, {"at": "2026-03-02T09:00:00+08:00", "expected": "on"})


@bp.get("/amendments/<int:amendment_id>/scenarios/<int:index>")
@policy.allow(policy.sets_parameters)
def scenario(amendment_id: int, index: int) -> ResponseReturnValue:
    """A scenario as a sheet."""
    row = opened(amendment_id)
    return _sheet(row, index, sheets.sheet(_table(row, index)))


def _table(row: Amendment, index: int) -> dict[str, Any]:
    found = scripting.tables(_text(row))
    if index >= len(found):
        raise UnknownScenario
    return found[index]


def _sheet(
    row: Amendment,
    index: int | None,
    given: Mapping[str, str],
    status: int = 200,
    problem: str | None = None,
    errors: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    return page(
        "editors/scenario.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        index=index,
        given=given,
        steps=sheets.steps_in(given),
        kinds=sheets.KINDS,
        shared=[("", "（不用）"), *((name, name) for name in _shared(row))],
        elements=_elements(row),
        problem=problem,
        errors=errors or {},
    )


def _shared(row: Amendment) -> list[str]:
    try:
        return scripting.shared(_text(row))
    except Refusal:
        return []


def _elements(row: Amendment) -> list[tuple[str, str]]:
    """The steps that can be written into a sheet; none where the diagram cannot be read yet."""
    try:
        return [(each.id, each.name) for each in running.prepared(row).specification.steps()]
    except Refusal:
        return []


@bp.post("/amendments/<int:amendment_id>/scenarios/new")
@policy.allow(policy.sets_parameters)
def add_scenario(amendment_id: int) -> ResponseReturnValue:
    """Write a new scenario."""
    return _write(amendment_id, None)


@bp.post("/amendments/<int:amendment_id>/scenarios/<int:index>")
@policy.allow(policy.sets_parameters)
def change_scenario(amendment_id: int, index: int) -> ResponseReturnValue:
    """Change a scenario."""
    return _write(amendment_id, index)


def _write(amendment_id: int, index: int | None) -> ResponseReturnValue:
    row = opened(amendment_id)
    given = {name: value for name, value in request.form.items() if name not in {"csrf_token", "revision"}}
    do, _, what = given.pop("do", "save").partition(":")
    if do in _REARRANGING:
        return _sheet(row, index, _REARRANGING[do](given, what))
    try:
        table = sheets.table(given)
        if do == "expect":
            return _sheet(row, index, _expecting(row, table, given))
        save(row, {SCENARIOS: scripting.put(_text(row), table, index)})
    except Refusal as refusal:
        problem, status, errors = wrong(refusal)
        return _sheet(row, index, given, status, problem, errors)
    return go("editors.scenario_list", "场景已保存。", amendment_id=amendment_id, run=1)


def _swapped(given: Mapping[str, str], what: str, by: int) -> dict[str, str]:
    order = sheets.steps_in(given)
    if what.isdecimal() and int(what) in order:
        at = order.index(int(what))
        order.insert(max(0, at + by), order.pop(at))
    return sheets.rearranged(given, order)


def _dropped(given: Mapping[str, str], what: str) -> dict[str, str]:
    return sheets.rearranged(given, [each for each in sheets.steps_in(given) if str(each) != what])


_REARRANGING = {
    "add": sheets.with_step,
    "drop": _dropped,
    "up": lambda given, what: _swapped(given, what, -1),
    "down": lambda given, what: _swapped(given, what, +1),
}


def _expecting(row: Amendment, table: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """The sheet with what really comes written in as expected; raises Astray's words as BadScenario."""
    bare = {key: value for key, value in table.items() if key != "expect"}
    text = scripting.put(_text(row), bare)
    scene = scripting.scenes(text)[-1]
    walk = simulate.run(running.prepared(row), scene, check_form=check_form, now=door.now())
    if walk.problems:
        raise simulate.BadScenario(file=scene.name, where="", why="；".join(walk.problems).rstrip("。"))
    return {
        **given,
        "expected": "on",
        "expect-steps": "、".join(walk.steps),
        "expect-open": "、".join(walk.open),
        "expect-waiting": "、".join(walk.waiting),
        "expect-outcome": walk.outcome,
    }


# Playing one


@bp.get("/amendments/<int:amendment_id>/scenarios/<int:index>/play")
@policy.allow(policy.sets_parameters)
def play(amendment_id: int, index: int) -> ResponseReturnValue:
    """回放: the walk of a scenario, step by step on the diagram."""
    row = opened(amendment_id)
    found = running.ran(row)
    if index >= len(found.scenes):
        raise UnknownScenario
    g.shows_diagram = True
    scene, walk = found.scenes[index]
    return page("editors/play.html", amendment=row, index=index, scene=scene, walk=walk)


@bp.get("/amendments/<int:amendment_id>/scenarios/<int:index>/play.json")
@policy.allow(policy.sets_parameters)
def played(amendment_id: int, index: int) -> ResponseReturnValue:
    """The walk of a scenario, for the diagram."""
    found = running.ran(opened(amendment_id))
    if index >= len(found.scenes):
        raise UnknownScenario
    return jsonify(running.played(found.release, found.scenes[index][1]))
