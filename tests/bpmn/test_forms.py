"""Every form a diagram asks for can be built, asked and answered."""

import json
import re

import pytest

import forms
from tests.bpmn import artefacts
from tests.bpmn.artefacts import FORM_KEYS, KEYS
from workflows import feel

every_form = pytest.mark.parametrize("key", FORM_KEYS)


@every_form
def test_a_form_bears_the_name_of_its_file_and_can_be_built(key):
    definition = forms.parse(artefacts.form_text(key))

    assert definition.id == key
    assert definition.fields


@every_form
def test_every_expression_in_a_form_is_feel(key):
    for expression in forms.parse(artefacts.form_text(key)).expressions:
        feel.parse(expression.text)


@every_form
def test_every_check_tells_the_person_what_is_wrong(key):
    for part in artefacts.components(key):
        said = part.get("properties", {})

        assert ("check" in said) == ("check_message" in said), part.get("key")


@every_form
def test_the_buttons_have_words_for_every_conclusion(key):
    definition = forms.parse(artefacts.form_text(key))
    conclusions = [option.value for option in definition.conclusions()]

    assert list(definition.verbs) == (conclusions or ["*"])


@every_form
def test_whatever_is_not_affirmative_can_be_explained(key):
    definition = forms.parse(artefacts.form_text(key))
    if not definition.conclusions():
        return

    opinion = definition.field("opinion")

    assert definition.conclusions()[1].value in opinion.required_if


@every_form
def test_every_clause_a_form_names_stands_in_its_source(key):
    named = [part.get("properties", {}).get("basis") for part in artefacts.components(key)]

    assert [problem for basis in named if basis and (problem := artefacts.quotation_problem(basis))] == []


@pytest.mark.parametrize("key", KEYS)
def test_every_step_of_a_diagram_has_its_form(key):
    steps = {name for name, node in artefacts.nodes(key).items() if artefacts.kind(node) == "userTask"}

    assert set(artefacts.asked(key)) == steps
    assert set(artefacts.asked(key).values()) <= set(FORM_KEYS)


def test_no_form_lies_idle():
    wanted = {form for key in KEYS for form in artefacts.asked(key).values()}

    assert set(FORM_KEYS) == wanted


def test_the_three_ways_of_monitoring_are_those_of_the_source():
    ways = next(part for part in artefacts.components("fp_01_ds_apply") if part.get("key") == "source")
    clause = ways["properties"]["basis"]

    assert [way["value"] for way in ways["values"]] == ["农牧户自主申报", "干部走访排查", "部门筛查预警"]
    assert all(way["value"] in clause for way in ways["values"])


@pytest.mark.parametrize("key", KEYS)
def test_every_gateway_asks_for_a_conclusion_its_form_offers(key):
    offered = set()
    for called in [key, *artefacts.procedure(key)["calls"]]:
        for step, form in artefacts.asked(called).items():
            conclusions = forms.parse(artefacts.form_text(form)).conclusions()
            offered |= {(step, option.value) for option in conclusions}
    asked = [flow.findtext(f"{artefacts.BPMN}conditionExpression") for flow in artefacts.flows(key).values()]
    decided = {pair for text in asked if text for pair in re.findall(r'(\w+)\.conclusion = "([^"]+)"', text)}
    steps = {step for step, _ in offered}

    assert {(step, option) for step, option in decided if step in steps} <= offered


@every_form
def test_a_form_is_kept_as_the_form_builder_writes_it(key):
    source = json.loads(artefacts.form_text(key))
    ids = [part["id"] for part in artefacts.components(key)]

    assert source["type"] == "default"
    assert source["schemaVersion"] >= 17
    assert len(ids) == len(set(ids))
