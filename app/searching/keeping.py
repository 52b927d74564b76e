"""What the worker does for the index between timers and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from app.searching import due
from app.searching.commands import A_FEW, MANY, ForgetIndex, IndexCases
from workflows.commands import CONSOLE, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.commands import Executor

log = structlog.get_logger("worker")


def keep_up(executor: Executor) -> int:
    """Take in the next few cases, if any wait; gives how many."""
    with executor.database.reading() as session:
        if not due.waits(session, executor.clock.now()):
            return 0
    return executor.execute(IndexCases(most=A_FEW), by=SYSTEM)


def make_anew(executor: Executor, said: Callable[[int], None]) -> int:
    """Throw the index away and make it from the record; tells how many cases are in after each stretch."""
    executor.execute(ForgetIndex(), by=CONSOLE)
    total = 0
    while taken := executor.execute(IndexCases(most=MANY), by=CONSOLE):
        total += taken
        said(total)
    return total
