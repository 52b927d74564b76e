"""What a check says of a model before it is published, and where it says so."""

import pytest

from tests.workflows.decisions.parts import item, literal
from workflows.decisions import check, read


def found(model):
    return {(finding.check, finding.element) for finding in check(model)}


def sentences(model, check_id):
    return [finding.sentence for finding in check(model) if finding.check == check_id]


def test_a_sound_table_has_no_findings(model_of):
    rules = ['< 6500 ; true => "a"', '< 6500 ; false => "b"', '>= 6500 ; - => "c"']

    assert check(model_of("UNIQUE", ["收入:number", "风险:boolean"], ["类"], rules)) == []


OVERLAPS = [
    ("<= 6500 ; -", ">= 6500 ; -", "收入为6500，风险为是"),
    ("[1..5] ; true", "[5..9] ; -", "收入为5，风险为是"),
    ("- ; true", "- ; true", "风险为是"),
    ("1, 2, 3 ; -", "not(1, 2) ; -", "收入为3，风险为是"),
    ("? > 3 ; -", "? < 3.5 ; -", "收入为3.25，风险为是"),
    ("> -5 ; false", "< 5 ; -", "收入为0，风险为否"),
    ("(1..2) ; -", "1.5 ; -", "收入为1.5，风险为是"),
]


@pytest.mark.parametrize(("first", "second", "witness"), OVERLAPS)
def test_rules_that_can_both_fire_under_unique_are_found_with_an_input(model_of, first, second, witness):
    model = model_of("UNIQUE", ["收入:number", "风险:boolean"], ["类"], [f"{first} => 1", f"{second} => 2"])

    assert ("dmn.overlap", "r2") in found(model)
    assert witness in sentences(model, "dmn.overlap")[0]


def test_touching_ranges_do_not_overlap(model_of):
    model = model_of("UNIQUE", ["收入:number"], ["类"], ["< 6500 => 1", "[6500..8300) => 2", ">= 8300 => 3"])

    assert check(model) == []


def test_the_point_between_two_ranges_is_a_gap(model_of):
    model = model_of("UNIQUE", ["收入:number"], ["类"], ["< 6500 => 1", "> 6500 => 2"])

    findings = check(model)

    assert [finding.check for finding in findings] == ["dmn.gap"]
    assert "收入为6500" in findings[0].sentence


def test_dates_are_compared_day_by_day(model_of):
    rules = ['< date("2026-04-01") => 1', '> date("2026-04-01") => 2']

    assert "日为2026年4月1日" in sentences(model_of("UNIQUE", ["日:date"], ["类"], rules), "dmn.gap")[0]


def test_listed_values_are_all_there_is(dmn):
    types = item("t类", "string", allowed='"甲","乙"')
    logic = dmn.table("UNIQUE", ["类:t类"], ["果"], ['"甲" => 1', '"乙" => 2'])
    body = types + dmn.given("类:t类") + dmn.decision("结果", logic, "#i_类")

    assert check(read(dmn.document(body))) == []
    assert "类为“乙”" in sentences(read(dmn.document(body.replace('"乙"</text></inputEntry>', '"甲"</text></inputEntry>'))), "dmn.gap")[0]  # fmt: skip  # noqa: E501


def test_a_default_or_a_collecting_policy_leaves_no_gap(model_of):
    assert check(model_of("UNIQUE", ["收入:number"], ["类||0"], ["< 6500 => 1"])) == []
    assert check(model_of("COLLECT", ["收入:number"], ["类"], ["< 6500 => 1"])) == []


def test_contradicting_results_under_any_are_found_and_equal_ones_are_not(model_of):
    same = model_of("ANY", ["收入:number"], ["类"], ["< 5 => 1", "< 9 => 1", ">= 9 => 2"])
    other = model_of("ANY", ["收入:number"], ["类"], ["< 5 => 1", "< 9 => 2", ">= 9 => 2"])

    assert check(same) == []
    assert sentences(other, "dmn.contradiction") == ["第1条与第2条规则可同时命中而结果不同（收入为4）。"]


