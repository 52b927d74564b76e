"""The scenarios speak of steps, fields, ends and messages that exist."""

import pytest

import forms
from tests.bpmn import artefacts
from tests.bpmn.artefacts import BPMN, KEYS

every_procedure = pytest.mark.parametrize("key", KEYS)


def scenes():
    return [(key, scene) for key in KEYS for scene in artefacts.scenarios(key)["scenario"]]


every_scene = pytest.mark.parametrize(
    ("key", "scene"), scenes(), ids=lambda each: each if isinstance(each, str) else each["name"]
)


def with_called(key, read):
    found = {}
    for each in [*artefacts.procedure(key)["calls"], key]:
        found |= read(each)
    return found


def field_names(form):
    return {field.key for field in forms.parse(artefacts.form_text(form)).fields}


@every_procedure
def test_no_two_scenarios_have_one_name(key):
    told = artefacts.scenarios(key)
    names = [each["name"] for each in (*told["scenario"], *told.get("decision", ()))]

    assert len(names) == len(set(names))


@every_scene
def test_a_scenario_fills_in_fields_that_are_asked(key, scene):
    asked = with_called(key, artefacts.asked)
    answers = artefacts.scenarios(key).get("answers", {})
    start = artefacts.procedure(key).get("start")
    filled = [{**scene["start"], "step": start["step"]}] if start else []
    filled += [step for step in scene.get("step", ()) if step["do"] == "complete"]

    for step in filled:
        given = answers[step["use"]] if "use" in step else {}
        names = set(given) | set(step.get("answers", {}))
        names |= {path.partition(".")[0] for path in step.get("refused", ())}
        assert names <= field_names(asked[step["step"]]), step["step"]


@every_scene
def test_a_scenario_expects_what_the_diagram_knows(key, scene):
    nodes = with_called(key, artefacts.nodes)
    ends = {node.get("name") for node in artefacts.nodes(key).values() if artefacts.kind(node) == "endEvent"}
    expected = scene["expect"]

    assert {*expected["steps"], *expected.get("open", ()), *expected.get("waiting", ())} <= set(nodes)
    assert expected["outcome"] in {"", *ends}
    assert set(scene.get("parameters", {})) <= set(artefacts.parameters(key))


@every_scene
def test_a_scenario_sends_messages_the_diagram_waits_for(key, scene):
    known = {
        each.get("name")
        for called in [key, *artefacts.procedure(key)["calls"]]
        for each in artefacts.diagram(called).iter(f"{BPMN}message")
    }

    assert {step["message"] for step in scene.get("step", ()) if step["do"] == "message"} <= known


@every_procedure
def test_the_scenarios_together_visit_every_step_and_every_end(key):
    told = artefacts.scenarios(key)["scenario"]
    visited = {step for scene in told for step in scene["expect"]["steps"]}
    reached = {scene["expect"]["outcome"] for scene in told}
    silent = {"startEvent", "exclusiveGateway", "parallelGateway", "eventBasedGateway", "endEvent"}
    steps = {name for name, node in artefacts.nodes(key).items() if artefacts.kind(node) not in silent}
    main_ends = {
        node.get("name")
        for name, node in artefacts.nodes(key).items()
        if artefacts.kind(node) == "endEvent"
        and name != "reminded"
        # The end of a part is where its case goes on.
        and artefacts.kind(node.getparent()) == "process"
    }

    assert steps <= visited
    assert main_ends <= reached
