"""Every change goes through one function that opens one transaction."""

from pathlib import Path

from tests.guards.sources import calls, sources

THE_DOOR = Path("workflows/commands.py")

# Knows no database (an import contract says so); what begins there is a loop in a diagram.
PURE = Path("workflows/spiff")


def test_transactions_begin_in_one_file_and_are_committed_nowhere_else():
    found = [
        f"{path}:{line} {receiver}.{name}()"
        for path, tree in sources("workflows", "forms", "app").items()
        for line, receiver, name in calls(tree)
        if path != THE_DOOR and PURE not in path.parents and name in {"begin", "commit"}
    ]

    assert not found, "\n".join(found)
