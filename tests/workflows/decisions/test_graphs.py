from datetime import date
from decimal import Decimal

import pytest

from workflows.decisions import NoSuchDecision, decide, read

LINE = (
    '<businessKnowledgeModel id="b_线" name="监测线"><variable name="监测线"/><encapsulatedLogic>'
    '<formalParameter name="年" typeRef="number"/><literalExpression>'
    "<text>if 年 &gt;= 2024 then 8300 else 6500</text></literalExpression>"
    "</encapsulatedLogic></businessKnowledgeModel>"
)


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


@pytest.fixture
def graph(dmn):
    body = (
        '<itemDefinition name="t户"><itemComponent name="收入"><typeRef>number</typeRef></itemComponent>'
        '<itemComponent name="登记-日"><typeRef>date</typeRef></itemComponent></itemDefinition>'
        '<itemDefinition name="t类"><typeRef>string</typeRef>'
        '<allowedValues><text>"低","高"</text></allowedValues></itemDefinition>'
        + dmn.given("户:t户")
        + LINE
        + dmn.decision("线", literal("监测线(户.登记-日.year)"), "#i_户", "?b_线", kind="number")
        + dmn.decision("类", literal('if 户.收入 &lt; 线 then "低" else "高"'), "#i_户", "!d_线", kind="t类")
        + '<decisionService id="s" name="判定"><outputDecision href="#d_类"/><inputDecision href="#d_线"/>'
        '<inputData href="#i_户"/></decisionService>'
    )
    return read(dmn.document(body))


@pytest.mark.parametrize(
    ("income", "day", "kind"),
    [
        (6499, "2023-12-31", "低"),
        (6500, "2023-12-31", "高"),
        (8299.99, "2024-01-01", "低"),
        (8300, "2024-01-01", "高"),
    ],
)
def test_a_decision_asks_what_it_requires(graph, income, day, kind):
    outcome = decide(graph, "类", {"户": {"收入": income, "登记-日": day}})

    assert outcome.value == kind
    assert outcome.errors == ()


def test_services_and_knowledge_are_asked_by_name_too(graph):
    assert decide(graph, "监测线", {"年": 2024}).value == Decimal(8300)
    assert decide(graph, "判定", {"户": {"收入": 5}, "线": 4}).value == "高"
    assert decide(graph, "判定", {"户": {"收入": 5, "登记-日": date(2024, 1, 1)}, "线": 6}).value == "低"


def test_an_input_of_the_wrong_type_is_null_and_said(graph):
    outcome = decide(graph, "类", {"户": {"收入": "多", "登记-日": "2024-01-01"}})

    assert any("t户" in problem.sentence for problem in outcome.errors)


def test_a_missing_input_is_said(graph):
    outcome = decide(graph, "线", {})

    assert "缺少输入“户”" in {problem.sentence for problem in outcome.errors}


def test_an_unknown_decision_is_refused(graph):
    with pytest.raises(NoSuchDecision, match="没有名为“无”的决策"):
        decide(graph, "无", {})


def test_decisions_that_require_each_other_end_in_null(dmn):
    body = dmn.decision("甲", literal("乙"), "!d_乙") + dmn.decision("乙", literal("甲"), "!d_甲")

    outcome = decide(read(dmn.document(body)), "甲", {})

    assert outcome.value is None
    assert "成环" in outcome.errors[0].sentence


BOXES = [
    (
        '<context><contextEntry><variable name="基数" typeRef="number"/>'
        + literal("2")
        + "</contextEntry><contextEntry>"
        + literal("基数 * 3")
        + "</contextEntry></context>",
        Decimal(6),
    ),
    (
        '<context><contextEntry><variable name="a-b"/>' + literal("1") + "</contextEntry></context>",
        {"a-b": Decimal(1)},
    ),
    ("<list>" + literal("1") + literal("1 + 1") + "</list>", [Decimal(1), Decimal(2)]),
    (
        '<relation><column name="名"/><column name="数"/><row>'
        + literal('"甲"')
        + literal("1")
        + "</row></relation>",
        [{"名": "甲", "数": Decimal(1)}],
    ),
    (
        "<invocation>"
        + literal("监测线")
        + '<binding><parameter name="年"/>'
        + literal("2023")
        + "</binding></invocation>",
        Decimal(6500),
    ),
    (
        "<conditional><if>"
        + literal("true")
        + "</if><then>"
        + literal("1")
        + "</then><else>"
        + literal("2")
        + "</else></conditional>",
        1,
    ),
    (
        '<for iteratorVariable="x"><in>'
        + literal("1..3")
        + "</in><return>"
        + literal("x * 2")
        + "</return></for>",
        None,
    ),
    (
        '<for iteratorVariable="x"><in>'
        + literal("[1..3]")
        + "</in><return>"
        + literal("x * 2")
        + "</return></for>",
        [2, 4, 6],
    ),
    (
        '<some iteratorVariable="x"><in>'
        + literal("[1, 5]")
        + "</in><satisfies>"
        + literal("x &gt; 3")
        + "</satisfies></some>",
        True,
    ),
    (
        '<every iteratorVariable="x"><in>'
        + literal("[1, 5]")
        + "</in><satisfies>"
        + literal("x &gt; 3")
        + "</satisfies></every>",
        False,
    ),
    ("<filter><in>" + literal("[1, 5]") + "</in><match>" + literal("item &gt; 3") + "</match></filter>", [5]),
    (
        '<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="x" '
        'typeRef="number"/>'
        + literal("if x &lt; 2 then 1 else x * f(x - 1)")
        + "</functionDefinition></contextEntry><contextEntry>"
        + literal("f(5)")
        + "</contextEntry></context>",
        Decimal(120),
    ),
]


@pytest.mark.parametrize(("box", "value"), BOXES)
def test_a_boxed_expression_gives_its_value(dmn, box, value):
    model = read(dmn.document(LINE + dmn.decision("结果", box, "?b_线")))

    assert decide(model, "结果", {}).value == value


def test_an_imported_model_is_reached_under_its_name(dmn):
    other = dmn.document(LINE + dmn.given("年:number"), own="urn:other")
    body = (
        '<import name="公用" namespace="urn:other" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
        '<decision id="d" name="线"><knowledgeRequirement id="k"><requiredKnowledge href="urn:other#b_线"/>'
        "</knowledgeRequirement>" + literal("公用.监测线(2024)") + "</decision>"
    )

    model = read(
        dmn.document(body), find=lambda namespace, _location: other if namespace == "urn:other" else None
    )

    assert decide(model, "线", {}).value == Decimal(8300)


def test_a_singleton_list_and_its_element_stand_for_each_other(dmn):
    body = '<itemDefinition name="t数" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    body += dmn.decision("列", literal("1"), kind="t数") + dmn.decision("数", literal("[1]"), kind="number")
    model = read(dmn.document(body))

    assert decide(model, "列", {}).value == [Decimal(1)]
    assert decide(model, "数", {}).value == Decimal(1)
