"""Who answers for the office while a draft is walked, what it is asked, and what an operation is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.clock import WorkingDays
from workflows.errors import Conflict


class Unanswerable(Conflict):
    """The operation cannot be done as the diagram asks for it."""

    code = "operation.unanswerable"
    sentence = "“{name}”的操作“{operation}”不能进行：{why}。"


@dataclass(slots=True)
class Desk:
    """Stands in for the office while a draft is walked: numbers notices and papers, keeps the registers."""

    calendar: WorkingDays
    notices: int = 0
    papers: int = 0
    cases: int = 0
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    entered: int = 0

    def copy(self) -> Desk:
        """The desk as it is now, to go back to after a refusal."""
        return Desk(self.calendar, self.notices, self.papers, self.cases, dict(self.rows), self.entered)


@dataclass(frozen=True, slots=True)
class Call:
    """An operation asked for at a moment."""

    name: str
    operation: str
    inputs: Mapping[str, Any]
    at: datetime

    def unanswerable(self, why: str) -> Unanswerable:
        """The refusal that says why not."""
        return Unanswerable(name=self.name, operation=self.operation, why=why)


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation takes, without which inputs it cannot be done, and the names of what it gives."""

    answer: Callable[[Desk, Call], dict[str, Any]]
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    gives: frozenset[str]
