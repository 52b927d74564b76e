import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.feel import FeelSyntaxError, evaluate, evaluate_recording, parse, to_json, unary

PAYLOADS = [
    "__import__('os').system('touch PWNED')",
    '__import__("os").system("touch PWNED")',
    "().__class__.__base__.__subclasses__()",
    "[c for c in ().__class__.__base__.__subclasses__()][0]",
    "(lambda f: f.__globals__['__builtins__'])(lambda: 0)",
    '"{0.__class__}".format(())',
    "f'{1}'",
    'd.get("x")',
    "d.clear()",
    "d.__class__",
    "d.k.real",
    '"abc".upper()',
    '"abc".__class__',
    'getattr(d, "k")',
    'open("/etc/passwd").read()',
    "globals()",
    'exec("1")',
    "x.now()",
    "count.body",
    "count.__globals__",
    "(function(x) x).body",
    '@"2024-01-01".isoformat()',
    '@"2024-01-01".ordinal',
    "date.today()",
    'function(a) external {java: {class: "java.lang.Runtime", method signature: "exec(java.lang.String)"}}',
    '(function(a) external {java: {class: "java.lang.Runtime"}})("x")',
    "1 << 10",
    "1j",
    "...",
    "b'x'",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_of_python_is_reachable(payload):
    scope = {"d": {"k": 1}, "x": object()}

    value = evaluate_recording(payload, scope).value

    assert to_json(value) is None
    assert scope["d"] == {"k": 1}


@pytest.mark.parametrize(
    "bomb",
    [
        "9**9**9**9",
        "10**400000",
        "for a in 1..1000000, b in 1..1000000 return 1",
        "every a in 1..100000000 satisfies a > 0",
        "{f: function(x) f(x), r: f(1)}.r",
        "{f: function(x) [f(x), f(x)], r: f(1)}.r",
        "(function(f) f(f))(function(f) f(f))",
        "for i in 1..60 return if i = 1 then [1, 1] else concatenate(partial[-1], partial[-1])",
        'for i in 1..60 return if i = 1 then "xx" else partial[-1] + partial[-1]',
        "sort(for i in 1..90000 return -i, function(x, y) (for k in 1..1000 return k)[1] > 0)",
        "string(9**6000)",
        '@"P999999999999Y" * 10**30',
        'date("2024-01-01") + @"P1D" * 10**15',
        "decimal(1, 10**30)",
        "10**10**10",
        "[1][10**6000]",
        'substring("a", 10**6000)',
    ],
)
def test_a_bomb_fizzles_into_a_value_or_null(bomb):
    result = evaluate_recording(bomb)

    assert result.errors or result.value is not None


def doubling(step, first, times=40):
    """A context in which each entry is made of the one before it, twice."""
    entries = ", ".join(f"a{i}: {step.format(f'a{i - 1}')}" for i in range(1, times))
    return f"{{a0: {first}, {entries}}}.a{times - 1}"


LISTS = doubling("[{0}, {0}]", "[1, 1]")
BIG_TEXT = 'string join(for i in 1..19000 return "0123456789")'
HOSTILE = [
    doubling("{0} + {0}", '"0123456789"'),
    LISTS,
    doubling("{{l: {0}, r: {0}}}", "{b: 1}"),
    f"string({LISTS})",
    f"{LISTS} = {LISTS}",
    f"distinct values([{LISTS}])",
    f"count(flatten({LISTS}))",
    f"[{LISTS}][item = {LISTS}]",
    "for i in 1..3000 return partial",
    "for i in 1..5000 return [partial[-1]]",
    "string(for i in 1..5000 return [partial[-1]])",
    f"{{b: {BIG_TEXT}, r: for i in 1..90000 return b}}.r",
    f"{{b: {BIG_TEXT}, r: for i in 1..90000 return b + string(i)}}.r",
    f"{{b: {BIG_TEXT}, r: for i in 1..90000 return upper case(b)}}.r",
    "for i in 1..90000 return [" + "i + 1," * 3000 + "1][1]",
    "{f: function(i) [" + "i + 1," * 3000 + "1][1], r: for i in 1..90000 return f(i)}.r",
    "for i in 1..90000 return [" + "1," * 9000 + "1]",
    "string(for i in 1..90000 return 10**6000)",
    'for i in 1..19000 return matches("a", "(x{100}){40}" + string(i))',
    'for i in 1..19000 return matches("' + "a" * 60 + '!", "^(a+)+(a+)+(a+)+$")',
    'for i in 1..90000 return range("[1.." + string(i) + "]")',
    "{l: for i in 1..90000 return i, r: for j in 1..90000 return index of(l, -1)}.r",
    "{l: for i in 1..90000 return i, r: for j in 1..90000 return -1 in l}.r",
    "{l: for i in 1..90000 return i, r: for j in 1..90000 return l instance of list<number>}.r",
    "for i in 1..250000 return exp(i / 1000)",
    'for d in @"0001-01-01"..@"999999999-01-01" return d',
]


@pytest.mark.parametrize("bomb", HOSTILE, ids=range(len(HOSTILE)))
def test_what_grows_without_end_is_null_with_a_reason_and_the_reason_is_a_limit(bomb):
    result = evaluate_recording(bomb)

    assert result.value is None
    assert any(re.search("过长|过大|过深|上限|过于复杂", problem.sentence) for problem in result.errors)


def test_what_an_element_saw_of_the_results_so_far_does_not_grow_afterwards():
    assert evaluate("for i in 1..3 return partial") == [[], [[]], [[], [[]]]]


def test_a_number_beyond_the_standard_s_range_is_null_before_it_is_written_out():
    for huge in (Decimal("1e999999999"), 10**7000, Decimal("-1e7000")):
        assert evaluate("x", {"x": huge}) is None
    assert evaluate("x", {"x": Decimal("1e-999999999")}) == 0
    assert unary("< 5", 10**7000) is None


def test_a_host_s_function_counts_as_work():
    result = evaluate_recording("for i in 1..9000 return f(i)", functions={"f": lambda i: i})

    assert result.value is None
    assert result.errors


def test_only_the_latest_expressions_are_kept_and_few_long_ones():
    short, long = parse("first + 1"), parse("first + 1" + " " * 1_000)
    assert parse("first + 1") is short
    assert parse("first + 1" + " " * 1_000) is long

    for number in range(5_000):
        parse(f"{number} + 1")
    assert parse("first + 1") is not short
    assert parse("first + 1" + " " * 1_000) is long

    for number in range(70):
        parse(f"{number} + 1" + " " * 1_000)
    assert parse("first + 1" + " " * 1_000) is not long


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + "1" + ")" * 300,
        "[" * 5000,
        "-" * 5000 + "1",
        "not(" * 500 + "true" + ")" * 500,
        "+".join(["1"] * 5000),
        "a" + ".b" * 5000,
        "if true then " * 300 + "1",
        "x" * 20_001,
        "{a:" * 300,
        '"' + "\\" * 101,
        "1" + "0" * 7000,
    ],
)
def test_an_unreasonable_text_is_refused_when_read(text):
    with pytest.raises(FeelSyntaxError):
        parse(text)


def test_data_that_is_no_data_is_null():
    assert evaluate("x", {"x": object()}) is None
    assert evaluate("x", {"x": float("nan")}) is None

    loop: list[object] = []
    loop.append(loop)
    assert evaluate("x", {"x": loop}) is None


@given(st.text(alphabet='abx1.,()[]{}<>=-+*/"@: ?\n乡', max_size=40))
def test_any_text_is_answered_or_refused_with_a_place(text):
    result = evaluate_recording(text, {"a": 1, "b": [1, {"x": "y"}]})

    assert all(problem.line >= 1 and problem.sentence for problem in result.errors)


PIECES = st.sampled_from(
    'a b c 1 2.5 "x" null true [1,2] {a:1} @"P1D" + - * / ** and or ( ) [ ] . .. , in for return if then else'
    " some satisfies between instance of number date( sum( < <= = != function(x) not( ?".split(),
)


@given(st.lists(PIECES, max_size=25))
def test_any_row_of_tokens_is_answered_or_refused(pieces):
    assert isinstance(evaluate_recording(" ".join(pieces), {"a": 1, "b": "x"}).errors, tuple)
