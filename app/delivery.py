"""What each promised effect does once its transaction has committed.

A kind that is not listed is a KeyError at delivery: the promise stays open, is tried again and can be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.absences import commands as absences
from app.absences import tasks as absence_tasks
from app.batches import handling as batches
from app.messages import tasks as messages
from app.relatives.commands import DECLARED
from app.supervision.alerts import tasks as alerts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflows.commands import Context

DELIVERERS: dict[str, Callable[[Context, Mapping[str, Any]], None]] = {
    messages.MESSAGE: messages.deliver,
    absences.OVER: absence_tasks.over,
    batches.EFFECT: batches.deliver,
    DECLARED: alerts.declared,
}
"""Every kind of effect and who delivers it."""
