"""Which card the rule of a locality asks for: its own decision table, under the parameters in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows import catalogue, decisions, parameters
from workflows.clock import LOCAL
from workflows.errors import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release

FAMILY = "db_02_"
"""How the keys of the procedures begin: one for each locality, never merged."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A card with the sentence that says why."""

    card: str
    why: str


def key_of(locality: str) -> str:
    """The procedure by which orders are issued for a locality."""
    return FAMILY + locality.lower()


def release_of(session: Session, locality: str, at: datetime) -> Release | None:
    """That procedure as it is in force at ``at``, with its parameters; None where there is none."""
    try:
        current = catalogue.current(session, key_of(locality), at)
    except Refusal:
        return None
    return parameters.ruled(session, current, at)


def graded(release: Release, overdue_days: int, returned: int, at: datetime) -> Grade | None:
    """What the table gives for an item so many working days overdue, its reply so often sent back."""
    decision = f"dmn_{release.key}"
    seen = {"overdue_days": overdue_days, "returned": returned, "param": dict(release.parameters)}
    said = decisions.decide(release.model_of(decision), decision, seen, at=at.astimezone(LOCAL)).value
    if not isinstance(said, dict):
        return None
    return Grade(str(said.get("card")), str(said.get("why")))
