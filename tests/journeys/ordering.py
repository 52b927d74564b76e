"""Scenarios of a 督办单 in a real office: a case stands overdue; the order says of it what the record has."""

from datetime import timedelta

from app.orders import facts, rule
from tests.journeys.driven import Playing

LATE = timedelta(days=30)
CLUE = "没有身份证号的线索也可以登记"
"""The scenario of 监测线索登记 after which 移交 waits at the township; each locality has it."""


def watched_by(key):
    """The procedure, of the same locality, of which a case is left standing."""
    return f"fp_03_{key.removeprefix(rule.FAMILY)}"


class Ordering(Playing):
    """One scenario of an order about an open item of the case with this number."""

    def __init__(self, office, clock, key, scene, number):
        super().__init__(office, clock, key, scene)
        clock.advance(days=LATE.days)
        answer = office.program(self.starter["username"]).get(f"/cases/{number}")
        [self.item] = [one["id"] for one in answer.json["open_items"]]

    def play(self):
        """The scenario, with what it says of the item as the record has it."""
        self.clock.set(max(self.scene.at or self.clock.now(), self.clock.now()))
        self.seen, card = self._known()
        own = self.start["card"] == self.start["proposed"]
        self.start |= {**self.seen.given(), "proposed": card, **({"card": card} if own else {})}
        return super().play()

    def _known(self):
        now, actor = self.clock.now(), self.office.actor(self.starter["username"])
        with self.office.executor.database.reading() as session:
            seen = facts.watched(session, actor, self.item, now)
            graded = rule.graded(rule.release_of(session, seen.locality, now), seen.overdue_days, 0, now)
        return seen, graded.card

    def _division(self):
        return self.seen.division
