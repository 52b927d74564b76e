"""A process that completes items over and over and is killed: `python -m tests.journeys.victim URL FOLDER`.

It loads everything once; each line on its input makes a child that opens the database and works until it
is killed. The child's process id is printed, then `working` as soon as it has taken its first step.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.demo.desks import Subject
from app.demo.households import household
from tests.clock import TurnableClock
from tests.workflows.desks import Town
from workflows.work_items import OPEN, WorkItem

ACTS = {
    "household_check": "check",
    "village_review": "review",
    "publicity": "post",
    "township_review": "approve",
    "county_decision": "decide",
}
FEW = 6


def work(url, folder, life):
    """Go on with whatever is open; begin a case where there is little; never stop."""
    clock = TurnableClock(datetime(2026, 3, 16, 1, 0, tzinfo=UTC) + timedelta(days=40 * life))
    town = Town(url, folder, clock)
    town.households = 1_000 * (life + 1)
    told = False
    while True:
        items = town.read(
            lambda session: session.scalars(select(WorkItem).where(WorkItem.state.in_(OPEN))).all()
        )
        if len(items) < FEW:
            town.begun("apply")
        for item in items:
            staff = next(staff for staff in town.staffs if staff.division == item.division)
            subject = Subject(household(item.case_id, staff.village), staff, item.case_id)
            town.take(subject, ACTS[item.step])
        clock.advance(days=6)
        town.work()
        if not told:
            say("working")
            told = True


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main():
    url, folder = sys.argv[1], Path(sys.argv[2])
    for life, _ in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            work(url, folder, life)
        say(child)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()
