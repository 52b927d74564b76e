"""Business code is told what time it is; it never asks the machine."""

from pathlib import Path

from tests.guards.sources import calls, sources

CLOCKS = {Path("workflows/clock.py"), Path("workflows/spiff/timing.py")}
QUESTIONS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("func", "now"),
    ("func", "current_timestamp"),
}


def test_nobody_asks_the_machine_what_time_it_is():
    found = [
        f"{path}:{line} {receiver}.{name}()"
        for path, tree in sources("workflows", "forms", "app").items()
        for line, receiver, name in calls(tree)
        if path not in CLOCKS and (receiver, name) in QUESTIONS
    ]

    assert not found, "\n".join(found)
