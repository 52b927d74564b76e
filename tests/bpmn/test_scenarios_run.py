"""Every scenario of every procedure is played through the real engine, forms, FEEL and decision tables."""

from functools import cache

import pytest

from app.designer.trying import check_form
from tests.bpmn import artefacts
from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES
from workflows import catalogue
from workflows.designing import folders, simulate


@cache
def release(key):
    return catalogue.prepare(folders.read(PROCEDURES, FORMS, key))


@cache
def scenarios(key):
    text = (PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8")
    return simulate.scenarios(text, f"{key}/scenarios.toml")


@cache
def questions(key):
    text = (PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8")
    return simulate.questions(text, f"{key}/scenarios.toml")


@cache
def walks(key):
    walked = [simulate.run(release(key), scene, check_form=check_form) for scene in scenarios(key)]
    return walked + [simulate.ask(release(key), question) for question in questions(key)]


def asked():
    return [pytest.param(key, each, id=f"{key}:{each.name}") for key in KEYS for each in questions(key)]


def scenes():
    return [pytest.param(key, scene, id=f"{key}:{scene.name}") for key in KEYS for scene in scenarios(key)]


@pytest.mark.parametrize(("key", "scene"), scenes())
def test_a_scenario_goes_as_it_says(key, scene):
    walk = simulate.run(release(key), scene, check_form=check_form)

    assert walk.problems == ()


@pytest.mark.parametrize(("key", "question"), asked())
def test_a_decision_asked_by_itself_gives_what_it_says(key, question):
    answer = simulate.ask(release(key), question)

    assert answer.problems == ()


@pytest.mark.parametrize("key", KEYS)
def test_the_scenarios_take_every_flow_of_the_diagram(key):
    missed = simulate.coverage(release(key), walks(key)).flows

    assert [flow.id for flow in missed if flow.process == key] == []


@pytest.mark.parametrize("key", KEYS)
def test_the_scenarios_pass_every_element_of_the_diagram(key):
    missed = simulate.coverage(release(key), walks(key)).elements

    assert [element.id for element in missed if element.process == key] == []


@pytest.mark.parametrize("key", KEYS)
def test_the_scenarios_fire_every_rule_of_the_decision_tables(key):
    own = artefacts.tables(key)
    missed = simulate.coverage(release(key), walks(key)).rules

    assert [(rule.decision, rule.number) for rule in missed if rule.decision in own] == []
