from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from workflows.feel import (
    DaysTime,
    FeelSyntaxError,
    YearsMonths,
    evaluate,
    evaluate_recording,
    names,
    parse,
    unary,
)

SCOPE = {
    "household_check": {"conclusion": "不属实", "人数": 3},
    "end of notice": "2026-11-25",
    "Pre-bureau risk": {"a-b": 7},
    "总额": 10000.10,
    "项目": [{"名称": "水渠", "金额": 5}, {"名称": "桥", "金额": 8}],
    "a": 5,
    "b": 3,
    "空": None,
}
EQUAL = [
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("-2 ** 2", "4"),
    ("2 ** 3 ** 2", "64"),
    ("10 - 4 - 3", "3"),
    ("0.1 + 0.2", "0.3"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
    ("1.5e3", "1500"),
    (".5 + 1", "1.5"),
    ("a - b", "2"),
    ("a-b", "2"),
    ("Pre-bureau risk.a-b + 1", "8"),
    ("总额 * 2", "20000.2"),
    ('"乡" + "审"', '"乡审"'),
    ('"\\u4e61\\U01F40E"', '"乡🐎"'),
    ('household_check.conclusion = "不属实"', "true"),
    ("household_check . 人数", "3"),
    ('date(end of notice) > @"2026-11-20"', "true"),
    ('项目[名称 = "桥"].金额', "[8]"),
    ("项目[2].名称", '"桥"'),
    ("项目[-1].名称", '"桥"'),
    ("项目.金额", "[5, 8]"),
    ("sum(项目.金额)", "13"),
    ("[1, 2, 3][item >= 2]", "[2, 3]"),
    ("5[1]", "5"),
    ("[1, 2, 3][4]", "null"),
    ("[][1]", "null"),
    ("{x: 1, y: x + 1}.y", "2"),
    ('{"带 空格": 1}.带 空格', "1"),
    ("if a > 3 then 1 else 2", "1"),
    ("if null then 1 else 2", "2"),
    ("for i in 1..3 return i * i", "[1, 4, 9]"),
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in [1, 2], j in [10, i] return i + j", "[11, 2, 12, 4]"),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', "[28, 29, 1]"),
    ("some x in [1, 2] satisfies x > 1", "true"),
    ("every x in [1, 2] satisfies x > 1", "false"),
    ("every x in [] satisfies x > 1", "true"),
    ("(function(n: number, m) n + m)(n: 1, m: 2)", "3"),
    ('(function(n: number) n)("x")', "null"),
    ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(20)}.r", "2432902008176640000"),
    ("{f: function(a b, c) a b - c, r: f(c: 1, a b: 5)}.r", "4"),
    ("5 between 1 and 5 and true", "true"),
    ("5 in [1..5)", "false"),
    ("5 in ]4..6[", "true"),
    ("5 in (< 3, [4..6])", "true"),
    ("5 in (> 5)", "false"),
    ("5 in [1, 5]", "true"),
    ('"a" in ("b", "a")', "true"),
    ("[1..5).end included", "false"),
    ("(< 5).end", "5"),
    ("1 = null", "false"),
    ("null = null", "true"),
    ('1 = "1"', "null"),
    ("[1, [2]] = [1, [2]]", "true"),
    ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
    ("1 < null", "null"),
    ("a /* 说明 */ + b // 结尾", "8"),
    ("1 instance of number", "true"),
    ("null instance of Any", "false"),
    ("[1, 2] instance of list<number>", "true"),
    ('[1, "a"] instance of list<number>', "false"),
    ("{a: 1} instance of context<a: number>", "true"),
    ("[1..2] instance of range<number>", "true"),
    ('@"P1Y" instance of years and months duration', "true"),
    ('@"2024-01-01T00:00:00" instance of date and time', "true"),
    ("(function(x: number) x) instance of function<number> -> Any", "true"),
]


@pytest.mark.parametrize(("text", "same_as"), EQUAL)
def test_an_expression_gives_what_the_standard_says(text, same_as):
    assert evaluate(text, SCOPE) == evaluate(same_as)


@pytest.mark.parametrize("left", [True, False, None])
@pytest.mark.parametrize("right", [True, False, None])
def test_and_and_or_know_three_truth_values(left, right):
    scope = {"l": left, "r": right}

    both = False if left is False or right is False else None if None in (left, right) else True
    either = True if left is True or right is True else None if None in (left, right) else False

    assert evaluate("l and r", scope) is both
    assert evaluate("l or r", scope) is either


@pytest.mark.parametrize(
    ("test", "value", "passes"),
    [
        ("-", None, True),
        ("< 5", 4, True),
        ("< 5, > 10", 7, False),
        ("[1..3)", 3, False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "c", True),
        ('not("a")', "a", False),
        ("null", None, True),
        ("not(null)", None, False),
        ("? > 3 and ? < 5", 4, True),
        ('contains(?, "公")', "公示", True),
        ("limit", 9, True),
        ("true", False, False),
        ("false", False, True),
        ("[1, 2, 3]", 2, True),
        ("-5", -5, True),
        ('> @"2024-02-29"', date(2024, 3, 1), True),
        ("< 5", "x", None),
    ],
)
def test_a_cell_is_put_to_a_value(test, value, passes):
    assert unary(test, value, {"limit": 9}) is passes


def test_python_values_cross_the_border_both_ways():
    scope = {
        "d": date(2024, 2, 29),
        "t": time(8, 30),
        "m": datetime(2024, 1, 1, tzinfo=UTC),
        "n": 1.1,
        "tuple": (1, 2),
    }

    assert evaluate('d + @"P1Y"', scope) == date(2025, 2, 28)
    assert evaluate('t + @"PT45M"', scope) == time(9, 15)
    assert evaluate('m + @"P1D"', scope) == datetime(2024, 1, 2, tzinfo=UTC)
    assert evaluate("n * 3", scope) == Decimal("3.3")
    assert evaluate("tuple", scope) == [1, 2]
    assert evaluate('@"P1Y2M"') == YearsMonths(14)
    assert evaluate('@"PT1S"') == DaysTime(10**9)


def test_what_became_null_says_why_and_where():
    result = evaluate_recording('1 +\n  未知 + "a"')

    assert result.value is None
    assert (result.errors[0].line, result.errors[0].column) == (2, 3)
    assert result.errors[0].sentence == "未知名称“未知”"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("1 +", 1, 4),
        ("if a then b", 1, 12),
        ("a\n  ) b", 2, 3),
        ('"没有结束', 1, 1),
        ("[1..", 1, 5),
        ("", 1, 1),
    ],
)
def test_a_text_that_cannot_be_read_names_the_place(text, line, column):
    with pytest.raises(FeelSyntaxError) as refused:
        parse(text)

    assert (refused.value.line, refused.value.column) == (line, column)
    assert refused.value.sentence


def test_the_host_lends_functions_and_the_moment():
    at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def workdays(days: Decimal) -> date:
        return date(2026, 11, 22 + int(days))

    assert evaluate("workdays(3)", {}, functions={"workdays": workdays}) == date(2026, 11, 25)
    assert evaluate("today()", at=at) == date(2026, 11, 22)
    assert evaluate("now() - now()", at=at) == DaysTime(0)
    assert evaluate("today()") is None


def test_the_names_an_expression_needs_leave_out_its_own():
    text = "for x in 清单 return x + 单价 + count([1]) + {y: 1, z: y}.z"

    assert names(parse(text)) == {"清单", "单价"}
