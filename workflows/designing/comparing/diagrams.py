"""How each element and flow is marked in the two diagrams: come, gone, changed, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.comparing.changes import FLOWS, FORMS, MOVED, STEPS, Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflows.designing.comparing.changes import Kind
    from workflows.spiff import Specification

    Marks = Mapping[str, Mapping[str, Kind]]


def marks(old: Specification, new: Specification, changes: Iterable[Change]) -> tuple[Marks, Marks]:
    """By file and shape, in the old diagrams and in the new; a step whose form changes is changed."""
    found: dict[str, Kind] = {}
    forms: set[str] = set()
    for change in changes:
        if change.part in {STEPS, FLOWS}:
            known = found.get(change.subject)
            # What changed place is shown as moved, whatever else changed of it.
            found[change.subject] = known if known == MOVED else change.kind
        elif change.part == FORMS:
            forms.add(change.subject.partition("/")[0])
    return _placed(old, found, forms), _placed(new, found, forms)


def _placed(spec: Specification, found: Mapping[str, Kind], forms: set[str]) -> Marks:
    placed: dict[str, dict[str, Kind]] = {}
    for key, element in spec.elements.items():
        kind: Kind | None = found.get(key, "changed" if element.form in forms else None)
        if kind is not None:
            placed.setdefault(element.file, {})[element.shape] = kind
    for key, flow in spec.flows.items():
        if key in found:
            placed.setdefault(spec.elements[flow.source].file, {})[flow.shape] = found[key]
    return placed
