"""What was on file and a step answered otherwise: the old value, where it was from, the new one, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import forms
from workflows.opening import CORRECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from forms import Lookups


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction, in words; numbers masked."""

    label: str
    was: str
    source: str
    on: str
    now: str
    reason: str


def corrections_of(
    form: str | None, answers: Mapping[str, Any] | None, lookups: Lookups
) -> tuple[Correction, ...]:
    """What a step corrected, in the order of its form."""
    made = (answers or {}).get(CORRECTIONS)
    if not form or not answers or not isinstance(made, dict):
        return ()
    return tuple(
        Correction(
            label=field.label,
            was=forms.brief(field, made[field.key]["was"], lookups),
            source=str(made[field.key]["source"]),
            on=str(made[field.key]["on"] or ""),
            now=forms.brief(field, answers.get(field.key), lookups),
            reason=str(made[field.key]["reason"]),
        )
        for field in forms.parse(form).fields
        if field.key in made
    )
