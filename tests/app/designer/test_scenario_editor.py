"""Scenarios of an amendment: run, written on a sheet, played; nothing of it is a real case."""

import pytest

from tests.app.designer.amended import Draft
from tests.app.office import ROOT
from workflows.designing import scenarios

WRITTEN = (ROOT / "bpmn" / "fp_01_ds" / "scenarios.toml").read_text()


@pytest.fixture
def draft(office):
    return Draft(office, scenarios_toml=WRITTEN)


@pytest.fixture
def one_draft(one_office):
    return Draft(one_office, scenarios_toml=WRITTEN)


@pytest.fixture(scope="module")
def standing(standing_office):
    return Draft(standing_office, scenarios_toml=WRITTEN)


def scenes(draft):
    return scenarios.read(draft.file("scenarios.toml"), "scenarios.toml")


SHEET = {
    "name": "受理后先不核实",
    "at": "2026-03-02T09:00:00+08:00",
    "start-use": "apply",
    "step-0-do": "time",
    "step-0-advance": "P1D",
    "expected": "on",
    "expect-steps": "apply",
    "expect-open": "household_check",
}


def test_every_scenario_is_run_and_the_diagram_says_what_they_have_been_through(standing):
    page = standing.get("scenarios?run=1").text
    state = standing.get("scenarios/coverage.json").json

    assert "全部符合预期" in page
    assert page.count("符合预期") >= len(scenes(standing))
    assert min(state["coverage"].values()) > 0


def test_what_went_otherwise_is_said_beside_its_scenario_and_what_was_missed_is_named(draft):
    draft.save({"scenarios.toml": WRITTEN.partition("[[scenario]]")[0]})
    wrong = {**SHEET, "expect-open": "county_decision"}
    assert draft.post("scenarios/new", **wrong).status_code == 303

    page = draft.get("scenarios?run=1").text

    assert "待办环节应为" in page
    assert "没有走到的连线" in page
    assert 0 in draft.get("scenarios/coverage.json").json["coverage"].values()


def test_a_scenario_is_written_changed_and_removed_on_its_sheet(draft):
    count = len(scenes(draft))
    assert draft.post("scenarios/new", **SHEET).status_code == 303
    assert scenes(draft)[count].name == "受理后先不核实"
    assert scenes(draft)[count].expect.open == ("household_check",)

    part = f"scenarios/{count}"
    assert "受理后先不核实" in draft.get(part).text
    assert draft.post(part, **{**SHEET, "name": "改名"}).status_code == 303
    assert scenes(draft)[count].name == "改名"
    assert draft.post("scenarios", do=f"remove:{count}").status_code == 303
    assert len(scenes(draft)) == count


def test_moves_are_added_moved_and_taken_out_without_saving(one_draft):
    before = one_draft.file("scenarios.toml")
    more = one_draft.post("scenarios/new", **SHEET, do="add:complete").text
    two = {**SHEET, "step-1-do": "complete", "step-1-step": "household_check"}
    turned = one_draft.post("scenarios/new", **two, do="up:1").text
    fewer = one_draft.post("scenarios/new", **two, do="drop:0").text

    assert 'name="step-1-do" value="complete"' in more
    assert 'name="step-0-step"' in turned
    assert 'name="step-1-advance"' in turned
    assert 'name="step-0-step"' in fewer
    assert "step-1-do" not in fewer
    assert one_draft.file("scenarios.toml") == before


def test_what_is_expected_is_filled_in_from_what_comes(one_draft):
    given = {**SHEET, "expect-steps": "", "expect-open": ""}

    page = one_draft.post("scenarios/new", **given, do="expect").text
    astray = one_draft.post("scenarios/new", **{**given, "start-use": ""}, do="expect")

    assert 'name="expect-open" value="household_check"' in page
    assert astray.status_code == 422
    assert "表单拒绝了" in astray.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, 'id="name-error"'),
        ({"start-answers": "text = 甲"}, 'id="start-answers-error"'),
        ({"step-0-advance": "明天"}, "第1步"),
        ({"at": "昨天"}, "时刻"),
    ],
)
def test_what_cannot_be_followed_is_refused_and_stays_on_the_sheet(standing, given, said):
    answer = standing.post("scenarios/new", **{**SHEET, **given})

    assert answer.status_code == 422
    assert said in answer.text
    for value in filter(None, given.values()):
        assert value in answer.text


def test_a_walk_is_played_in_the_order_the_engine_passed(standing):
    page = standing.get("scenarios/0/play").text
    walk = standing.get("scenarios/0/play.json").json["walk"]

    assert scenes(standing)[0].name in page
    named = [each["shape"] for each in walk]
    assert named.index("apply") < named.index("household_check")
    assert standing.get("scenarios/987/play").status_code == 404
    assert standing.get("scenarios/987").status_code == 404


def test_a_file_that_cannot_be_read_is_said_and_the_page_stands(one_draft):
    one_draft.save({"scenarios.toml": "x ="})

    answer = one_draft.get("scenarios?run=1")

    assert answer.status_code == 422
    assert "不是有效的 TOML" in answer.text
