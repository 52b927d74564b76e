"""Names come from the counter, not from the trade."""

import ast
import re

from tests.guards.sources import sources

TRADE = re.compile(r"(Manager|Helper|Util|Utils|Handler|Service|Processor)$")
PLAIN = re.compile(r"(^|_)(manager|helper|helpers|util|utils|misc|common)(_|$)")


def test_no_class_is_named_after_the_trade():
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources("workflows", "forms", "app").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and TRADE.search(node.name)
    ]

    assert not found, "\n".join(found)


def test_no_module_is_a_drawer_for_odds_and_ends():
    found = [str(path) for path in sources("workflows", "forms", "app") if PLAIN.search(path.stem)]

    assert not found, "\n".join(found)
