"""DMN 1.5, tables, requirement graphs, services and imports, row by row."""

from decimal import Decimal

import pytest

from tests.workflows.decisions.parts import item, knowledge, literal
from workflows.decisions import Unreadable, decide, read

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


# -- tables (chapter 8) -----------------------------------------------------------------------------


def test_an_input_outside_its_values_gives_null_and_says_so(dmn):
    logic = dmn.table("FIRST", ["类:string"], ["果"], ["- => 1"])
    logic = logic.replace("</input>", '<inputValues><text>"甲","乙"</text></inputValues></input>')
    model = read(dmn.document(dmn.given("类:string") + dmn.decision("结果", logic, "#i_类")))

    assert decide(model, "结果", {"类": "甲"}).value == 1
    outcome = decide(model, "结果", {"类": "丙"})
    assert outcome.value is None
    assert "不在允许的范围内" in outcome.errors[0].sentence


def test_priorities_come_from_the_type_where_the_column_lists_none(dmn):
    types = item("t级", "string", allowed='"高","中","低"')
    for policy, value in (("PRIORITY", "高"), ("OUTPUT ORDER", ["高", "低"])):
        logic = dmn.table(policy, ["分:number"], ["级"], ['> 0 => "低"', '> 5 => "高"'])
        logic = logic.replace('name="级">', 'name="级" typeRef="t级">')
        model = read(dmn.document(types + dmn.given("分:number") + dmn.decision("结果", logic, "#i_分")))
        assert decide(model, "结果", {"分": 7}).value == value


def test_several_outputs_are_ranked_column_by_column(model_of):
    rules = ['> 0 => "低" ; "急"', '> 0 => "高" ; "缓"', '> 0 => "高" ; "急"']
    outputs = ['级|"高","低"', '时|"急","缓"']

    best = decide(model_of("PRIORITY", ["分:number"], outputs, rules), "结果", {"分": 1})
    ordered = decide(model_of("OUTPUT ORDER", ["分:number"], outputs, rules), "结果", {"分": 1})

    assert best.value == {"级": "高", "时": "急"}
    assert [(row["级"], row["时"]) for row in ordered.value] == [("高", "急"), ("高", "缓"), ("低", "急")]


@pytest.mark.parametrize(
    ("policy", "value"),
    [
        ("ANY", {"果": Decimal(1), "因": "a"}),
        ("FIRST", {"果": Decimal(1), "因": "a"}),
        ("RULE ORDER", [{"果": Decimal(1), "因": "a"}] * 2),
        ("COLLECT", [{"果": Decimal(1), "因": "a"}] * 2),
    ],
)
def test_several_outputs_under_each_policy(model_of, policy, value):
    model = model_of(policy, ["分:number"], ["果", "因"], ['> 0 => 1 ; "a"', '> 0 => 1 ; "a"'])

    assert decide(model, "结果", {"分": 1}).value == value


@pytest.mark.parametrize("orientation", ["Rule-as-Row", "Rule-as-Column", "CrossTable"])
def test_which_way_a_table_is_drawn_does_not_matter(model_of, orientation):
    attributes = f'preferredOrientation="{orientation}"'

    model = model_of("UNIQUE", ["分:number"], ["果"], ["> 0 => 1"], attributes)

    assert decide(model, "结果", {"分": 1}).value == 1


def test_an_unknown_hit_policy_is_refused(model_of):
    outcome = decide(model_of("BEST", ["分:number"], ["果"], ["> 0 => 1"]), "结果", {"分": 1})

    assert outcome.value is None
    assert "没有命中策略“BEST”" in outcome.errors[0].sentence


def test_an_output_is_fitted_to_the_type_of_its_column(dmn):
    logic = dmn.table("UNIQUE", ["分:number"], ["果"], ['> 0 => "x"']).replace(
        'name="果">', 'name="果" typeRef="number">'
    )
    model = read(dmn.document(dmn.given("分:number") + dmn.decision("结果", logic, "#i_分")))

    assert decide(model, "结果", {"分": 1}).value is None


@pytest.mark.parametrize(
    ("cells", "given", "fires"),
    [
        ("? > 5 and ? < 9 ; -", {"甲": 7, "乙": 1}, True),
        ("< 乙 ; -", {"甲": 0, "乙": 1}, True),
        ("乙 ; -", {"甲": 1, "乙": 1}, True),
        ("[乙..乙 + 2] ; -", {"甲": 3, "乙": 1}, True),
        ("not(1, 2) ; -", {"甲": 3, "乙": 1}, True),
        ("null ; -", {"甲": None, "乙": 1}, True),
        ("- ; not(null)", {"甲": 1, "乙": 1}, True),
        ("list contains([1, 2], ?) ; -", {"甲": 2, "乙": 1}, True),
        ("1, 2, > 10 ; -", {"甲": 11, "乙": 1}, True),
        ("< 5 ; -", {"甲": None, "乙": 1}, False),
        ('< "a" ; -', {"甲": 1, "乙": 1}, False),
    ],
)
def test_what_a_cell_may_say(model_of, cells, given, fires):
    model = model_of("FIRST", ["甲", "乙"], ["果"], [f"{cells} => true", "- ; - => false"])

    assert decide(model, "结果", given).value is fires


