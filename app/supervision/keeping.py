"""What the worker does for supervision between timers and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.supervision.commands import A_FEW, MANY, CountCases, ForgetCounts
from app.supervision.due import COUNTS
from workflows.commands import CONSOLE, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.commands import Executor


def keep_counts(executor: Executor) -> int:
    """Count the next few cases, if any wait; gives how many."""
    with executor.database.reading() as session:
        if not COUNTS.waits(session, executor.clock.now()):
            return 0
    return executor.execute(CountCases(most=A_FEW), by=SYSTEM)


def count_anew(executor: Executor, said: Callable[[int], None]) -> int:
    """Throw the counts away and make them from the record; tells how many cases are in after each stretch."""
    executor.execute(ForgetCounts(), by=CONSOLE)
    total = 0
    while taken := executor.execute(CountCases(most=MANY), by=CONSOLE):
        total += taken
        said(total)
    return total