NEVER = [
    ("FIRST", ["类"], ["< 5 => 1", ">= 5 => 2", "7 => 3"], "r3"),
    ("FIRST", ["类"], ["[5..1] => 1", "- => 2"], "r1"),
    ("PRIORITY", ['类|"甲","乙"'], ['- => "甲"', '< 5 => "乙"'], "r2"),
    ("COLLECT", ["类"], ["> 5, < 3 => 1", "[9..2] => 2"], "r2"),
]


@pytest.mark.parametrize(("policy", "outputs", "rules", "element"), NEVER)
def test_a_rule_that_can_never_fire_is_found(model_of, policy, outputs, rules, element):
    model = model_of(policy, ["收入:number"], outputs, rules)

    assert {where for rule, where in found(model) if rule == "dmn.never"} == {element}


def test_several_rules_together_can_mask_one(model_of):
    rules = ["< 5 ; true => 1", "- ; false => 2", ">= 5 ; - => 3", "3 ; - => 4"]

    assert ("dmn.never", "r4") in found(model_of("FIRST", ["数:number", "否:boolean"], ["类"], rules))


# -- what only a case can tell ----------------------------------------------------------------------


def with_parameter(dmn, *rules, kind="number"):
    logic = dmn.table("UNIQUE", [f"数:{kind}"], ["果"], list(rules))
    body = dmn.given(f"数:{kind}", "param") + dmn.decision("结果", logic, "#i_数", "#i_param")
    return read(dmn.document(body))


def test_cells_against_one_parameter_are_seen_through(dmn):
    sound = with_parameter(dmn, "< param.line => 1", ">= param.line => 2")
    both = with_parameter(dmn, "<= param.line => 1", ">= param.line => 2")
    open_ = with_parameter(dmn, "< param.line => 1", "> param.line => 2")

    assert check(sound) == []
    assert sentences(both, "dmn.overlap") == ["第1条与第2条规则可同时命中（数等于“param.line”）。"]
    assert sentences(open_, "dmn.gap") == ["有输入不符合任何规则，例如数等于“param.line”。"]


def test_what_cannot_be_told_is_said_and_no_claim_is_made(dmn):
    model = with_parameter(dmn, "< param.low => 1", ">= param.high => 2", "5 => 3")

    assert {rule for rule, _ in found(model)} == {"dmn.undecided"}
    assert "第1、2" in sentences(model, "dmn.undecided")[0]
    assert "未能判定" in sentences(model, "dmn.undecided")[0]


def test_a_question_that_samples_cannot_answer_is_undecided(model_of):
    model = model_of("UNIQUE", ["数:number"], ["果"], ["even(?) => 1", "odd(?) => 2"])

    assert {rule for rule, _ in found(model)} == {"dmn.undecided"}


def test_a_column_that_divides_the_rules_decides_although_another_cannot_be_known(dmn):
    logic = dmn.table(
        "UNIQUE", ["甲:boolean", "乙:number"], ["果||0"], ["true ; < param.a => 1", "false ; > param.b => 2"]
    )
    body = dmn.given("甲:boolean", "乙:number", "param")
    body += dmn.decision("结果", logic, "#i_甲", "#i_乙", "#i_param")

    assert check(read(dmn.document(body))) == []


# -- outputs, priorities, shape ---------------------------------------------------------------------


def test_an_output_outside_its_values_is_found(model_of, dmn):
    model = model_of("UNIQUE", ["收入:number"], ['类|"甲","乙"'], ['- => "丙"'])
    types = item("t类", "string", allowed='"甲"')
    logic = dmn.table("UNIQUE", ["数:number"], ["类"], ['- => "丙"']).replace(
        'name="类">', 'name="类" typeRef="t类">'
    )
    typed = read(dmn.document(types + dmn.given("数:number") + dmn.decision("结果", logic, "#i_数")))

    assert ("dmn.output-value", "r1") in found(model)
    assert ("dmn.output-value", "r1") in found(typed)


@pytest.mark.parametrize("policy", ["PRIORITY", "OUTPUT ORDER"])
def test_a_policy_by_priority_needs_the_values_in_order(model_of, policy):
    assert ("dmn.priority", "t") in found(model_of(policy, ["数:number"], ["类"], ["- => 1"]))


