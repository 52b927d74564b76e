"""逾期说明: who does a step after its limit says why; nobody asks a household."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workflows.errors import Invalid
from workflows.work_items import STEP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

FIELD = "late_reason"
LONGEST = 500
UNASKED = "household"


class Limited(Protocol):
    """An item with its limit."""

    kind: str
    role: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What is kept of an explanation, and what is wrong with it."""

    reason: str | None = None
    fault: str = ""

    @contextmanager
    def said_with_what_else_is_wrong(self) -> Iterator[None]:
        """Refuse after what is checked inside, together with whatever that finds."""
        try:
            yield
        except Invalid as refusal:
            if self.fault:
                refusal.errors[FIELD] = self.fault
            raise
        self.require()

    def require(self) -> None:
        """Refuse where something is wrong."""
        if self.fault:
            raise Invalid({FIELD: self.fault})


def is_asked(item: Limited, now: datetime) -> bool:
    """Whether the item is past its limit, and an office answers for the step."""
    return item.due_at is not None and item.due_at <= now and _answers_for_it(item)


def _answers_for_it(item: Limited) -> bool:
    """A household is not asked; nor is who only helps beside a step, whose limit is not theirs."""
    return item.role != UNASKED and item.kind == STEP


def judged(item: Limited, reason: str | None, now: datetime) -> Said:
    """The explanation of an item that is done now; one that nobody asked for is not kept."""
    if not is_asked(item, now):
        return Said()
    said = (reason or "").strip()
    if not said:
        return Said(fault="此待办已超过办理期限，请写明逾期的原因。")
    if len(said) > LONGEST:
        return Said(fault=f"逾期说明不超过 {LONGEST} 字，现为 {len(said)} 字。")
    return Said(said)
