"""A case on its diagram: what was passed, where it stands, and what each element says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cases.clauses import SHOWN, basis_of
from workflows.work_items import moment

if TYPE_CHECKING:
    from app.cases.queries import CaseView
    from workflows.catalogue import Release
    from workflows.spiff import Element

OWN = "process.bpmn"
"""The file of a procedure's own process; those it calls stand in folders of their own."""

HERE = "当前环节"


def files(release: Release) -> list[tuple[str, str]]:
    """Each diagram of a version with the name of its process: its own first, then those it calls."""
    names = {element.file: element.process for element in release.specification.elements.values()}
    processes = release.specification.processes
    own_first = sorted(release.diagrams, key=lambda file: (file != OWN, file))
    return [(file, processes.get(names.get(file, ""), "") or file) for file in own_first]


def state_on(case: CaseView, file: str) -> dict[str, Any]:
    """What the viewer marks on one of the case's diagrams, by the ids of that file."""
    specification = case.release.specification
    shapes = {
        element.id: element.shape for element in specification.elements.values() if element.file == file
    }
    processes = {element.process for element in specification.elements.values() if element.file == file}
    shapes |= {flow.id: flow.shape for flow in specification.flows.values() if flow.process in processes}
    return {
        "passed": [shapes[part] for part in case.passed if part in shapes],
        "current": [shapes[part] for part in _standing(case) if part in shapes],
        "elements": _said(case.release, file, words_of(case)),
    }


def _standing(case: CaseView) -> list[str]:
    """The elements the case stands at, and the calls through which it got there."""
    elements = case.release.specification.elements
    # A limit drawn on the edge of a step runs beside it: the case stands at the step.
    standing = [part for part in case.standing if part in elements and elements[part].attached_to is None]
    inside = {elements[part].process for part in standing}
    passed = set(case.passed)
    calls = [e.id for e in elements.values() if e.called in inside and e.id in passed]
    return [*standing, *calls]


def words_of(case: CaseView) -> dict[str, str]:
    """How each element the case came to was left, or that it stands there."""
    found = {}
    for entry in case.standing_entries:
        record = entry.record
        found[record.step] = f"{record.conclusion or '已完成'} {moment(record.at)}"
    return found | dict.fromkeys(_standing(case), HERE)


def in_words(case: CaseView, file: str) -> list[tuple[str, str]]:
    """The diagram read out: each element that does or awaits something, and how it stands."""
    words = words_of(case)
    elements = case.release.specification.elements.values()
    return [(e.name, words.get(e.id, "")) for e in elements if e.file == file and _is_read(e)]


def _is_read(element: Element) -> bool:
    return element.kind in SHOWN and bool(element.name)


def blank(release: Release, file: str) -> dict[str, Any]:
    """A diagram that no case stands on: only what each element says."""
    return {"passed": [], "current": [], "elements": _said(release, file, {})}


def _said(release: Release, file: str, words: dict[str, str]) -> dict[str, dict[str, Any]]:
    found = {}
    for element in release.specification.elements.values():
        if element.file != file:
            continue
        basis = basis_of(release, element.id)
        found[element.shape] = {
            "name": element.name,
            "words": words.get(element.id, ""),
            "quote": basis.quote if basis else "",
            "source": basis.source if basis else "",
            "origin": element.origin or "source",
        }
    return found
