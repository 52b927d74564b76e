"""DMN 1.5, boxed expressions and types, row by row."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.workflows.decisions.parts import context, entry, function, item, knowledge, literal
from workflows.decisions import decide, read


@pytest.fixture
def boxed(dmn):
    """The outcome of one boxed expression over some inputs."""

    def make(logic, *, kind="", before="", inputs=(), needs=(), **given):
        asked = [f"#i_{name.partition(':')[0]}" for name in inputs]
        body = before + dmn.given(*inputs) + dmn.decision("结果", logic, *asked, *needs, kind=kind)
        return decide(read(dmn.document(body)), "结果", given)

    return make


# -- boxed expressions (10.2.1) ---------------------------------------------------------------------

NESTED = context(
    entry("a", literal("1")),
    entry("b", context(entry("c", literal("a + 1")), entry("d", literal("c * 10")))),
    entry("", literal("b.d + a")),
)
BOXES = [
    ("nested contexts see what stands before", NESTED, "21"),
    ("a context without a result is the context", context(entry("a", literal("1"))), "{a: 1}"),
    ("an entry is fitted to its type", context(entry("a", literal('"x"'), "number")), "{a: null}"),
    (
        "a function among the entries",
        context(entry("f", function(["x"], literal("x + 1"))), entry("", literal("f(2)"))),
        "3",
    ),
    (
        "a function that takes its parameters by name",
        context(entry("f", function(["x", "y"], literal("x - y"))), entry("", literal("f(y: 1, x: 5)"))),
        "4",
    ),
    (
        "a closure keeps its context",
        context(
            entry("k", literal("10")),
            entry("f", function(["x"], literal("x * k"))),
            entry("", literal("for i in [1, 2] return f(i)")),
        ),
        "[10, 20]",
    ),
    (
        "a table inside a context",
        context(
            entry("x", literal("7")),
            entry(
                "y",
                '<decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>x</text></inputExpression>'
                "</input><output/><rule><inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>x * 2"
                "</text></outputEntry></rule></decisionTable>",
            ),
            entry("", literal("y")),
        ),
        "14",
    ),
    (
        "a list of mixed boxes",
        f"<list>{literal('1')}{context(entry('a', literal('2')))}</list>",
        "[1, {a: 2}]",
    ),
    (
        "a relation with an empty cell",
        '<relation><column name="a"/><column name="b"/><row>'
        + literal("1")
        + "<literalExpression/></row></relation>",
        "[{a: 1, b: null}]",
    ),
    (
        "a relation filtered",
        context(
            entry(
                "r",
                '<relation><column name="a"/><row>'
                + literal("1")
                + "</row><row>"
                + literal("2")
                + "</row></relation>",
            ),
            entry("", literal("r[a = 2].a")),
        ),
        "[2]",
    ),
    (
        "a conditional whose condition is null",
        "<conditional><if>"
        + literal("null")
        + "</if><then>"
        + literal("1")
        + "</then><else>"
        + literal("2")
        + "</else></conditional>",
        "2",
    ),
    (
        "a for over partial results",
        '<for iteratorVariable="i"><in>'
        + literal("[1..4]")
        + "</in><return>"
        + literal("if i = 1 then 1 else partial[-1] * i")
        + "</return></for>",
        "[1, 2, 6, 24]",
    ),
    (
        "a for inside a for",
        '<for iteratorVariable="i"><in>'
        + literal("[1, 2]")
        + '</in><return><for iteratorVariable="j"><in>'
        + literal("[i, 10]")
        + "</in><return>"
        + literal("i * j")
        + "</return></for></return></for>",
        "[[1, 10], [4, 20]]",
    ),
    (
        "a for over nothing",
        '<for iteratorVariable="i"><in>' + literal("[]") + "</in><return>" + literal("i") + "</return></for>",
        "[]",
    ),
    (
        "some of an empty list",
        '<some iteratorVariable="i"><in>'
        + literal("[]")
        + "</in><satisfies>"
        + literal("i")
        + "</satisfies></some>",
        "false",
    ),
    (
        "every of an empty list",
        '<every iteratorVariable="i"><in>'
        + literal("[]")
        + "</in><satisfies>"
        + literal("i")
        + "</satisfies></every>",
        "true",
    ),
    (
        "a filter over contexts sees their names",
        "<filter><in>"
        + literal("[{a: 1}, {a: 5}]")
        + "</in><match>"
        + literal("a &gt; 3")
        + "</match></filter>",
        "[{a: 5}]",
    ),
    (
        "a filter over one value",
        "<filter><in>" + literal("5") + "</in><match>" + literal("item &gt; 3") + "</match></filter>",
        "[5]",
    ),
    ("an invocation of a built-in function", "<invocation>" + literal("abs")
     + '<binding><parameter name="n"/>' + literal("-3") + "</binding></invocation>", "3"),
    ("an empty expression", "<literalExpression><text></text></literalExpression>", "null"),
    ("an expression in another language", literal("1", 'expressionLanguage="http://www.java.com"'), "null"),
    (
        "an expression that says it is FEEL",
        literal("1", 'expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/"'),
        "1",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("logic", "value"), [row[1:] for row in BOXES], ids=[row[0] for row in BOXES])
def test_a_boxed_expression(boxed, logic, value):
    assert boxed(logic).feel == value


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_a_foreign_function_is_refused_with_its_kind(boxed, kind):
    before = knowledge("外部", ["x"], literal("1"), attributes=f'kind="{kind}"')

    outcome = boxed(literal("外部(1)"), before=before, needs=["?b_外部"])

    assert outcome.value is None
    assert any(f"不运行外部函数（{kind}）" in problem.sentence for problem in outcome.errors)


# -- types (7.3.2, 10.3.2.9) ------------------------------------------------------------------------

FITS = [
    ("number", "1", "1"),
    ("number", '"1"', "null"),
    ("number", "[1]", "1"),
    ("number", "[1, 2]", "null"),
    ("feel:number", "1", "1"),
    ("string", "1", "null"),
    ("date and time", 'date("2024-01-01")', '@"2024-01-01T00:00:00Z"'),
    ("date", 'date and time("2024-01-01T00:00:00")', "null"),
    ("t数列", "1", "[1]"),
    ("t数列", "[1, 2]", "[1, 2]"),
    ("t数列", '[1, "a"]', "null"),
    ("t类", '"甲"', '"甲"'),
    ("t类", '"丙"', "null"),
    ("t类列", '["甲", "乙"]', '["甲", "乙"]'),
    ("t类列", '["甲", "丙"]', "null"),
    ("t短列", "[1]", "[1]"),
    ("t短列", "[1, 2, 3]", "null"),
    ("t户", '{名: "王", 数: [1, 2]}', '{名: "王", 数: [1, 2]}'),
    ("t户", '{名: "王", 数: [1], 别: 2}', '{名: "王", 数: [1], 别: 2}'),
    ("t户", '{名: "王"}', "null"),
    ("t户", "{名: 3, 数: [1]}", "null"),
    ("t正", "5", "5"),
    ("t正", "-5", "null"),
    ("t小正", "5", "5"),
    ("t小正", "50", "null"),
    ("Any", '"x"', '"x"'),
    ("years and months duration", 'duration("P1Y")', '@"P1Y"'),
    ("days and time duration", 'duration("P1Y")', "null"),
]  # fmt: skip
TYPES = (
    item("t数列", "number", many=True)
    + item("t类", "string", allowed='"甲","乙"')
    + item("t类列", "string", allowed='"甲","乙"', many=True)
    + item("t短列", "number", constraint="count(?) &lt; 3", many=True)
    + item("t户", parts=[("名", "string", False), ("数", "number", True)])
    + item("t正", "number", allowed="&gt; 0")
    + item("t小正", "t正", allowed="&lt; 10")
)


@pytest.mark.parametrize(("kind", "text", "value"), FITS)
def test_a_result_is_fitted_to_its_declared_type(boxed, kind, text, value):
    outcome = boxed(literal(text.replace("<", "&lt;")), kind=kind, before=TYPES)

    assert outcome.feel == value
    assert (value == "null") == bool(outcome.errors)


@pytest.mark.parametrize(("kind", "text", "value"), FITS)
def test_an_argument_is_fitted_to_its_parameter(boxed, kind, text, value):
    before = TYPES + knowledge("照样", [f"x:{kind}"], literal("x"))

    assert boxed(literal(f"照样({text})"), before=before, needs=["?b_照样"]).feel == value


def test_json_dates_become_dates_deep_inside(boxed):
    types = item("t人", parts=[("生", "date", False)]) + item("t人们", "t人", many=True)

    outcome = boxed(
        literal("for one in 人们 return one.生.year"),
        before=types,
        inputs=["人们:t人们"],
        人们=[{"生": "2001-02-03"}, {"生": "1999-12-31"}],
    )

    assert outcome.value == [Decimal(2001), Decimal(1999)]


def test_python_dates_go_in_and_come_out(boxed):
    outcome = boxed(literal("[日, 时]"), inputs=["日", "时"], 日=date(2024, 1, 2), 时=datetime(2024, 1, 2, 3))

    assert outcome.value == [date(2024, 1, 2), datetime(2024, 1, 2, 3)]
