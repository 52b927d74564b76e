"""绿色通道: the table answers every case exactly once, and as the source says."""

import pytest

from tests.bpmn.artefacts import (
    KEYS,
    PROCEDURES,
    decision_files,
    parameters,
    quotation_problem,
    scenarios,
    tables,
)
from workflows import decisions

GREEN = "dmn_fp_08_ds"


@pytest.fixture(scope="module")
def table():
    return decisions.read((PROCEDURES / "fp_08_ds" / "decisions.dmn").read_bytes())


def decided(table, causes, clear, recognised, **changed):
    usual = {name: each["default"] for name, each in parameters("fp_08_ds").items()}
    told = {"causes": causes, "hardship_clear": clear, "public_recognised": recognised}
    return decisions.decide(table, GREEN, {"apply_green": told, "param": usual | changed})


def test_the_table_has_neither_gap_nor_overlap(table):
    assert decisions.check(table) == []


@pytest.mark.parametrize(
    "causes", [["因灾"], ["因意外事故"], ["因病", "因灾"], ["因学", "因意外事故", "其他"]]
)
def test_relief_may_come_first_for_disaster_or_accident_when_clear_and_recognised(table, causes):
    assert decided(table, causes, "是", "是").value["result"] == "绿色通道"


@pytest.mark.parametrize(("clear", "recognised"), [("是", "否"), ("否", "是"), ("否", "否")])
def test_the_ordinary_procedure_follows_where_one_condition_is_missing(table, clear, recognised):
    assert decided(table, ["因灾"], clear, recognised).value["result"] == "普通程序"


@pytest.mark.parametrize("causes", [["因病"], ["因学"], ["因病", "因学"], ["其他"]])
@pytest.mark.parametrize("clear", ["是", "否"])
@pytest.mark.parametrize("recognised", ["是", "否"])
def test_illness_or_schooling_alone_follows_the_ordinary_procedure(table, causes, clear, recognised):
    assert decided(table, causes, clear, recognised).value["result"] == "普通程序"


def test_the_district_may_count_illness_among_the_causes(table):
    causes = ["因灾", "因意外事故", "因病"]

    assert decided(table, ["因病"], "是", "是", green_channel_causes=causes).value["result"] == "绿色通道"
    assert decided(table, ["因学"], "是", "是", green_channel_causes=causes).value["result"] == "普通程序"


def test_every_answer_says_why(table):
    outcome = decided(table, ["因灾"], "是", "否")

    assert outcome.value["why"] == "未得到群众普遍认可"
    assert [rule.id for rule in outcome.rules] == ["rule_not_recognised"]


def test_the_table_rests_on_a_clause_of_the_source(table):
    text = (PROCEDURES / "fp_08_ds" / "decisions.dmn").read_text(encoding="utf-8")
    clauses = [line.split(">")[1].split("<")[0] for line in text.splitlines() if "｜" in line]

    assert clauses
    assert [problem for problem in map(quotation_problem, clauses) if problem] == []


@pytest.mark.parametrize("key", KEYS)
def test_every_rule_of_a_table_quotes_its_clause_or_says_why_there_is_none(key):
    for table in tables(key).values():
        for rule in table.rules:
            said = dict(rule.annotations)
            if said:
                assert any(said.values()), rule.id
            if said.get("依据"):
                assert quotation_problem(said["依据"]) is None, rule.id


@pytest.mark.parametrize("key", KEYS)
def test_a_decision_that_is_asked_in_scenarios_meets_no_problem_on_the_way(key):
    usual = {name: each["default"] for name, each in parameters(key).items()}
    for asked in scenarios(key).get("decision", ()):
        file = next(file for file in decision_files(key) if f'id="{asked["decide"]}"' in file)
        model = decisions.read(file.encode())
        nothing = {part.name: None for part in model.parts.values() if part.kind == "inputData"}
        given = {**nothing, "param": usual | asked.get("parameters", {}), **asked["inputs"]}

        outcome = decisions.decide(model, asked["decide"], given)

        assert [problem.sentence for problem in outcome.errors] == [], asked["name"]
