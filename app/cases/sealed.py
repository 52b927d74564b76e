"""The masked values of a case: where each stands and what it is, so that one can be asked for by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import forms
from app.security import sealing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.cases.queries import CaseView


@dataclass(frozen=True, slots=True)
class Sealed:
    """One value that is shown masked: its path for RevealField, its name, and the mask."""

    path: str
    label: str
    mask: str


def sealed_values(case: CaseView) -> list[Sealed]:
    """Every masked value of the case, the household's own number first, then step by step."""
    found = []
    mask = _mask(case.case.subject.get("identity"))
    if mask:
        found.append(Sealed("subject.identity", f"{case.case.subject_name} 身份证号", mask))
    elements = case.release.specification.elements
    for step, answers in case.case.variables.items():
        element = elements.get(step)
        text = case.release.forms.get(element.form or "") if element else None
        if element is not None and text is not None and isinstance(answers, dict):
            found += _in_answers(element.name, step, forms.parse(text), answers)
    return found


def _in_answers(
    name: str, step: str, definition: forms.Definition, answers: dict[str, Any]
) -> Iterator[Sealed]:
    for field in definition.fields:
        value = answers.get(field.key)
        mask = _mask(value)
        if mask:
            yield Sealed(f"{step}.{field.key}", f"{name}：{field.label}", mask)
        elif field.rows and isinstance(value, list):
            yield from _in_rows(name, f"{step}.{field.key}", field, value)


def _in_rows(name: str, path: str, field: forms.Field, rows: list[Any]) -> Iterator[Sealed]:
    for number, row in enumerate(rows):
        for child in field.rows:
            mask = _mask(row.get(child.key)) if isinstance(row, dict) else ""
            if mask:
                label = f"{name}：{field.label}第 {number + 1} 行{child.label}"
                yield Sealed(f"{path}.{number}.{child.key}", label, mask)


def _mask(value: Any) -> str:
    """The mask of a sealed value; empty for anything else."""
    return str(value["mask"]) if sealing.is_sealed(value) else ""
