"""A decision of a draft asked by itself answers as it would in a case, and what differs is said."""

import json
import shutil

import pytest

from tests.bpmn.artefacts import FORMS, PROCEDURES
from tests.workflows.designing.drafts import bundle, decision, end, form, table, task
from tests.workflows.spiff.drawing import START, chain
from workflows import catalogue
from workflows.designing import lint, simulate
from workflows.designing.scenarios import BadScenario, questions

TWO = (('"大"', '"一级"'), ('not("大")', '"二级"'))


def graded(*rules, **more):
    body = (
        START
        + task("apply", "apply")
        + decision("ask", "grade", "graded")
        + end("over")
        + chain("S", "apply", "ask", "over")
    )
    tables = {"P/decisions.dmn": table(*(rules or TWO), **more).replace(' typeRef="string"', "")}
    return bundle(
        body,
        forms={"apply": form("text")},
        decisions=tables,
        parameters=[{"name": "days", "type": "integer", "default": 5}],
    )


def asked(draft, **said):
    said = {"name": "一问", "decide": "grade", "inputs": {"apply": {"text": "大"}}, "gives": "一级", **said}
    text = json.dumps({"decision": [said]}, ensure_ascii=False, default=str)
    (question,) = questions(text, "scenarios.json")
    return simulate.ask(catalogue.prepare(draft), question)


def test_a_decision_that_gives_what_it_should_has_no_problems():
    answer = asked(graded(), rules=["rule_1"])

    assert answer.problems == ()
    assert answer.value == "一级"
    assert [rule.id for rule in answer.rules] == ["rule_1"]


def test_another_value_and_other_rules_are_said():
    value, rules = asked(graded(), gives="二级", rules=["rule_2"]).problems

    assert value.startswith('结果应为 "二级"，实际为 "一级"（')
    assert rules == "命中的规则应为 rule_2，实际为 rule_1。"


def test_parameters_stand_in_for_the_defaults():
    draft = graded(("-", "param.days + 1"), needs="param", source="param.days")

    assert asked(draft, gives=6).problems == ()
    assert asked(draft, gives=8, parameters={"days": 7}).problems == ()
    assert asked(draft, parameters={"weeks": 7}).problems == ("用了本事项没有的参数：weeks。",)


def test_a_date_written_in_toml_is_a_date_to_the_table():
    text = """
[[decision]]
name = "标注日在识别日之后"
decide = "grade"
inputs = {apply = {text = 2026-03-31}}
gives = 2026-04-01
"""
    (question,) = questions(text, "scenarios.toml")
    draft = graded(("-", 'apply.text + duration("P1D")'))

    assert simulate.ask(catalogue.prepare(draft), question).problems == ()


def test_nothing_is_written_as_an_empty_text():
    assert asked(graded(('"小"', '"二级"')), gives="", rules=[]).problems == ()


def test_numbers_are_compared_as_numbers():
    assert asked(graded(("-", "1.50")), gives=1.5).problems == ()
    assert asked(graded(("-", "[1, 2]")), gives=[1, 2]).problems == ()


def test_the_calendar_of_working_days_and_today_are_at_hand():
    at = "2026-04-01T00:30:00+08:00"

    assert asked(graded(("-", "workdays(1)")), gives="2026-04-02", at=at).problems == ()
    assert asked(graded(("-", "today()")), gives="2026-04-01", at=at).problems == ()


def test_a_decision_the_draft_does_not_have_is_said():
    assert asked(graded(), decide="rank").problems == ("决策“rank”不在决策表文件中。",)


def test_a_decision_asked_by_itself_counts_as_coverage_of_its_rules():
    draft = graded()

    missed = simulate.coverage(catalogue.prepare(draft), [asked(draft)]).rules

    assert [rule.id for rule in missed] == ["rule_2"]


def test_an_answer_is_json():
    told = asked(graded()).as_json()

    assert json.loads(json.dumps(told)) == told
    assert (told["decision"], told["ok"], told["value"]) == ("一问", True, "一级")


@pytest.mark.parametrize(("left_out", "said"), [("name", "name"), ("decide", "decide"), ("gives", "gives")])
def test_what_a_decision_scenario_lacks_is_named(left_out, said):
    content = {"name": "一问", "decide": "grade", "gives": 1}
    del content[left_out]

    with pytest.raises(BadScenario, match=f"没有写“{said}”"):
        questions(json.dumps({"decision": [content]}), "scenarios.json")


def test_a_file_of_decisions_alone_has_no_scenarios():
    text = json.dumps({"decision": [{"name": "一问", "decide": "grade", "gives": 1}]})

    assert simulate.scenarios(text, "scenarios.json") == ()


def test_a_scenario_that_asks_a_decision_that_is_not_there_is_told_before_it_is_played(tmp_path):
    folder = tmp_path / "fp_08_ds"
    shutil.copytree(PROCEDURES / "fp_08_ds", folder)
    shutil.copytree(PROCEDURES / "fp_01_ds", tmp_path / "fp_01_ds")
    path = folder / "scenarios.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('decide = "dmn_fp_08_ds"', 'decide = "green"'), "utf-8"
    )

    told = [each for each in lint.anything(folder, FORMS) if each.rule == "scenario.decision"]

    assert [(each.file, each.element) for each in told] == [("fp_08_ds/scenarios.toml", "green")]