# -- requirement graphs (chapter 6) -----------------------------------------------------------------


def test_each_decision_is_evaluated_once(dmn):
    logic = dmn.table("FIRST", ["分:number"], ["果"], ["- => 1"])
    body = dmn.given("分:number") + dmn.decision("底", logic, "#i_分")
    body += dmn.decision("左", literal("底 + 1"), "!d_底") + dmn.decision("右", literal("底 + 2"), "!d_底")
    body += dmn.decision("顶", literal("左 + 右"), "!d_左", "!d_右", "!d_底")

    outcome = decide(read(dmn.document(body)), "顶", {"分": 1})

    assert outcome.value == 5
    assert [rule.table for rule in outcome.rules] == ["底"]


def test_a_decision_sees_only_what_it_requires(dmn):
    body = dmn.given("甲:number", "乙:number") + dmn.decision("结果", literal("甲 + 乙"), "#i_甲")

    outcome = decide(read(dmn.document(body)), "结果", {"甲": 1, "乙": 2})

    assert outcome.value is None
    assert "未知名称“乙”" in outcome.errors[0].sentence


def test_knowledge_does_not_see_the_caller_and_may_call_other_knowledge(dmn):
    needs = '<knowledgeRequirement id="k"><requiredKnowledge href="#b_倍"/></knowledgeRequirement>'
    body = dmn.given("甲:number") + knowledge("倍", ["x"], literal("x * 2"))
    body += knowledge("加", ["x"], literal("倍(x) + 1"), needs=needs)
    body += knowledge("偷看", [], literal("甲"))
    body += dmn.decision("一", literal("加(甲)"), "#i_甲", "?b_加")
    body += dmn.decision("二", literal("偷看()"), "#i_甲", "?b_偷看")
    model = read(dmn.document(body))

    assert decide(model, "一", {"甲": 3}).value == 7
    assert decide(model, "二", {"甲": 3}).value is None


def test_a_decision_without_logic_is_null(dmn):
    assert decide(read(dmn.document(dmn.decision("空", ""))), "空", {}).value is None


def test_a_decision_is_found_by_its_name_its_variable_and_its_id(dmn):
    body = f'<decision id="d1" name="外名"><variable name="内名"/>{literal("1")}</decision>'
    body += dmn.decision("上", literal("内名 + 1"), "!d1")
    model = read(dmn.document(body))

    assert [decide(model, name, {}).value for name in ("d1", "外名", "内名", "上")] == [1, 1, 1, 2]


def test_a_whole_namespace_in_a_reference_may_be_our_own(dmn):
    body = dmn.given("甲:number") + dmn.decision("一", literal("甲"), "#i_甲")

    model = read(dmn.document(body.replace('href="#i_甲"', 'href="urn:test#i_甲"')))

    assert decide(model, "一", {"甲": 3}).value == 3


def test_names_are_read_with_single_spaces(dmn):
    body = '<inputData id="i" name="Applicant   age"><variable name="Applicant   age" typeRef="number"/>'
    body += "</inputData>" + dmn.decision("结果", literal("Applicant  age + 1"), "#i")
    model = read(dmn.document(body))

    assert decide(model, "结果", {"Applicant age": 1}).value == 2
    assert decide(model, "结果", {"Applicant   age": 1}).value == 2


# -- decision services (6.3.11, 10.4) ----------------------------------------------------------------


def served(dmn, *, call, outputs="<outputDecision href='#d_丙'/>", kind=""):
    """丙 = 乙 + 甲, 乙 = 甲 * 10; 服务 takes 甲 and the decision 乙."""
    body = (
        dmn.given("甲:number")
        + dmn.decision("乙", literal("甲 * 10"), "#i_甲")
        + dmn.decision("丁", literal('"d"'))
    )
    body += dmn.decision("丙", literal("乙 + 甲"), "#i_甲", "!d_乙")
    body += (
        f'<decisionService id="s" name="服务"><variable name="服务" typeRef="{kind}"/>{outputs}'
        '<encapsulatedDecision href="#d_丙"/><inputDecision href="#d_乙"/><inputData href="#i_甲"/>'
        "</decisionService>"
    )
    return read(dmn.document(body + dmn.decision("调用", literal(call), "?s")))


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("服务(1, 100)", "101"),
        ("服务(乙: 100, 甲: 1)", "101"),
        ("服务(1)", "null"),
        ('服务("x", 100)', "null"),
        ("for i in [1, 2] return 服务(i, 0)", "[1, 2]"),
    ],
)
def test_a_service_is_called_like_a_function(dmn, call, value):
    assert decide(served(dmn, call=call), "调用", {}).feel == value


