"""Separation of duties as far as a draft shows it: steps that cannot be kept apart, and self-review.

What people there are is known only at run time: then ``workflows.exclusion`` keeps every hand off the other
step, a deputy's, a delegate's and a colleague's to whom an item is passed included.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from workflows.designing import texts
from workflows.designing.findings import Finding, error, warning
from workflows.spiff import HUMAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.catalogue import Bundle
    from workflows.spiff import Element, Specification

FILE = "procedure.toml"
APPLICANT = "household"
_HEIGHT = {"village": 0, "township": 1, "county": 2}


def duty_findings(specification: Specification, subject: Bundle, file: str) -> Iterator[Finding]:
    """Findings about who may hold which steps of one case."""
    steps = {element.id: element for element in specification.steps()}
    groups = [
        [steps[step] for step in dict.fromkeys(said.get("steps", ())) if step in steps]
        for said in subject.meta.get("apart", ())
    ]
    for group in groups:
        yield from _impossible(group)
    kept = {frozenset(pair) for group in groups for pair in combinations((each.id for each in group), 2)}
    for before, after in _reviews(specification, subject):
        if frozenset((before.id, after.id)) in kept:
            continue
        # Who keeps some steps apart is asked about the others; who reviews from above is asked always.
        if _above(before, after) or (groups and before.level == after.level):
            sentence = (
                f"{_called(after)}审核{_called(before)}，两个环节是同一角色，"
                f"又没有列入 [[apart]]：同一人可以自己办理、自己审核。"
            )
            yield warning(after.file or file, after.shape, "duty.own_review", sentence)


def _impossible(group: list[Element]) -> Iterator[Finding]:
    for one, other in combinations(group, 2):
        both = f"{_called(one)}与{_called(other)}须由不同的人办理，"
        if one.role == other.role == APPLICANT:
            yield error(FILE, "apart", "duty.nobody", f"{both}而两个环节都由申请人本人办理。")
        elif (one.role, one.level) == (other.role, other.level):
            every = next((each for each in (one, other) if _takes_all(each)), None)
            if every is not None:
                sentence = f"{both}而{_called(every)}由同一角色的多人会签，可能再没有人能办另一个环节。"
                yield warning(FILE, "apart", "duty.nobody", sentence)


def _takes_all(element: Element) -> bool:
    """Whether several people do a step at once."""
    return element.multi_instance is not None and not element.multi_instance.sequential


def _reviews(specification: Specification, subject: Bundle) -> Iterator[tuple[Element, Element]]:
    """Each step with the next one that judges it, both of one role."""
    leaving: dict[str, list[str]] = {}
    for flow in specification.flows.values():
        leaving.setdefault(flow.source, []).append(flow.target)
    for step in specification.steps():
        if not step.role or step.role == APPLICANT:
            continue
        for after in _next(specification, leaving, step):
            if after.role == step.role and after.id != step.id and _judges(after, subject):
                yield step, after


def _judges(element: Element, subject: Bundle) -> bool:
    return "conclusion" in texts.fields(subject.forms.get(element.form or "", "{}"))


def _above(before: Element, after: Element) -> bool:
    return _HEIGHT.get(after.level, -1) > _HEIGHT.get(before.level, 9)


def _next(specification: Specification, leaving: Mapping[str, list[str]], step: Element) -> Iterator[Element]:
    """The steps that come behind one without another between."""
    seen, todo = {step.id}, [step.id]
    while todo:
        for target in leaving.get(todo.pop(), ()):
            if target in seen:
                continue
            seen.add(target)
            if specification.elements[target].kind in HUMAN:
                yield specification.elements[target]
            else:
                todo.append(target)


def _called(element: Element) -> str:
    return f"“{element.name or element.shape}”"
