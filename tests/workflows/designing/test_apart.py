"""[[apart]] in a procedure's description: read, looked over, and carried in the version."""

import json

import pytest

from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES
from tests.workflows.designing.drafts import bundle, end, form, task
from tests.workflows.spiff.drawing import START, chain
from workflows import catalogue
from workflows.designing import folders, lint
from workflows.designing.parts import Unusable

META = """
name = "试"
locality = "DS"
division = "150602000000"
category = "测"
start_roles = ["household"]
"""


def draft(*groups):
    body = task("first", "first") + task("second", "first") + end("over")
    return bundle(
        START + body + chain("S", "first", "second", "over"),
        forms={"first": form("text")},
        apart=[{"steps": list(steps)} for steps in groups],
    )


def found(subject):
    return [finding for finding in lint.errors(subject) if finding.rule == "procedure.apart"]


def test_two_steps_of_the_diagram_may_be_kept_apart():
    subject = draft(("first", "second"))

    release = catalogue.prepare(subject)

    assert found(subject) == []
    assert release.apart_from("first") == {"second"}
    assert release.apart_from("second") == {"first"}
    assert release.apart_from("over") == frozenset()


@pytest.mark.parametrize(
    "steps", [("first", "third"), ("first", "over"), ("first",), (), ("first", "first")], ids=str
)
def test_what_is_no_pair_of_steps_that_people_do_is_a_finding(steps):
    [finding, *_] = found(draft(steps))

    assert (finding.file, finding.element) == ("procedure.toml", "apart")
    assert finding.fix


@pytest.mark.parametrize("said", ['apart = "first"', "[[apart]]\nsteps = 3", "[apart]\nsteps = []"])
def test_a_list_that_is_none_is_refused_by_its_file(tmp_path, said):
    folder = tmp_path / "P"
    folder.mkdir()
    (folder / "process.bpmn").write_text("<x/>")
    (folder / "procedure.toml").write_text(META + said)

    with pytest.raises(Unusable, match="apart 应为"):
        folders.read(tmp_path, tmp_path, "P")


def test_a_called_procedures_pairs_come_along(tmp_path):
    for key, calls in (("P", ["Q"]), ("Q", [])):
        folder = tmp_path / key
        folder.mkdir()
        (folder / "process.bpmn").write_text("<x/>")
        said = f'calls = {json.dumps(calls)}\n[[apart]]\nsteps = ["{key}1", "{key}2"]\n'
        (folder / "procedure.toml").write_text(META + said)

    meta = folders.read(tmp_path, tmp_path, "P").meta

    assert [group["steps"] for group in meta["apart"]] == [["P1", "P2"], ["Q1", "Q2"]]


def test_the_committed_procedures_say_it_only_where_their_source_does():
    """None of the five documents demands different hands for two steps; whoever adds one cites it here.

    Orders of supervision are the one default: who answers for the unit does not review the answer.
    """
    kept = [key for key in KEYS if "apart" in folders.read(PROCEDURES, FORMS, key).meta]

    assert sorted(kept) == [f"db_02_{locality}" for locality in ("aq", "dk", "ds", "ew", "gt")]
