"""What the evaluation under way may still spend, for work that is too deep inside to be handed the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

spending: ContextVar[Callable[[int], None] | None] = ContextVar("spending", default=None)


def spend(steps: int) -> None:
    """Count steps of the evaluation under way; raises Exhausted when none are left."""
    count = spending.get()
    if count is not None:
        count(steps)


@contextmanager
def paid_by(count: Callable[[int], None]) -> Iterator[None]:
    """Work done meanwhile counts as this evaluation's, also between its expressions."""
    before = spending.set(count)
    try:
        yield
    finally:
        spending.reset(before)
