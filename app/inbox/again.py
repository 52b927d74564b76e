"""Why a step is to be done again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cases.timeline import AFFIRMATIVE, state_of
from workflows.returning import BACK

if TYPE_CHECKING:
    from app.cases.queries import CaseView, Entry
    from workflows.journal import StepRecord
    from workflows.work_items import WorkItem


def why_again(case: CaseView, item: WorkItem) -> StepRecord | None:
    """For a later round: the last return, refusal or objection, unless this step went well since.

    Whoever sent the case back reads, when it comes again, what they asked for.
    """
    for entry in reversed(case.entries if item.round > 1 else []):
        if _turned_back(case, entry):
            return entry.record
        if entry.record.step == item.step:
            return None
    return None


def _turned_back(case: CaseView, entry: Entry) -> bool:
    if entry.record.kind in {"message", BACK}:
        return True
    return state_of(case, entry.form, entry.record.conclusion) not in {"", AFFIRMATIVE}