@pytest.mark.parametrize(
    ("policy", "outputs", "rules", "rule"),
    [
        ("BEST", ["类"], ["- => 1"], "dmn.hit-policy"),
        ("UNIQUE", ["类"], ["- ; - => 1"], "dmn.rule-size"),
        ("UNIQUE", ["类"], [], "dmn.empty"),
    ],
)
def test_a_table_that_is_none_is_said(model_of, policy, outputs, rules, rule):
    assert rule in {each for each, _ in found(model_of(policy, ["数:number"], outputs, rules))}


def test_a_sum_over_several_outputs_is_refused(model_of):
    model = model_of("COLLECT", ["数:number"], ["a", "b"], ["- => 1 ; 2"], 'aggregation="SUM"')

    assert ("dmn.aggregation", "t") in found(model)


# -- names, types, writing --------------------------------------------------------------------------


def test_unknown_names_types_and_bad_writing_are_found(dmn):
    body = dmn.given("收入:t无") + dmn.decision(
        "结果", dmn.table("UNIQUE", ["收入:number"], ["类"], ["< 底线 => 1", "> > => 2"]), "#i_收入", "!d_无"
    )

    findings = check(read(dmn.document(body)))

    assert {finding.check for finding in findings} >= {
        "dmn.unknown-name",
        "dmn.unknown-type",
        "dmn.syntax",
        "dmn.missing",
    }
    assert any("底线" in finding.sentence for finding in findings)


def test_an_unknown_name_is_said_with_what_may_have_been_meant(dmn):
    body = dmn.given("家庭人均纯收入:number") + dmn.decision(
        "结果", literal("家庭人均收入 + 1"), "#i_家庭人均纯收入"
    )

    (sentence,) = sentences(read(dmn.document(body)), "dmn.unknown-name")

    assert sentence == "“家庭人均收入 + 1”中有未知名称“家庭人均收入”，是否为“家庭人均纯收入”。"


def test_a_finding_has_the_line_of_the_file_and_the_column_of_the_text(dmn):
    body = dmn.decision("结果", "<literalExpression><text>1 +\n  2 )</text></literalExpression>")
    xml = dmn.document(body).replace(b"<literalExpression>", b"\n\n<literalExpression>")

    (finding,) = check(read(xml))

    assert (finding.check, finding.line, finding.column) == ("dmn.syntax", 4, 5)
    assert "第2行第5列" in finding.sentence


def test_the_calendar_of_the_office_is_no_unknown_name(dmn):
    assert check(read(dmn.document(dmn.decision("结果", literal("workdays(3)"))))) == []


def test_circles_and_names_used_twice_are_found(dmn):
    circle = dmn.decision("甲", literal("乙"), "!d_乙") + dmn.decision("乙", literal("甲"), "!d_甲")
    circle += dmn.decision("丙", literal("甲"), "!d_甲") + dmn.decision("丁", literal("1"))
    twice = dmn.given("数:number") + dmn.decision("数", literal("1"))

    assert {where for rule, where in found(read(dmn.document(circle))) if rule == "dmn.circle"} == {
        "d_甲",
        "d_乙",
    }
    assert ("dmn.name-twice", "d_数") in found(read(dmn.document(twice)))
    assert ("dmn.id-twice", "i_数") in found(read(dmn.document(dmn.given("数:number") * 2)))


CELLS = [
    ("number", '"6500"', "数字与文字不能比较，永远不会符合"),
    ("string", "6500", "文字与数字不能比较"),
    ("number", '> "5"', "数字与文字不能比较"),
    ("number", '["a".."b"]', "数字与文字不能比较"),
    ("boolean", '"是"', "是否与文字不能比较"),
    ("date", '> "2026-01-01"', "日期与文字不能比较"),
    ("date", "> 5", "日期与数字不能比较"),
    ("number", 'not("a")', "数字与文字不能比较"),
    ("number", '? > 3 and ? < "9"', "数字与文字不能比较"),
    ("number", 'date("2026-01-01")', "数字与日期不能比较"),
]


