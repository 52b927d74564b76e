"""Every occasion that anybody promises a message about has words, inside and outside."""

import ast
import string
from functools import cache

import pytest

from app.messages.occasions import ABOUT, FILLED_IN, GROUPS, Occasion, inside, outside
from tests.guards.sources import sources


@cache
def promised():
    """Every promise of a message in the sources: where, its possible occasions, and what it brings along.

    None among what it brings means: more comes by **, which cannot be seen here.
    """
    found = []
    for path, tree in sources("workflows", "app").items():
        if path.parent.name != "messages":
            found += [(f"{path}:{line}", names, given) for line, names, given in Module(tree).promised()]
    return found


class Module:
    """One file of the sources, in which the occasions of its promises are looked up."""

    def __init__(self, tree):
        self._tree = tree
        self._functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]

    def promised(self):
        for function in self._functions:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "promise":
                    given = {word.arg: word.value for word in node.keywords}
                    if "about" in given:
                        yield node.lineno, self._words(given["about"], function), set(given)
                if isinstance(node, ast.Dict):
                    given = {
                        key.value if isinstance(key, ast.Constant) else None: value
                        for key, value in zip(node.keys, node.values, strict=True)
                    }
                    if "about" in given:
                        yield node.lineno, self._words(given["about"], function), {*given, None}

    def _words(self, value, function):
        """What an expression may be, as far as constants, choices, variables and parameters tell."""
        if isinstance(value, ast.Constant):
            return {value.value}
        if isinstance(value, ast.IfExp):
            return self._words(value.body, function) | self._words(value.orelse, function)
        if isinstance(value, ast.Name):
            return self._assigned(value.id, function) or self._passed(value.id, function)
        return set()

    def _assigned(self, name, function):
        return {
            word
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
            for word in self._words(node.value, function)
        }

    def _passed(self, name, function):
        """What callers in the same file give for a parameter."""
        place = [each.arg for each in function.args.args].index(name)
        return {
            word
            for caller in self._functions
            for node in ast.walk(caller)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function.name
            for word in self._words(node.args[place], caller)
        }


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
        if None not in given and (lacking := _named(ABOUT[name].inside) - set(FILLED_IN) - given)
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
