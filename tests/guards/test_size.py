"""A file fits in the head, a function on a screen. What does not yet is listed, and the list only shrinks."""

import ast
from pathlib import Path

from tests.guards.sources import ROOT, sources, texts

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
EXCEPTIONS = Path(__file__).with_name("too_long.txt")
MOST_EXCEPTIONS = 0


def too_long() -> dict[str, int]:
    """Every file and function over its limit, with its number of lines."""
    lines = {
        str(path): text.count("\n")
        for path, text in texts().items()
        if path.suffix in {".py", ".js", ".mjs", ".html", ".sh", ".css"}
        and path.parts[:2] != ("migrations", "versions")
    }
    over = {name: count for name, count in lines.items() if count >= LONGEST_FILE}
    for path, tree in sources("app", "workflows", "forms", "bench").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = node.end_lineno - node.lineno + 1
                if count >= LONGEST_FUNCTION:
                    over[f"{path}:{node.name}"] = count
    return over


def exceptions() -> dict[str, int]:
    listed = [
        line.split() for line in EXCEPTIONS.read_text().splitlines() if line and not line.startswith("#")
    ]
    return {name: int(count) for name, count in listed}


def test_no_file_or_function_outgrows_its_limit():
    listed = exceptions()

    grown = [f"{name} has {count} lines" for name, count in too_long().items() if count > listed.get(name, 0)]

    assert not grown, "\n".join(grown)


def test_the_list_of_exceptions_only_shrinks():
    over = too_long()

    assert len(exceptions()) <= MOST_EXCEPTIONS
    assert [name for name in exceptions() if name not in over] == [], "no longer too long: strike them off"


def test_the_limits_are_those_of_the_linter():
    assert "max-complexity = 8" in (ROOT / "pyproject.toml").read_text()
