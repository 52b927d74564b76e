"""Where in the answers the personal numbers are, so that the host can lock them away before storing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from forms.build import build
from forms.definition import Definition, Field
from forms.lookups import OnFile

Seal = Callable[[str, str], Mapping[str, str]]
"""Kind and plain text → {"sealed", "mask", "hash"}."""


def seal_answers(definition: Definition, answers: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """The answers, or a draft of them, with every personal number sealed; what is sealed already stays."""
    return _level(definition.fields, answers, seal)


def seal_draft(
    definition: Definition,
    typed: Mapping[str, Any],
    previous: Mapping[str, Any] | None,
    seal: Seal,
    *,
    on_file: Mapping[str, OnFile] | None = None,
) -> dict[str, Any]:
    """What to keep of answers that nobody judged yet: all that was typed, personal numbers sealed.

    A mask keeps the number it stands for; a wrong number is sealed as unchecked, so that later its mask
    does not pass for a right one.
    """
    form = build(definition, typed, evaluate=_knows_nothing, scope={}, previous=previous, on_file=on_file)
    return seal_answers(definition, form.draft(), seal)


def _knows_nothing(_text: str, _scope: Mapping[str, object]) -> None:
    """A draft needs no expression: nothing is hidden and nothing required of it."""


def _level(fields: tuple[Field, ...], answers: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    sealed = dict(answers)
    for field in fields:
        value = answers.get(field.key)
        if field.rows and isinstance(value, list):
            sealed[field.key] = [_level(field.rows, row, seal) for row in value if isinstance(row, dict)]
        elif field.is_sensitive and value:
            sealed[field.key] = _value(field.kind, value, seal)
    return sealed


def _value(kind: str, value: Any, seal: Seal) -> dict[str, Any]:
    if isinstance(value, dict) and "sealed" in value:
        return value
    if isinstance(value, dict):
        return {**seal(kind, str(value.get("unchecked", ""))), "unchecked": True}
    return dict(seal(kind, str(value)))
