"""Long batches are the worker's: two of them at once, or one that loses its power in the middle."""

import os
import random
import select as waiting
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select, text

from app.batches.commands import MOST, BeginBatch, Pick
from app.batches.models import DONE, OPEN, Batch, BatchItem
from app.messages.models import Message
from app.organisation import queries as people
from tests.workflows.conftest import *  # noqa: F403 (a furnished town on either database)
from tests.workflows.desks import ROOT, at_once
from workflows.audit import AuditEntry
from workflows.journal import StepRecord
from workflows.work_items import WorkItem

CASES = 40
CLERK, CADRE = "boerjianghaizi-clerk1", "zhejialiang-cadre1"
MOST_LIVES = 400

BUSY = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND state <> 'idle'"
)


@pytest.fixture
def batch(town):
    """A batch that completes the review of many cases, of which nothing is done yet."""
    for _ in range(CASES):
        town.begun("apply", "check", "review", "post")
    town.clock.advance(days=6)
    town.work()
    return begun(town, CLERK, "township_review", action="complete", conclusion="审核通过")


def begun(town, who, step, **asked):
    """A batch of everything that waits at a step."""
    waits = select(WorkItem).where(WorkItem.state == "offered", WorkItem.step == step)
    items = town.read(lambda session: session.scalars(waits).all())
    picks = tuple(Pick(item.id, item.revision) for item in items)
    actor = town.read(lambda session: people.account_named(session, who).actor())
    return town.executor.execute(BeginBatch(picks=picks, **asked), by=actor)


@pytest.fixture
def victim(town, batch):
    command = [sys.executable, "-m", "tests.journeys.batch_victim", town.url, str(town.folder)]
    with subprocess.Popen(
        [*command, town.clock.now().isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        yield process
        process.kill()


def live_and_die(town, victim, seconds):
    """One life of the worker, ended in the middle of whatever it does."""
    victim.stdin.write("\n")
    victim.stdin.flush()
    said = {victim.stdout.readline().strip(), victim.stdout.readline().strip()}
    [child] = [int(word) for word in said if word.isdigit()]
    assert "working" in said
    waiting.select([], [], [], seconds)
    os.kill(child, signal.SIGKILL)
    assert victim.stdout.readline() == "gone\n"
    if town.executor.database.is_postgresql:
        while town.read(lambda session: session.scalar(BUSY)):
            waiting.select([], [], [], 0.01)


def count(town, *conditions):
    return town.read(lambda session: session.scalar(select(func.count()).where(*conditions)))


@pytest.mark.seconds(300)
def test_killed_in_the_middle_a_batch_goes_on_and_nothing_is_done_twice(town, batch, victim):
    dice = random.Random(20261128)  # noqa: S311 (moments, not secrets)
    seen = set()

    for _ in range(MOST_LIVES):
        live_and_die(town, victim, dice.uniform(0.02, 0.3))
        done = count(town, BatchItem.state == DONE)
        seen.add(done)
        assert count(town, StepRecord.step == "township_review") == done
        assert town.verified().sound
        if not count(town, BatchItem.state == OPEN):
            break

    assert any(0 < done < CASES for done in seen), "it was never killed in the middle"
    assert count(town, BatchItem.state == DONE) == CASES
    assert count(town, WorkItem.step == "township_review", WorkItem.state == "done") == CASES
    assert count(town, WorkItem.step == "county_decision", WorkItem.state == "offered") == CASES
    assert town.read(lambda session: session.get(Batch, batch)).finished_at is not None


@pytest.mark.seconds(120)
def test_two_hundred_items_are_dealt_with_by_two_workers_each_once(town):
    for _ in range(MOST):
        town.begun("apply")
    made = begun(town, CADRE, "household_check", action="claim")

    raised = at_once(town.work, town.work)

    assert not [one for one in raised if isinstance(one, Exception)], raised
    assert count(town, BatchItem.state == DONE) == MOST
    assert count(town, WorkItem.state == "claimed", WorkItem.revision == 2) == MOST
    claims = (AuditEntry.command == "ClaimWorkItem", AuditEntry.body.contains(f'"batch":{made}'))
    assert count(town, *claims) == MOST
    assert count(town, Message.link == f"/batches/{made}") == 1
    assert town.verified().sound
