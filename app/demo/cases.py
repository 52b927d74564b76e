"""Cases of varied course for benches, demonstrations and backtests, by real commands on the real engine."""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.demo.desks import Desks, Subject
from app.demo.households import household
from app.demo.plans import plan
from workflows.cases import Case
from workflows.commands import Executor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.demo.plans import Plan

SEED = 20260101
TOLD_EVERY = 100


class TurnedClock:
    """A clock that stands at the instant of the act being done."""

    def __init__(self) -> None:
        self.at = datetime.fromtimestamp(0, UTC)

    def now(self) -> datetime:
        """Give that instant."""
        return self.at


def seed_cases(
    executor: Executor,
    count: int,
    *,
    data_dir: Path,
    until: datetime | None = None,
    seed: int = SEED,
    tell: Callable[[int], None] = lambda _done: None,
) -> dict[str, int]:
    """Make ``count`` more cases, all before ``until`` (now); gives how many of each course.

    Every step is the command a person, a timer or the public would have caused, at its own past instant and
    in the order of time. The households are made up and have no account, so those of the demonstration's
    own accounts stay free for whoever tries the system out. ``tell`` hears of every hundredth case made.
    """
    clock = TurnedClock()
    desks = Desks(Executor(executor.database, clock, executor.host), data_dir)
    until = until or executor.clock.now()
    first = _cases_so_far(executor)
    plans = [plan(number, until, seed) for number in range(first, first + count)]
    agenda = [(each.at[0], each.number, 0, each, _subject(desks, each)) for each in plans]
    heapq.heapify(agenda)
    made = 0
    while agenda:
        clock.at, number, done, each, subject = agenda[0]
        clock.at = clock.at.astimezone(UTC)
        desks.take(subject, each.acts[done])
        if done + 1 < len(each.acts):
            heapq.heapreplace(agenda, (each.at[done + 1], number, done + 1, each, subject))
        else:
            heapq.heappop(agenda)
            made += 1
            if made % TOLD_EVERY == 0:
                tell(made)
    return dict(Counter(each.label for each in plans))


def _subject(desks: Desks, of: Plan) -> Subject:
    staff = desks.staff_of(of.number)
    return Subject(household(of.number, staff.village), staff)


def _cases_so_far(executor: Executor) -> int:
    """Households are numbered on from here, so that none comes twice."""
    with executor.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0
