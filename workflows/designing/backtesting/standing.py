"""Where the record stands after each of its lines: which steps are open, reckoned from the path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.spiff import HUMAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.spiff import Specification


class Standing:
    """The open places of a recorded case, by the version it ran on."""

    def __init__(self, old: Specification) -> None:
        self.old = old
        self._open: set[str] = set()
        self.ended_at: str | None = None

    @property
    def steps(self) -> set[str]:
        """The steps of people that are open."""
        return {key for key in self._open if self.old.elements[key].kind in HUMAN}

    def follow(self, passed: Iterable[str]) -> None:
        """Go the way a line of the journal took."""
        for part in passed:
            flow, element = self.old.flows.get(part), self.old.elements.get(part)
            if flow is not None:
                self._open.add(flow.target)
            elif element is not None:
                self._leave(part)

    def _leave(self, key: str) -> None:
        element = self.old.elements[key]
        self._open.discard(key)
        if element.attached_to and element.interrupting:
            self._open -= {element.attached_to, *self._inside(element.attached_to)}
        if element.kind == "endEvent":
            self.ended_at = key
            if element.terminates:
                self._open.clear()
        if element.kind in {"subProcess", "callActivity"}:
            self._open -= self._inside(key)

    def _inside(self, holder: str) -> set[str]:
        called = self.old.elements[holder].called
        return {
            key
            for key, each in self.old.elements.items()
            if each.parent == holder or (called and each.process == called)
        }

    def put(self, steps: Iterable[str]) -> None:
        """Stand at these steps instead: after what no diagram draws, such as 退回."""
        self._open = (self._open - self.steps) | {step for step in steps if step in self.old.elements}
