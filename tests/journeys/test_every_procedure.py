"""Every procedure, started and taken to each of its ends over JSON by the demonstration's accounts."""

import pytest

from tests.bpmn.artefacts import KEYS
from tests.journeys.driven import Driven, endings
from workflows import proving


def ends():
    return [
        pytest.param(key, scene, id=f"{key}:{scene.expect.outcome}") for key in KEYS for scene in endings(key)
    ]


@pytest.mark.parametrize(("key", "scene"), ends())
def test_the_procedure_reaches_its_end(key, scene, sqlite_url, tmp_path, clock):
    driven = Driven(sqlite_url, tmp_path / "data", clock)
    driven.furnish(key)

    case = driven.play(scene)

    assert (case["state"], case["outcome"]) == ("ended", scene.expect.outcome)
    with driven.office.executor.database.reading() as session:
        assert proving.verify(session).breaks == []
    driven.office.close()