@pytest.mark.parametrize(("kind", "cell", "said"), CELLS)
def test_a_cell_of_another_kind_than_its_column_is_found(model_of, kind, cell, said):
    model = model_of("COLLECT", [f"甲:{kind}"], ["果"], [f"{cell} => 1"])

    (sentence,) = sentences(model, "dmn.type")

    assert said in sentence
    assert "第1条规则" in sentence


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("number", "5, [6..9], > 3"),
        ("number", "null"),
        ("number", "even(?)"),
        ("string", 'starts with(?, "a")'),
        ("date", '> date("2026-01-01") + duration("P1D")'),
        ("date", "?.year = 2026"),
        ("boolean", "true"),
        ("", '"a", 5'),
        ("number", "甲 > 5"),
    ],
)  # fmt: skip
def test_cells_that_fit_their_column_are_left_alone(model_of, kind, cell):
    assert sentences(model_of("COLLECT", [f"甲:{kind}"], ["果"], [f"{cell} => 1"]), "dmn.type") == []


def test_an_undeclared_column_takes_the_kind_of_what_it_asks_for(dmn):
    logic = dmn.table("COLLECT", ["数"], ["果"], ['"a" => 1']).replace('typeRef=""', "")
    body = dmn.given("数:number") + dmn.decision("结果", logic, "#i_数")

    assert len(sentences(read(dmn.document(body)), "dmn.type")) == 1


def test_a_column_declared_otherwise_than_its_expression_is_found(dmn):
    logic = dmn.table("COLLECT", ["数:string"], ["果"], ["- => 1"])
    body = dmn.given("数:number") + dmn.decision("结果", logic, "#i_数")

    assert sentences(read(dmn.document(body)), "dmn.type") == ["输入“数”声明为文字，表达式的结果却是数字。"]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ('"a" + 1', "", "文字与数字不能用“+”计算"),
        ('1 = "1"', "", "数字与文字不能比较"),
        ("1 and true", "", "数字不能用于“and”"),
        ('数 in ("a", "b")', "", "数字与文字不能比较"),
        ("数 + 1", "string", "声明的结果是文字，得出的却是数字"),
        ('if 数 > 1 then "a" else "b"', "number", "声明的结果是数字，得出的却是文字"),
        ('for 数 in ["a"] return 数 = "a"', "", ""),
        ("户.收入 > 5", "boolean", ""),
        ('户.收入 = "多"', "boolean", "数字与文字不能比较"),
    ],
)
def test_kinds_that_clash_in_an_expression_are_found(dmn, text, kind, said):
    types = item("t户", parts=[("收入", "number", False)])
    logic = literal(text.replace("<", "&lt;"))
    body = types + dmn.given("数:number", "户:t户") + dmn.decision("结果", logic, "#i_数", "#i_户", kind=kind)

    told = sentences(read(dmn.document(body)), "dmn.type")

    assert said in "".join(told)
    assert bool(told) == bool(said)


def test_a_result_of_another_kind_than_declared_is_found(dmn):
    logic = dmn.table("UNIQUE", ["数:number"], ["果"], ['- => "a"']).replace(
        'name="果">', 'name="果" typeRef="number">'
    )
    body = dmn.given("数:number") + dmn.decision("结果", logic, "#i_数", kind="string")

    assert sentences(read(dmn.document(body)), "dmn.type") == [
        '第1条规则的结果"a"是文字，输出“果”声明为数字。',
        "决策“结果”声明的结果是文字，得出的却是数字。",
    ]


# -- size -------------------------------------------------------------------------------------------


def test_a_large_table_is_checked_as_thoroughly_as_a_small_one(model_of):
    rules = [
        f'[{low * 100}..{low * 100 + 100}) ; "{town}" ; {risk} => "{low}{town}"'
        for low in range(30)
        for town in "甲乙丙丁戊"
        for risk in ("true", "false")
    ]
    rules[-1] = rules[-1].replace("3000", "3001")
    model = model_of(
        "UNIQUE", ["收入:number", "镇:string", "风险:boolean"], ["类"], [*rules, '3000 ; "戊" ; - => "x"']
    )

    told = check(model)

    assert [finding.check for finding in told] == ["dmn.overlap", "dmn.gap"]
    assert "收入为3000，镇为“戊”，风险为否" in told[0].sentence
