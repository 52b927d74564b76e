"""Every occasion that anybody promises a message about has words, inside and outside."""

import ast
import string
from functools import cache

import pytest

from app.messages.occasions import ABOUT, FILLED_IN, GROUPS, Occasion, inside, outside
from tests.guards.sources import sources


@cache
def promised():
    """Every promise of a message in the sources: where, its possible occasions, and what it brings along."""
    return list(_promised())


def _promised():
    for path, tree in sources("workflows", "app").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "promise":
                given = {word.arg: word.value for word in node.keywords}
                if "about" in given:
                    yield f"{path}:{node.lineno}", _literals(given["about"]), given


def _literals(value):
    return [
        part.value
        for part in ast.walk(value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def _named(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_messages_are_promised_about_something():
    assert {"transferred", "reminded"} <= {name for _, names, _ in promised() for name in names}


def test_every_promise_says_its_occasion_where_a_reader_sees_it():
    assert [where for where, names, _ in promised() if not names] == []


def test_every_occasion_promised_anywhere_has_words():
    missing = [f"{where} {name}" for where, names, _ in promised() for name in names if name not in ABOUT]

    assert missing == []


def test_what_a_sentence_names_is_filled_in_or_brought_along_by_the_promise():
    wrong = [
        f"{where} {name}: {sorted(lacking)}"
        for where, names, given in promised()
        for name in names
        # What comes by ** cannot be seen here.
        if None not in given and (lacking := _named(ABOUT[name].inside) - set(FILLED_IN) - given.keys())
    ]

    assert wrong == []


@pytest.mark.parametrize("name", ABOUT)
def test_an_occasion_belongs_to_a_group_and_says_outside_nothing_of_a_person(name):
    occasion = ABOUT[name]

    assert isinstance(occasion, Occasion)
    assert occasion.group in GROUPS
    assert occasion.outside
    assert _named(occasion.outside) == set()
    assert not occasion.outside.endswith("。")


def test_a_promise_may_bring_words_of_its_own_along(monkeypatch):
    monkeypatch.setitem(
        ABOUT, "due_soon", Occasion("time", "有待办快到期", "还剩{left}：{step}（{number}）。")
    )
    payload = {"about": "due_soon", "left": "2 个工作日", "case": "DS2026-1"}

    assert inside(payload, None) == "还剩2 个工作日：（DS2026-1）。"
    assert outside(payload, None) == "有待办快到期（办件 DS2026-1）"