def test_a_service_is_decided_by_itself_with_its_input_decisions(dmn):
    model = served(dmn, call="1")

    assert decide(model, "服务", {"甲": 1, "乙": 5}).value == 6
    assert decide(model, "s", {"甲": 1}).value is None


def test_a_service_of_several_outputs_gives_a_context(dmn):
    outputs = "<outputDecision href='#d_丙'/><outputDecision href='#d_丁'/>"

    assert decide(served(dmn, call="服务(1, 2)", outputs=outputs), "调用", {}).feel == '{丙: 3, 丁: "d"}'


def test_a_service_gives_what_it_declares(dmn):
    assert decide(served(dmn, call="服务(1, 2)", kind="string"), "调用", {}).value is None


# -- imports (6.3.3) --------------------------------------------------------------------------------


def importing(dmn, name, body, other, own="urn:test"):
    line = f'<import name="{name}" namespace="{other}" importType="{DMN}"/>'
    return dmn.document(line + body, own=own)


def required(kind, href):
    return f'<{kind[0]} id="r{abs(hash(href))}"><{kind[1]} href="{href}"/></{kind[0]}>'


DECISION = ("informationRequirement", "requiredDecision")


def test_an_import_without_a_name_puts_everything_side_by_side(dmn):
    other = dmn.document(
        item("t类", "string", allowed='"甲"') + dmn.decision("底", literal("40")), own="urn:o"
    )
    body = f'<decision id="d" name="顶"><variable name="顶"/>{required(DECISION, "urn:o#d_底")}'
    body += literal("底 + 2") + "</decision>" + dmn.decision("类", literal('"乙"'), kind="t类")

    model = read(importing(dmn, "", body, "urn:o"), find=lambda *_: other)

    assert decide(model, "顶", {}).value == 42
    assert decide(model, "类", {}).value is None


def test_inputs_of_an_imported_model_are_given_under_the_imports_name(dmn):
    base = dmn.document(
        dmn.given("人:string") + dmn.decision("问候", literal('"你好" + 人'), "#i_人"), own="urn:a"
    )

    def middle(own):
        body = f'<decision id="d" name="转"><variable name="转"/>{required(DECISION, "urn:a#d_问候")}'
        return importing(dmn, "甲", body + literal("甲.问候") + "</decision>", "urn:a", own)

    files = {"urn:a": base, "urn:b": middle("urn:b"), "urn:c": middle("urn:c")}
    top = "".join(
        f'<import name="{name}" namespace="{other}" importType="{DMN}"/>'
        for name, other in (("乙", "urn:b"), ("丙", "urn:c"))
    )
    top += f'<decision id="t" name="顶"><variable name="顶"/>{required(DECISION, "urn:b#d")}'
    top += required(DECISION, "urn:c#d") + literal("[乙.转, 丙.转]") + "</decision>"
    model = read(dmn.document(top), find=lambda namespace, _: files[namespace])

    nested = {"乙": {"甲": {"人": "王"}}, "丙": {"甲": {"人": "李"}}}

    assert decide(model, "顶", nested).value == ["你好王", "你好李"]
    assert decide(model, "顶", {"人": "赵"}).value == ["你好赵", "你好赵"]


def test_types_of_an_import_are_reached_through_its_name(dmn):
    other = dmn.document(item("t类", "string", allowed='"甲","乙"'), own="urn:o")
    body = dmn.decision("好", literal('"甲"'), kind="公用.t类") + dmn.decision(
        "坏", literal('"丙"'), kind="公用.t类"
    )

    model = read(importing(dmn, "公用", body, "urn:o"), find=lambda *_: other)

    assert decide(model, "好", {}).value == "甲"
    assert decide(model, "坏", {}).value is None


def test_an_import_that_is_not_given_along_is_refused(dmn):
    with pytest.raises(Unreadable, match="没有找到引用的文件“公用”"):
        read(importing(dmn, "公用", "", "urn:o"))


def test_models_that_import_each_other_are_read_once(dmn):
    files = {
        "urn:a": importing(dmn, "乙", dmn.decision("一", literal("1")), "urn:b", "urn:a"),
        "urn:b": importing(dmn, "甲", dmn.decision("二", literal("2")), "urn:a", "urn:b"),
    }

    model = read(files["urn:a"], find=lambda namespace, _: files[namespace])

    assert decide(model, "一", {}).value == 1
