"""Every change goes through one function that opens one transaction."""

from pathlib import Path

from tests.guards.sources import calls, sources

THE_DOOR = Path("workflows/commands.py")

# What begins here is a loop in a diagram or a rehearsed case; nothing is stored.
NO_TRANSACTIONS = (Path("workflows/spiff"), Path("workflows/designing/simulate.py"))


def test_transactions_begin_in_one_file_and_are_committed_nowhere_else():
    found = [
        f"{path}:{line} {receiver}.{name}()"
        for path, tree in sources("workflows", "forms", "app").items()
        for line, receiver, name in calls(tree)
        if path != THE_DOOR and not _stores_nothing(path) and name in {"begin", "commit"}
    ]

    assert not found, "\n".join(found)


def _stores_nothing(path: Path) -> bool:
    return any(path.is_relative_to(part) for part in NO_TRANSACTIONS)
