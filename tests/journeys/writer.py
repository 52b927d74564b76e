"""Begins cases and completes their steps until it is ended: `python -m tests.journeys.writer URL FOLDER N`.

``N`` tells writers apart: each has households of its own. It says `working` once it has taken a first step.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.clock import TurnableClock
from tests.workflows.desks import Town
from workflows.errors import Unavailable

ACTS = ("apply", "check", "review")


def patiently(act):
    """Do it; where the database was busy too long, do it again."""
    while True:
        try:
            return act()
        except Unavailable:
            continue


def main():
    url, folder, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    town = Town(url, folder, TurnableClock(datetime(2026, 3, 16, 1, 0, tzinfo=UTC)))
    town.households = 1_000 * number
    told = False
    while True:
        subject = patiently(lambda: town.begun("apply"))
        for act in ACTS[1:]:
            patiently(lambda act=act, subject=subject: town.take(subject, act))
        if not told:
            sys.stdout.write("working\n")
            sys.stdout.flush()
            told = True


if __name__ == "__main__":
    main()
