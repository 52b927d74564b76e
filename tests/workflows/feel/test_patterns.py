import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.feel import evaluate, evaluate_recording


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "fits"),
    [
        ("150602199001011234", "^[0-9]{17}[0-9X]$", "", True),
        ("foobar", "^fo*bar$", "", True),
        ("FOO", "foo", "i", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", "m", True),
        ("ab", "a b", "x", True),
        ("a.b", "a.b", "q", True),
        ("axb", "a.b", "q", False),
        ("e", "[a-z-[aeiou]]", "", False),
        ("审", r"\p{IsCJKUnifiedIdeographs}", "", True),
        ("Ⅷ", r"\p{Nl}", "", True),
        ("abab", r"(ab)\1", "", True),
        ("x", "[^x]", "", False),
    ],
)
def test_a_pattern_matches_as_in_xpath(text, pattern, flags, fits):
    scope = {"t": text, "p": pattern, "f": flags}

    assert evaluate("matches(t, p, f)", scope) is fits


@pytest.mark.parametrize(
    "pattern", ["(", "a)", "[a", "*a", "a**", "a{2,1}", r"\1", r"\q", "(?=a)", "[z-a]", r"\p{X}"]
)
def test_what_is_no_pattern_is_null_with_a_reason(pattern):
    result = evaluate_recording("matches(t, p)", {"t": "a", "p": pattern})

    assert result.value is None
    assert result.errors


@pytest.mark.parametrize(
    ("call", "same_as"),
    [
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', '"[1=ab][2=]cd"'),
        ('replace("a.b.c", "\\\\.", "-")', '"a-b-c"'),
        ('replace("abra", "a", "\\\\$")', '"$br$"'),
        ('replace("abc", "x*", "-")', "null"),
        ('replace("aaa", "a{2}?", "b")', '"ba"'),
        ('split("John  Doe", "\\\\s+")', '["John", "Doe"]'),
        ('extract("a1b22", "[0-9]+")', '["1", "22"]'),
    ],
)
def test_replacing_and_splitting_follow_the_pattern(call, same_as):
    assert evaluate(call) == evaluate(same_as)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a*)*b", "a*a*a*a*a*b", r"(a|aa)*\1b", "(.*)(.*)(.*)=", "(x?){900}y"]
)
def test_a_hostile_pattern_ends(pattern):
    result = evaluate_recording("matches(t, p)", {"t": "a" * 400 + "!", "p": pattern})

    assert result.value in (False, None)


@given(st.text("abc", max_size=12), st.from_regex(r"\A([abc.]|[abc][*+?]|\([abc]\|[abc]+\)){1,5}\Z"))
def test_simple_patterns_agree_with_pythons(text, pattern):
    expected = re.search(pattern, text) is not None

    assert evaluate("matches(t, p)", {"t": text, "p": pattern}) is expected
