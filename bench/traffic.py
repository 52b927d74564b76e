"""What desks do all day, as commands: cases taken the straight way, each command measured by its kind."""

import time
from contextlib import nullcontext
from datetime import timedelta

from app.demo.desks import Desks, Subject
from app.demo.households import household
from bench.rows import timed

STRAIGHT = ("apply", "check", "review", "post", "end", "approve", "decide")
DAYS_OF_NOTICE = timedelta(days=6)


class MeasuredDesks(Desks):
    """Takes cases along and keeps how long each command took."""

    def __init__(self, office, first):
        super().__init__(office.executor, office.folder)
        self.times, self.cpu = {}, {}
        self.writes = None
        self._clock = office.clock
        self._numbers = iter(range(first, first + 10_000_000))

    def begun(self, acts=()):
        """A household of its own, taken through ``acts``."""
        number = next(self._numbers)
        staff = self.staff_of(number)
        subject = Subject(household(number, staff.village), staff)
        for act in acts:
            self.take(subject, act)
        return subject

    def take(self, subject, act):
        if act == "end":
            self._clock.at += DAYS_OF_NOTICE
        super().take(subject, act)

    def do(self, command, by):
        kind, kept = type(command), []
        with self.writes.taken_down(kind) if self.writes else nullcontext():
            began = time.thread_time()
            took = timed(lambda: kept.append(self.executor.execute(command, by=by)))
            self.cpu.setdefault(kind, []).append((time.thread_time() - began) * 1000)
        self.times.setdefault(kind, []).append(took)
        return kept[0]

    def forget(self):
        """What was measured while everything was still cold."""
        self.times.clear()
        self.cpu.clear()
