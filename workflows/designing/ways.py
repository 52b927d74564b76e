"""The ways tokens can take through a draft as one graph over all its levels, and what may lie on them.

Each element is entered, and left again once what it does is done; while something inside an activity is under
way, an event on that activity's border may come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.spiff import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.spiff import Element, Specification

Place = tuple[str, int]
ENTERED, LEFT, DURING = range(3)
_FORKS = frozenset({"parallelGateway", "inclusiveGateway"})


class Ways:
    """Which place can come after which; loops and ways back that are drawn are ways like any other."""

    def __init__(self, specification: Specification) -> None:
        self.elements = specification.elements
        self.after: dict[Place, list[Place]] = {
            (key, moment): [] for key in self.elements for moment in (ENTERED, LEFT, DURING)
        }
        self.start: Place = (specification.start_event().id, ENTERED)
        self._known: dict[tuple[Place, Place | None], frozenset[Place]] = {}
        inside: dict[str, list[Element]] = {}
        for element in self.elements.values():
            inside.setdefault(element.parent or element.process, []).append(element)
        for element in self.elements.values():
            self._add(element, inside)
        for flow in specification.flows.values():
            self.after[flow.source, LEFT].append((flow.target, ENTERED))
        self.forks = list(self._forks())

    def _add(self, element: Element, inside: dict[str, list[Element]]) -> None:
        self.after[element.id, ENTERED].append((element.id, DURING))
        if element.attached_to is not None:
            self.after[element.attached_to, DURING].append((element.id, ENTERED))
        if element.kind not in CONTAINERS:
            self.after[element.id, ENTERED].append((element.id, LEFT))
            return
        if element.multi_instance is not None:
            # For an empty list nothing inside is done.
            self.after[element.id, ENTERED].append((element.id, LEFT))
        for inner in inside.get(element.called or element.id, ()):
            if inner.kind == "startEvent":
                self.after[element.id, ENTERED].append((inner.id, ENTERED))
            elif inner.kind == "endEvent":
                self.after[inner.id, LEFT].append((element.id, LEFT))
            self.after[inner.id, DURING].append((element.id, DURING))
            self.after[inner.id, LEFT].append((element.id, DURING))

    def _forks(self) -> Iterator[Place]:
        """Where one token becomes several."""
        for element in self.elements.values():
            if element.kind in _FORKS and len(self.after[element.id, LEFT]) > 1:
                yield element.id, LEFT
            elif element.attached_to is not None and not element.interrupting:
                yield element.attached_to, ENTERED

    def reach(self, place: Place, avoiding: Place | None = None) -> frozenset[Place]:
        """Every place on a way out of one, itself included, that does not pass through ``avoiding``."""
        found = self._known.get((place, avoiding))
        if found is None:
            seen, todo = {place}, [] if place == avoiding else [place]
            while todo:
                for target in self.after[todo.pop()]:
                    if target not in seen and target != avoiding:
                        seen.add(target)
                        todo.append(target)
            found = self._known[place, avoiding] = frozenset(seen)
        return found

    def leads(self, place: Place, goal: Place) -> bool:
        """Whether some way goes on from a place to another."""
        return goal in self.reach(place)

    def surely(self, place: Place, goal: Place) -> bool:
        """Whether every way to ``goal`` passes through ``place``."""
        return goal not in self.reach(self.start, place)

    def beside(self, place: Place, goal: Place) -> bool:
        """Whether a place lies on a branch beside ``goal``'s that is not joined before it."""
        return any(self._parted(fork, place, goal) for fork in self.forks)

    def _parted(self, fork: Place, place: Place, goal: Place) -> bool:
        reached = [self.reach(branch, fork) for branch in dict.fromkeys(self.after[fork])]
        mine = any(place in one and goal not in one for one in reached)
        other = any(goal in one and place not in one for one in reached)
        return (
            mine
            and other
            and place not in self.reach(self.start, fork)
            and goal not in self.reach(place, fork)
        )
