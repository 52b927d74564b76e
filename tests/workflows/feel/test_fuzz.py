"""Random expressions that mostly can be read: whatever they are, they come to a plain value or to null."""

import json
import random
from contextlib import suppress

import pytest

from workflows.feel import FeelSyntaxError, dumps, evaluate, evaluate_recording, to_literal, unary
from workflows.feel.functions import BUILT_IN

SCOPE = {
    "a": 1,
    "b c": -2.5,
    "文": "乡审",
    "d": {"e": [1, None, {"f": "x"}], "g-h": True},
    "l": [{"k": 1, "v": "甲"}, {"k": 2, "v": None}],
    "nothing": None,
}
ATOMS = (
    *("0", "1", "-1", "2.5", "1e3", "1e400", "9999999999999999999999999999999999", "null", "true", "false"),
    *('""', '"a"', '"乡审🐎"', '"1,000.5"', '"[1..2]"', '"a(b*)+"', '"2024-02-29"', '"P1Y"', '"\\u4e61\\n"'),
    *('@"2024-02-29"', '@"-0044-03-15"', '@"999999999-12-31"', '@"23:59:59.999999999"', '@"10:00:00Z"'),
    *('@"2024-02-29T10:00:00+08:00"', '@"2024-03-31T02:30:00@Europe/Paris"', '@"P1Y2M"', '@"-P1D"', '@"x"'),
    *("a", "b c", "文", "d", "d.e", "d.g-h", "l", "l.v", "nothing", "unknown", "?", "item", "partial"),
    *("[]", "{}", "[1..3]", "(1..3)", "(< 5)", '["a".."c"]', "abs", "function(x) x", "function(x: date) x"),
)  # fmt: skip
SHAPES = (
    *("{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / {1}", "{0} ** {1}", "-{0}", "({0})"),
    *("{0} = {1}", "{0} != {1}", "{0} < {1}", "{0} >= {1}", "{0} and {1}", "{0} or {1}", "not({0})"),
    *("{0} between {1} and {2}", "{0} in {1}", "{0} in ({1}, {2})", "{0} in (< {1})", "{0}[{1}]", "{0}.k"),
    *("[{0}, {1}, {2}]", "{{x: {0}, y y: {1}}}", "{{x: {0}, r: x}}.r", "[{0}..{1})", "(> {0})", "{0}.start"),
    *("if {0} then {1} else {2}", "for i in {0} return {1}", "for i in {0}, j in {1} return [i, j, {2}]"),
    *("for i in 1..3 return partial", "some i in {0} satisfies i = {1}", "every i in {0} satisfies {1}"),
    *("{0} instance of number", "{0} instance of list<Any>", "{0} instance of context<k: number>"),
    *("(function(x) {0})({1})", "(function(x: string, y) {0})(x: {1}, y: {2})", "{0}({1})", "({0}) /* 注 */"),
    *("string({0})", "range(string({0}))", "number(string({0}))", "sort({0}, function(x, y) x < y)"),
    *("{{f: function(n) if n < 1 then {0} else f(n - 1), r: f(3)}}.r", "{0}.year", "{0}.time offset"),
)
NAMES = sorted(BUILT_IN)


def expression(chance: random.Random, depth: int = 4) -> str:
    if depth == 0 or chance.random() < 0.15:
        return chance.choice(ATOMS)
    parts = [expression(chance, depth - 1) for _ in range(3)]
    if chance.random() < 0.35:
        name = chance.choice(NAMES)
        given = parts[: chance.choice((0, 1, 1, 2, 2, 3))]
        known = BUILT_IN[name].parameters
        if known and chance.random() < 0.3:
            given = [f"{key}: {part}" for key, part in zip(known, given, strict=False)]
        return f"{name}({', '.join(given)})"
    return chance.choice(SHAPES).format(*parts)


def broken(chance: random.Random, text: str) -> str:
    """The text with a few characters lost, doubled or moved."""
    letters = list(text)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(letters) + 1)
        letters[at : at + chance.randrange(3)] = chance.choice(
            ("", "(", "]", '"', "..", " ", "\n", "\\", "@", "e")
        )
    return "".join(letters)


def judged(text: str) -> None:
    result = evaluate_recording(text, SCOPE)

    assert evaluate_recording(text, SCOPE) == result or "function" in text or "abs" in text
    json.loads(dumps(result.value))
    assert to_literal(evaluate(to_literal(result.value))) == to_literal(result.value)
    assert all(problem.line >= 1 and problem.column >= 1 and problem.sentence for problem in result.errors)
    with suppress(FeelSyntaxError):
        assert unary(text, SCOPE["a"], SCOPE) in (True, False, None)


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_written_is_answered_with_a_plain_value_or_refused(seed):
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    for _ in range(120):
        text = expression(chance)
        judged(text)
        judged(broken(chance, text))
