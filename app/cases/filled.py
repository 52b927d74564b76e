"""What each step of a case took down last: for the case's page, and for whoever reviews it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import forms
from app.cases.corrected import Correction, corrections_of
from app.cases.timeline import actor_of, state_of, unit_of

if TYPE_CHECKING:
    from app.cases.queries import CaseView
    from workflows.journal import StepRecord


@dataclass(frozen=True, slots=True)
class Filled:
    """A step's latest answers with who gave them and how it concluded."""

    record: StepRecord
    unit: str | None
    actor: str
    state: str
    definition: forms.Definition
    answers: dict[str, Any]
    text: str = ""

    def corrections(self, lookups: forms.Lookups) -> tuple[Correction, ...]:
        """What of it was on file and answered otherwise."""
        return corrections_of(self.text, self.answers, lookups)


def filled_steps(case: CaseView) -> list[Filled]:
    """The latest answers of each step that has a form, in the order they were last given."""
    found: dict[str, Filled] = {}
    for entry in case.standing_entries:
        record, text = entry.record, case.release.forms.get(entry.form or "")
        if text is None or record.answers is None:
            continue
        found.pop(record.step, None)
        state = state_of(case, entry.form, record.conclusion)
        found[record.step] = Filled(
            record,
            unit_of(case, record),
            actor_of(record),
            state,
            forms.parse(text),
            record.answers,
            text,
        )
    return list(found.values())
