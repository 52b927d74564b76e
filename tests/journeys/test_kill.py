"""The server loses its power: a process that completes items is killed at any moment, again and again."""

import os
import random
import select as waiting
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select, text

from tests.workflows.conftest import *  # noqa: F403 (a furnished town on either database)
from tests.workflows.desks import ROOT
from workflows import catalogue, spiff
from workflows.cases import RUNNING, Case
from workflows.clock import PUBLISHED
from workflows.course import visible
from workflows.journal import StepRecord
from workflows.timers import Timer
from workflows.work_items import DONE, OPEN, WorkItem

LIVES = 22
LONGEST_WORK = 0.25


@pytest.fixture
def victim(town):
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.victim", town.url, str(town.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        yield process
        process.kill()


def live_and_die(victim, seconds):
    """One life: wait until it works, let it work for a while, kill it in the middle of whatever it does."""
    victim.stdin.write("\n")
    victim.stdin.flush()
    child = int(victim.stdout.readline())
    assert victim.stdout.readline() == "working\n"
    waiting.select([], [], [], seconds)
    os.kill(child, signal.SIGKILL)
    assert victim.stdout.readline() == "gone\n"


BUSY = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND state <> 'idle'"
)


def settle(town):
    """A PostgreSQL server needs a moment to see that its client is dead; SQLite has no server."""
    if town.executor.database.is_postgresql:
        while town.read(lambda session: session.scalar(BUSY)):
            waiting.select([], [], [], 0.01)


def torn(session):
    """Cases that are neither before nor after a step: engine, items, timers and journal disagree."""
    found = []
    for case in session.scalars(select(Case)):
        tasks, due = _engine_says(session, case)
        items = session.scalars(select(WorkItem).where(WorkItem.case_id == case.id)).all()
        rows = session.scalars(select(StepRecord).where(StepRecord.case_id == case.id)).all()
        timers = session.scalars(select(Timer.element).where(Timer.case_id == case.id)).all()
        done = sorted(item.id for item in items if item.state == DONE)
        wholesome = (
            sorted(item.task_id for item in items if item.state in OPEN) == tasks,
            sorted(timers) == due,
            sorted(row.item_id for row in rows if row.item_id) == done,
            len(rows) == case.steps,
            bool(tasks or due) == (case.state == RUNNING),
        )
        if not all(wholesome):
            found.append((case.number, wholesome))
    return found


def _engine_says(session, case):
    """The open tasks and timers of the stored state, asked from the engine itself."""
    release = catalogue.release(session, case.version_id)
    scope = spiff.Scope(visible(case, release), at=case.created_at, calendar=PUBLISHED)
    step = spiff.wake(release.specification, case.engine_state, scope, lambda _call: None)
    waits = sorted(wait.element for wait in step.waiting if wait.due is not None)
    return sorted(task.task_id for task in step.open_tasks), waits


@pytest.mark.seconds(420)
def test_killed_at_any_moment_every_case_is_before_or_after_a_step(town, victim):
    dice = random.Random(20260316)  # noqa: S311 (moments, not secrets)
    steps = 0

    for life in range(LIVES):
        live_and_die(victim, dice.uniform(0, LONGEST_WORK))
        settle(town)

        assert town.read(torn) == [], f"after life {life + 1}"
        assert town.verified().sound, f"after life {life + 1}"
        taken = town.read(lambda session: session.scalar(select(func.count()).select_from(StepRecord)))
        assert taken > steps, "it could not go on"
        steps = taken
