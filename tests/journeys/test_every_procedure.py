"""Every procedure, started and taken to each of its ends over JSON by the demonstration's accounts."""

import pytest

from tests.bpmn.artefacts import KEYS, kind, nodes
from tests.journeys.driven import endings, reached
from workflows import proving

NEVER_REACHED = {}
"""Ends that no scenario reaches in a real office, by procedure: the reason for each."""


def ends():
    return [
        pytest.param(key, scene, id=f"{key}:{','.join(sorted(reached(key, scene)))}")
        for key in KEYS
        for scene in endings(key)
    ]


@pytest.mark.parametrize(("key", "scene"), ends())
def test_the_procedure_reaches_its_end(key, scene, driven):
    case = driven.play(key, scene)

    assert (case["outcome"] or "") == scene.expect.outcome
    assert case["state"] == ("ended" if scene.expect.outcome else "running")
    assert [item["step"] for item in case["open_items"]] == list(scene.expect.open)
    with driven.office.executor.database.reading() as session:
        assert proving.verify(session).breaks == []


@pytest.mark.parametrize("key", KEYS)
def test_every_end_is_reached_by_a_scenario_played_here(key):
    own = {name: node for name, node in nodes(key).items() if kind(node.getparent()) == "process"}
    ends = {node.get("name") or name for name, node in own.items() if kind(node) == "endEvent"}
    played = set().union(*(reached(key, scene) for scene in endings(key)))

    assert ends - played == set(NEVER_REACHED.get(key, {}))
