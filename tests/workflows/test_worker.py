import threading

import pytest
from sqlalchemy import select, text, update

from tests.workflows.desks import at_once, opened
from workflows import outbox, worker
from workflows.cases import Case
from workflows.commands import CONSOLE, Command
from workflows.journal import StepRecord
from workflows.outbox import OutboxEffect
from workflows.timers import Timer
from workflows.worker import Aside


class Promise(Command):
    """Promises one message."""

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        outbox.promise(ctx, "message", person_id=1, text="已办结", case=None)


def broken(town, subject):
    """Make a case unreadable for the engine, as only a hand on the database could."""
    town.change(update(Case).where(Case.id == subject.case_id).values(engine_state=b"torn"))


def test_a_broken_case_does_not_keep_the_others_waiting(town):
    subjects = [town.begun("apply", "check", "review", "post") for _ in range(5)]
    for subject in subjects[:4]:
        broken(town, subject)

    town.clock.advance(days=6)
    worker.drain(town.executor, page=2)

    assert [town.steps(subject) for subject in subjects] == [[], [], [], [], ["township_review"]]


def test_a_broken_case_stays_due_and_goes_on_once_it_is_mended(town):
    subject = town.begun("apply", "check", "review", "post")
    whole = town.case(subject).engine_state
    broken(town, subject)
    town.clock.advance(days=6)
    town.work()

    town.change(update(Case).where(Case.id == subject.case_id).values(engine_state=whole))
    town.work()

    assert town.steps(subject) == ["township_review"]


def test_a_worker_leaves_a_broken_case_alone_longer_each_time(clock):
    aside = Aside()

    rests = []
    for _ in range(8):
        aside.put(7, clock.now())
        began = clock.now()
        while aside.rests(7, clock.now()):
            clock.advance(minutes=1)
        rests.append((clock.now() - began).total_seconds() / 60)

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60]
    assert not aside.rests(8, clock.now())


def test_a_case_that_was_woken_is_no_longer_set_aside(clock):
    aside = Aside()
    aside.put(7, clock.now())

    aside.forget(7)

    assert not aside.rests(7, clock.now())


@pytest.mark.seconds(120)
def test_several_workers_fire_each_timer_once(town):
    subjects = [town.begun("apply", "check", "review", "post") for _ in range(12)]
    town.clock.advance(days=6)

    offices = [opened(town.url, town.folder, town.clock) for _ in range(4)]
    results = at_once(*(lambda office=office: worker.drain(office) for office in offices))

    fired = town.read(
        lambda session: session.scalars(select(StepRecord.case_id).where(StepRecord.kind == "timer")).all()
    )
    assert sum(results) == 12
    assert sorted(fired) == sorted(subject.case_id for subject in subjects)
    assert town.read(lambda session: session.scalars(select(Timer.case_id)).all()) == []
    assert town.verified().sound
    for office in offices:
        office.database.dispose()


@pytest.mark.seconds(120)
def test_several_workers_deliver_each_effect_once(town):
    for _ in range(40):
        town.do(Promise(), CONSOLE)

    offices = [opened(town.url, town.folder, town.clock) for _ in range(4)]
    results = at_once(*(lambda office=office: worker.drain(office) for office in offices))

    messages = town.read(lambda session: session.execute(text("SELECT count(*) FROM message")).scalar_one())
    assert sum(results) == 40
    assert messages == 40
    for office in offices:
        office.database.dispose()


def test_the_loop_works_until_it_is_told_to_stop(town_on_sqlite):
    town, stop = town_on_sqlite, threading.Event()
    town.do(Promise(), CONSOLE)
    loop = threading.Thread(target=worker.run, args=(town.executor, stop))

    loop.start()
    delivered = select(OutboxEffect.id).where(OutboxEffect.delivered_at.is_not(None))
    while not town.read(lambda session: session.scalars(delivered).all()):
        assert loop.is_alive()
    stop.set()
    loop.join(10)

    assert not loop.is_alive()
