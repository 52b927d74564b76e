"""What a desk does all day, as commands: cases taken the straight way, each command measured by its kind."""

from contextlib import nullcontext
from datetime import timedelta

from app.demo import cases as demo_cases
from app.demo.households import household
from app.demo.plans import Plan
from bench.rows import timed

WAYS = {
    "straight": ("apply", "check", "review", "post", "end", "approve", "decide"),
    "to be checked": ("apply",),
}
DAYS_APART = 8


class Desk(demo_cases.Seeding):
    """Takes cases along, one command after the other."""

    def __init__(self, office, first):
        super().__init__(office.executor, office.folder)
        self.times = {}
        self.writes = None
        self._next = first
        self._at = office.clock.at

    def take(self, way, count):
        """``count`` households go the whole of ``way``, one after the other."""
        for _ in range(count):
            subject = self.begun(way)
            while subject.done < len(subject.plan.acts):
                self.act(subject)

    def begun(self, way):
        """A case about to be taken along ``way``."""
        number, acts = self._next, WAYS[way]
        self._next += 1
        staff = self.staffs[number % len(self.staffs)]
        at = tuple(self._at + timedelta(days=DAYS_APART * place) for place in range(len(acts)))
        return demo_cases.Subject(Plan(number, way, acts, at), household(number, staff.village), staff)

    def do(self, command, by):
        kind, kept = type(command), []
        with self.writes.taken_down(kind) if self.writes else nullcontext():
            took = timed(lambda: kept.append(self.executor.execute(command, by=by)))
        self.times.setdefault(kind, []).append(took)
        return kept[0]
