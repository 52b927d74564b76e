"""走一遍: a draft walked by hand, one item at a time; the script of it travels with the page."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import forms
from app.attachments.shelf import evaluator
from app.designer.editors.opened import NotSuch
from app.designer.trying import AnyoneAndAnything, check_form
from workflows.designing import simulate
from workflows.designing.scripting import moment

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from workflows.catalogue import Release
    from workflows.designing.rehearsal import Rehearsal
    from workflows.designing.simulate import Walk
    from workflows.spiff import Element

LONGEST = 1_000_000
ATTACHED = "（模拟：勾选表示已附上）"

Script = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a walk stands: the case in memory, and what keeps the script from being followed."""

    script: Script
    case: Rehearsal
    problems: tuple[str, ...]

    @property
    def is_begun(self) -> bool:
        """Whether the start form was answered, or there is none."""
        return self.case.step is not None


def read(text: str) -> Script:
    """The script a page sent along; raises NotSuch."""
    try:
        script = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        script = None
    if not isinstance(script, dict) or not isinstance(script.get("step", []), list):
        raise NotSuch(why="走查的记录不完整，请重新走一遍。")
    return {"at": str(script.get("at", "")), "step": script.get("step", []), **_begun(script)}


def _begun(script: Script) -> Script:
    return {"start": script["start"]} if isinstance(script.get("start"), dict) else {}


def scene(script: Script, name: str = "走查") -> simulate.Scenario:
    """The script as a scenario; raises BadScenario."""
    said = {"name": name, "start": {}, **script}
    [found] = simulate.scenarios(json.dumps({"scenario": [said]}, ensure_ascii=False), "walk.json")
    return found


def stand(release: Release, script: Script) -> Standing:
    """The case in memory after the script; nothing of it is kept."""
    if release.start_element() is not None and "start" not in script:
        # Nobody began: the clock is right and nothing is open.
        bare = simulate.rehearsal(release, scene({**script, "step": []}))
        return Standing(script, bare, ())
    case, problems = simulate.rehearse(release, scene(script), check_form=check_form)
    return Standing(script, case, problems)


def walked(release: Release, script: Script) -> Walk:
    """What came of the script, for the diagram and for what is expected next time."""
    return simulate.run(release, scene(script), check_form=check_form)


def element(standing: Standing, wanted: str) -> Element | None:
    """The step whose form is asked: the first one before the start, else one that is open."""
    if not standing.is_begun:
        return standing.case.release.start_element()
    known = {task.element for task in standing.case.open_tasks}
    return standing.case.elements[wanted] if wanted in known else None


def asked(standing: Standing, step: Element, data: MultiDict[str, str] | None) -> forms.WholeForm:
    """The step's own form with what was typed; files are ticked instead of uploaded."""
    case = standing.case
    text = case.release.forms.get(step.form or "", '{"type": "default", "components": []}')
    local = next((case.locals.get(t.task_id) for t in case.open_tasks if t.element == step.id), None)
    return forms.build(
        forms.parse(_ticked(text)),
        data,
        evaluate=evaluator(case.at),
        scope={**case.names, **(local or {})},
        lookups=AnyoneAndAnything(),
    )


def _ticked(text: str) -> str:
    source = json.loads(text)
    _tick(source)
    return json.dumps(source, ensure_ascii=False)


def _tick(holder: dict[str, Any]) -> None:
    for component in holder.get("components", ()):
        if component.get("type") == "filepicker":
            component["type"] = "checkbox"
            component["label"] = f"{component.get('label', '')}{ATTACHED}"
            component["validate"] = {}
            component["properties"] = {}
        _tick(component)


def answers(release: Release, step: Element, form: forms.WholeForm) -> dict[str, Any]:
    """The form's answers as a scenario writes them: a ticked file is file number one."""
    source = json.loads(release.forms.get(step.form or "", "{}"))
    given = copy.deepcopy(form.answers())
    _attach(source, given)
    return _plain(given)


def _attach(holder: dict[str, Any], given: dict[str, Any]) -> None:
    for component in holder.get("components", ()):
        key = component.get("path") or component.get("key")
        if component.get("type") == "filepicker" and key in given:
            given[key] = [1] if given[key] is True else []
        elif component.get("type") == "dynamiclist":
            for row in given.get(key) or ():
                _attach(component, row)
        else:
            _attach(component, given)


def _plain(value: Any) -> Any:
    """Without what was left open: a scenario has no word for nothing."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def more(script: Script, standing: Standing, step: Element, given: dict[str, Any]) -> Script:
    """The script with a step completed, or begun with the start form."""
    if not standing.is_begun:
        return {**script, "start": {"answers": given}}
    return {**script, "step": [*script["step"], {"do": "complete", "step": step.id, "answers": given}]}


def less(script: Script) -> Script:
    """The script without its last move."""
    if script["step"]:
        return {**script, "step": script["step"][:-1]}
    return {"at": script["at"], "step": []}


def later(script: Script, standing: Standing) -> Script:
    """The script with the clock turned on to when the next timer is due."""
    due = standing.case.step.wake_at if standing.case.step else None
    if due is None:
        raise NotSuch(why="此时没有定时的环节。")
    return {**script, "step": [*script["step"], {"do": "time", "to": moment(max(due, standing.case.at))}]}


def told(script: Script, message: str) -> Script:
    """The script with a message received."""
    return {**script, "step": [*script["step"], {"do": "message", "message": message, "answers": {}}]}


def table(release: Release, script: Script, name: str) -> dict[str, Any]:
    """The walk as a scenario that expects what came."""
    walk = walked(release, script)
    expect: dict[str, Any] = {"steps": list(walk.steps)}
    expect |= {key: list(each) for key, each in (("open", walk.open), ("waiting", walk.waiting)) if each}
    return {"name": name, "start": {"answers": {}}, **script, "expect": {**expect, "outcome": walk.outcome}}
