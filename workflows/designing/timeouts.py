"""Nothing that grants or refuses is decided by a timeout: behind every timer a person acts first.

A walk from each timer that waits in the diagram ends where a person acts: at their step, at a message from
outside, or at a gateway that asks what somebody concluded. What it meets before is the timeout's doing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.designing.findings import Finding, error
from workflows.spiff import HUMAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.spiff import Element, Specification

RULE = "timer.decides"

EXCUSE = "decides_nothing"
"""The property by which a timer's author says why its end, or its line in a register, decides nothing."""

SETTLING = frozenset({"register.enter", "register.close", "register.remove"})
"""Operations that give or take a standing."""

CHANGING, SPEAKING = "register.change", "document.issue"
"""One that does so where it sets a status; and one that tells somebody, for which there is no excuse."""

_CONCLUDED = re.compile(r"\b([^\W\d]\w*)\.conclusion\b")


def timeout_findings(specification: Specification, file: str) -> Iterator[Finding]:
    """Findings about timers that decide, in the diagram's order; ``file`` where an element names none."""
    for element in specification.elements.values():
        if element.timer is None or element.kind == "startEvent":
            continue
        met = _Walk(specification, element).met()
        excused = bool(element.properties.get(EXCUSE, "").strip())
        for each in met:
            if each.operation == SPEAKING or not excused:
                yield error(element.file or file, element.shape, RULE, _sentence(element, each))


def _sentence(timer: Element, met: Element) -> str:
    name, what = timer.name or timer.shape, met.name or met.shape
    does = "结束" if met.operation is None else "办理"
    return f"“{name}”到时后没有经过任何人，就{does}“{what}”：准许或拒绝不能由超时决定。"


@dataclass(slots=True)
class _Walk:
    """Everything a timer leads to before a person acts."""

    specification: Specification
    timer: Element
    seen: set[str] = field(default_factory=set)

    def met(self) -> list[Element]:
        """The ends and settling operations on the way, in the order they are reached."""
        found, todo = [], [self.timer]
        while todo:
            for element in self._after(todo.pop(0)):
                if element.id in self.seen:
                    continue
                self.seen.add(element.id)
                if self._settles(element):
                    found.append(element)
                todo.append(element)
        return found

    def _after(self, element: Element) -> list[Element]:
        """What follows an element without anybody doing anything."""
        if element is not self.timer and (_waits(element) or self._is_concluded(element)):
            return []
        if element.called or element.kind == "subProcess":
            inside = self._first_inside(element)
            if inside:
                return inside
        if element.kind == "endEvent":
            return self._behind_end(element)
        return self._targets(element)

    def _targets(self, element: Element) -> list[Element]:
        elements = self.specification.elements
        return [elements[flow.target] for flow in self.specification.outgoing(element.id)]

    def _is_concluded(self, gateway: Element) -> bool:
        """Whether a gateway asks what somebody concluded: then they decide, and not the time."""
        elements = self.specification.elements
        asked = [flow.condition or "" for flow in self.specification.outgoing(gateway.id)]
        named = {name for text in asked for name in _CONCLUDED.findall(text)}
        return any(name in elements and elements[name].kind in HUMAN for name in named)

    def _first_inside(self, holder: Element) -> list[Element]:
        """The start of what an element holds."""
        return [
            each
            for each in self.specification.elements.values()
            if each.kind == "startEvent" and _is_inside(each, holder)
        ]

    def _holders(self, end: Element) -> list[Element]:
        """What an end leads out of: its subprocess, or each activity that calls its process."""
        return [each for each in self.specification.elements.values() if _is_inside(end, each)]

    def _behind_end(self, end: Element) -> list[Element]:
        if not self._leads_on(end):
            return []
        holders = self._holders(end)
        if end.error is None:
            return [target for holder in holders for target in self._targets(holder)]
        ids = {holder.id for holder in holders}
        return [
            each
            for each in self.specification.elements.values()
            if each.attached_to in ids and each.error is not None
        ]

    def _leads_on(self, end: Element) -> bool:
        """Whether an end is more than that of a branch beside what goes on: a reminder's, mostly."""
        beside = self.timer.kind == "boundaryEvent" and not self.timer.interrupting
        return not beside or end.terminates or end.error is not None or not _same_level(self.timer, end)

    def _settles(self, element: Element) -> bool:
        """Whether reaching it grants or refuses something."""
        if element.kind == "endEvent":
            return not self._holders(element) and self._leads_on(element)
        if element.operation == CHANGING:
            return any(line.target == "status" for line in element.inputs)
        return element.operation in SETTLING or element.operation == SPEAKING


def _waits(element: Element) -> bool:
    """Whether somebody has to act, or another timer to fire, before it goes on."""
    return element.kind in HUMAN or element.message is not None or element.timer is not None


def _is_inside(element: Element, holder: Element) -> bool:
    if element.parent is not None:
        return element.parent == holder.id
    return holder.called is not None and holder.called == element.process


def _same_level(one: Element, other: Element) -> bool:
    return (one.process, one.parent) == (other.process, other.parent)
