from datetime import timedelta

import pytest
from sqlalchemy import select

from workflows import outbox
from workflows.commands import CONSOLE, Command
from workflows.errors import Conflict
from workflows.outbox import STUCK_AFTER, OutboxEffect


class Promise(Command):
    """Promises an effect of some kind, and may be refused after that."""

    def __init__(self, kind="message", refused=False, **payload):
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "refused", refused)
        object.__setattr__(self, "payload", payload)

    __slots__ = ("kind", "payload", "refused")

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        outbox.promise(ctx, self.kind, **self.payload)
        if self.refused:
            raise Conflict


def effects(town):
    return town.read(lambda session: session.scalars(select(OutboxEffect).order_by(OutboxEffect.id)).all())


def test_an_effect_is_delivered_after_the_commit_that_promised_it(town):
    town.do(Promise(person_id=1, text="请办理"), CONSOLE)

    assert town.work() == 1

    [effect] = effects(town)
    assert effect.delivered_at == town.clock.now()
    assert town.work() == 0


def test_a_promise_that_is_rolled_back_was_never_made(town):
    with pytest.raises(Conflict):
        town.do(Promise(refused=True, person_id=1, text="请办理"), CONSOLE)

    assert effects(town) == []


def test_a_failed_delivery_is_tried_again_after_a_longer_wait_each_time(town):
    town.do(Promise(kind="pigeon"), CONSOLE)

    waits = []
    for _ in range(5):
        town.work()
        [effect] = effects(town)
        waits.append((effect.due_at - town.clock.now()).total_seconds())
        town.clock.set(effect.due_at)

    assert waits == [15, 30, 60, 120, 240]
    assert effect.attempts == 5
    assert "pigeon" in effect.fault


def test_nothing_is_tried_before_its_time(town):
    town.do(Promise(kind="pigeon"), CONSOLE)
    town.work()

    town.clock.advance(seconds=14)
    town.work()

    assert [effect.attempts for effect in effects(town)] == [1]


def test_an_effect_that_never_succeeds_waits_for_the_administrator(town):
    town.do(Promise(kind="pigeon"), CONSOLE)

    for _ in range(STUCK_AFTER + 3):
        town.work()
        town.clock.advance(timedelta(hours=7))

    [effect] = effects(town)
    assert effect.attempts == STUCK_AFTER
    assert effect.delivered_at is None


def test_an_effect_that_fails_does_not_hold_up_those_behind_it(town):
    town.do(Promise(kind="pigeon"), CONSOLE)
    town.do(Promise(person_id=1, text="请办理"), CONSOLE)

    town.work()

    assert [effect.delivered_at is not None for effect in effects(town)] == [False, True]
