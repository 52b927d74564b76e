"""FEEL, DMN, lint and simulate from the shell, one by one and by the line."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GREEN = ROOT / "bpmn" / "fp_08_ds" / "decisions.dmn"

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
  <inputData id="in" name="age"><variable name="age" typeRef="number"/></inputData>
  <decision id="grade" name="等级">
    <variable name="等级" typeRef="string"/>
    <informationRequirement id="r"><requiredInput href="#in"/></informationRequirement>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="i"><inputExpression typeRef="number"><text>age</text></inputExpression></input>
      <output id="o" typeRef="string"/>
      <rule id="old"><inputEntry id="a"><text>&gt;= 60</text></inputEntry>
        <outputEntry id="b"><text>"老年"</text></outputEntry></rule>
      <rule id="young"><inputEntry id="c"><text>&lt; 60</text></inputEntry>
        <outputEntry id="e"><text>"其他"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "grade.dmn"
    path.write_text(TABLE, encoding="utf-8")
    return path


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_an_expression_gives_its_value_as_json_and_as_a_literal(xiangshen):
    ended = xiangshen("feel", 'date("2026-03-20") + duration(x)', "--context", '{"x": "P5D"}')

    assert ended.code == 0
    answer = json.loads(ended.said)
    assert (answer["value"], answer["feel"]) == ("2026-03-25", '@"2026-03-25"')
    assert answer["errors"] == []


def test_numbers_keep_their_digits(xiangshen):
    ended = xiangshen("feel", "x * 3", "--context", '{"x": 0.1}')

    assert '"value": 0.3,' in ended.said


def test_an_expression_that_cannot_be_read_is_placed(xiangshen):
    ended = xiangshen("feel", "1 +")

    assert ended.code == 1
    assert json.loads(ended.said)["errors"][0]["column"] == 4
    assert ended.complained.startswith("第1行第4列：")


def test_a_value_that_became_null_says_why(xiangshen):
    ended = xiangshen("feel", '"a" + 1')

    assert ended.code == 1
    answer = json.loads(ended.said)
    assert answer["value"] is None
    assert answer["errors"]


def test_expressions_are_answered_line_by_line_a_bad_one_too(xiangshen):
    asked = [
        '{"expression": "1 + 1"}',
        "nonsense",
        "[]",
        "",
        '{"expression": 3}',
        '{"expression": "x", "context": []}',
        '{"expression": "1 +"}',
        "[" * 100_000,
        '{"expression": "x", "context": {"x": "\\ud800"}}',
        '{"expression": "x", "context": {"x": "好"}}',
    ]

    ended = xiangshen("feel", "--batch", given="\n".join(asked))

    assert ended.code == 0
    answers = lines(ended.said)
    assert [answer["value"] for answer in answers] == [2, None, None, None, None, None, None, "\ud800", "好"]
    assert all(answer["errors"] for answer in answers[1:-2])


@pytest.mark.parametrize(
    ("expression", "value", "literal"),
    [
        ("1e400", "1e400", "1e400"),
        ("-1.5e-400", "-1.5e-400", "-1.5e-400"),
        ("10 ** 6000", "1e6000", "1e6000"),
        ("x", "1234567890123456789012345678901234", "1234567890123456789012345678901234"),
        ("y", "0.1234567890123456789012345678901234", "0.1234567890123456789012345678901234"),
        ("z", "1e399", "1e399"),
        ("1 / 3", "0.3333333333333333333333333333333333", "0.3333333333333333333333333333333333"),
        ("1.10", "1.1", "1.1"),
        ("-0.0", "0", "0"),
        ("null", "null", "null"),
        ("function(x) x", "null", "null"),
        ("[abs, 1]", "[null, 1]", "[null, 1]"),
        ('@"P14M"', '"P1Y2M"', '@"P1Y2M"'),
        ('@"-PT90M"', '"-PT1H30M"', '@"-PT1H30M"'),
        ('@"10:00:00.123456789Z"', '"10:00:00.123456789Z"', '@"10:00:00.123456789Z"'),
        ('date("999999999-12-31")', '"999999999-12-31"', '@"999999999-12-31"'),
        ("[1..3)", '"[1..3)"', "[1..3)"),
        ("(< 5)", '"(..5)"', "(< 5)"),
        ('[@"2026-01-01"..@"2026-12-31"]', '"[2026-01-01..2026-12-31]"', '[@"2026-01-01"..@"2026-12-31"]'),
        ('{a b: {"c-d": true}}', '{"a b": {"c-d": true}}', '{a b: {"c-d": true}}'),
        ("today() instance of date", "true", "true"),
        ("workdays(0) = today()", "true", "true"),
    ],
)
def test_a_value_of_any_kind_is_json_without_loss(xiangshen, expression, value, literal):
    digits = '"x": 1234567890123456789012345678901234, "y": 0.1234567890123456789012345678901234'
    context = "{" + digits + ', "z": 1' + "0" * 399 + "}"

    ended = xiangshen("feel", expression, "--context", context)

    assert ended.code == 0
    assert ended.said.startswith(f'{{"value": {value}, "feel": {json.dumps(literal, ensure_ascii=False)}, ')


@pytest.mark.parametrize("number", ["1e999999999", "-1e7000", "9" * 7_000, "NaN", "Infinity"])
def test_a_number_that_is_none_of_the_standard_s_is_null_with_a_reason(xiangshen, number):
    ended = xiangshen("feel", "--batch", given=f'{{"expression": "x", "context": {{"x": {number}}}}}')

    [answer] = lines(ended.said)
    assert answer["value"] is None
    assert answer["errors"][0]["sentence"].startswith("“x”")


def test_a_line_that_is_no_text_is_answered_too(xiangshen):
    ended = xiangshen("feel", "--batch", given=b'\xff\xfe\n{"expression": "1"}\n')

    assert [answer["value"] for answer in lines(ended.said)] == [None, 1]


def test_a_decision_gives_its_value_and_the_rules_that_fired(xiangshen, table):
    ended = xiangshen("decide", str(table), "--decision", "等级", "--input", '{"age": 72}')

    assert ended.code == 0
    answer = json.loads(ended.said)
    assert (answer["value"], answer["feel"]) == ("老年", '"老年"')
    assert [rule["id"] for rule in answer["rules"]] == ["old"]


def test_inputs_may_be_feel_literals(xiangshen, table):
    ended = xiangshen("decide", str(table), "--decision", "grade", "--input-feel", '{"age": "50 + 9.5"}')

    assert json.loads(ended.said)["value"] == "其他"


def test_a_decision_that_is_not_in_the_file_is_named(xiangshen, table):
    ended = xiangshen("decide", str(table), "--decision", "none", "--input", "{}")

    assert ended.code == 1
    assert "none" in ended.complained


@pytest.mark.parametrize(
    "content", [b"", b"<a/>", b"\x00\x01", b"<definitions>", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>']
)
def test_a_file_that_is_no_dmn_is_said_plainly(xiangshen, tmp_path, content):
    path = tmp_path / "broken.dmn"
    path.write_bytes(content)

    ended = xiangshen("decide", str(path), "--decision", "d", "--input", "{}")

    assert ended.code == 1
    assert json.loads(ended.said)["errors"]


def test_decisions_are_answered_line_by_line_from_several_files(xiangshen, table):
    asked = [
        {"file": str(table), "decision": "grade", "input": {"age": 72}},
        {"file": "nofile.dmn", "decision": "grade"},
        {"file": str(table)},
        {"file": str(table), "decision": "grade", "input_feel": {"age": "("}},
        {"file": str(table), "decision": "grade", "input_feel": {"age": 1}},
        {"file": str(table), "decision": "grade", "input": []},
        {"file": "a\x00b", "decision": "grade"},
        {"file": str(GREEN), "decision": "dmn_fp_08_ds", "input": {}},
        {"file": str(table), "decision": "grade", "input_feel": {"age": "12"}},
    ]

    ended = xiangshen("decide", "--batch", given="\n".join(map(json.dumps, asked)))

    assert ended.code == 0
    answers = lines(ended.said)
    assert len(answers) == len(asked)
    assert (answers[0]["value"], answers[-1]["value"]) == ("老年", "其他")
    assert all(answer["errors"] for answer in answers[1:7])


def test_the_committed_procedures_lint_without_an_error(xiangshen):
    ended = xiangshen(
        "lint", str(ROOT / "bpmn" / "fp_01_ds"), str(GREEN), str(ROOT / "bpmn" / "fp_01_ds" / "process.bpmn")
    )

    assert ended.code == 0


def test_a_broken_diagram_is_named_with_its_rule(xiangshen, tmp_path):
    path = tmp_path / "broken.bpmn"
    path.write_text(
        (ROOT / "bpmn" / "fp_01_ds" / "process.bpmn")
        .read_text()
        .replace('targetRef="household_check"', 'targetRef="nowhere"')
    )

    ended = xiangshen("lint", str(path), "--json")

    assert ended.code == 1
    assert any(finding["severity"] == "error" and finding["rule"] for finding in json.loads(ended.said))


def test_a_file_of_another_kind_is_refused(xiangshen, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("x")

    assert xiangshen("lint", str(path)).code == 1


def test_the_scenarios_of_a_procedure_are_walked(xiangshen):
    answers = ROOT / "bpmn" / "fp_01_ds" / "scenarios.toml"

    by_key = xiangshen("simulate", "fp_01_ds", "--answers", str(answers), "--json")
    by_file = xiangshen("simulate", str(answers.with_name("process.bpmn")), "--answers", str(answers))

    assert by_key.code == by_file.code == 0
    walks = json.loads(by_key.said)
    assert walks["ok"] is True
    assert walks["walks"][0]["outcome"] == "已纳入监测"
    assert by_file.said.startswith("通过  ")


def test_a_walk_that_goes_otherwise_is_told_where(xiangshen, tmp_path):
    text = (ROOT / "bpmn" / "fp_01_ds" / "scenarios.toml").read_text()
    path = tmp_path / "answers.toml"
    path.write_text(text.replace('outcome = "已纳入监测"', 'outcome = "别的结果"'))

    ended = xiangshen("simulate", "fp_01_ds", "--answers", str(path))

    assert ended.code == 1
    assert "别的结果" in ended.said


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"\xff\xfe", b"scenario = 3"])
def test_answers_that_cannot_be_read_are_said_plainly(xiangshen, tmp_path, content):
    path = tmp_path / "answers.toml"
    path.write_bytes(content)

    ended = xiangshen("simulate", "fp_01_ds", "--answers", str(path))

    assert ended.code in {1, 2}
    assert "Traceback" not in ended.complained
    assert ended.complained


def test_a_model_is_checked_with_what_it_imports_from_beside_it(xiangshen, table):
    kind = 'importType="https://www.omg.org/spec/DMN/20191111/MODEL/"'
    top = table.parent / "top.dmn"
    top.write_text(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t" namespace="urn:t">'
        f'<import name="下" namespace="urn:d" {kind}/>'
        '<decision id="up" name="上"><variable name="上"/><informationRequirement id="r">'
        '<requiredDecision href="urn:d#grade"/></informationRequirement>'
        "<literalExpression><text>下.等级</text></literalExpression></decision></definitions>",
        encoding="utf-8",
    )

    checked = xiangshen("lint", str(top), str(table))
    decided = xiangshen("decide", str(top), "--decision", "上", "--input", '{"下": {"age": 72}}')

    assert (checked.code, checked.said.strip()) == (0, "没有发现问题。")
    assert json.loads(decided.said)["value"] == "老年"


def test_findings_of_a_table_name_the_line(xiangshen, table):
    table.write_text(TABLE.replace("&lt; 60", "&lt;= 60"), encoding="utf-8")

    ended = xiangshen("lint", str(table), "--json")

    (finding,) = json.loads(ended.said)
    assert ended.code == 1
    assert (finding["rule"], finding["element"], finding["line"]) == ("dmn.overlap", "young", 12)
    assert "age为60" in finding["sentence"]


def test_a_file_of_fifty_megabytes_is_refused_in_a_sentence(xiangshen, tmp_path):
    path = tmp_path / "huge.dmn"
    with path.open("wb") as file:
        file.truncate(50_000_000)

    checked = xiangshen("lint", str(path))
    decided = xiangshen("decide", str(path), "--decision", "d", "--input", "{}")

    assert (checked.code, decided.code) == (1, 1)
    assert "超过 20 MB" in checked.said
    assert "超过 20 MB" in decided.complained


def test_a_service_and_knowledge_are_decided_by_name_and_dates_come_out_as_iso(xiangshen, tmp_path):
    path = tmp_path / "served.dmn"
    path.write_text(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t" namespace="urn:t">'
        '<inputData id="i" name="日"><variable name="日" typeRef="date"/></inputData>'
        '<decision id="d" name="次日"><variable name="次日"/><informationRequirement id="r">'
        '<requiredInput href="#i"/></informationRequirement>'
        '<literalExpression><text>日 + duration("P1D")</text></literalExpression></decision>'
        '<decisionService id="s" name="服务"><outputDecision href="#d"/><inputData href="#i"/>'
        "</decisionService>"
        '<businessKnowledgeModel id="b" name="三分"><encapsulatedLogic><formalParameter name="x"/>'
        "<literalExpression><text>x / 3</text></literalExpression></encapsulatedLogic>"
        "</businessKnowledgeModel></definitions>",
        encoding="utf-8",
    )
    asked = [
        {"file": str(path), "decision": "服务", "input": {"日": "2026-02-28"}},
        {"file": str(path), "decision": "s", "input_feel": {"日": '@"2024-02-28"'}},
        {"file": str(path), "decision": "三分", "input_feel": {"x": "1"}},
    ]

    answers = lines(xiangshen("decide", "--batch", given="\n".join(map(json.dumps, asked))).said)

    assert [answer["value"] for answer in answers[:2]] == ["2026-03-01", "2024-02-29"]
    assert answers[2]["feel"] == "0." + "3" * 34
