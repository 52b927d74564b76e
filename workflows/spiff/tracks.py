"""Tracks: from which step straight to which a token went, gateways left out, in any diagram."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

from workflows.spiff.model import FORKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workflows.spiff.model import Element, Flow, Specification

Exits = tuple[tuple[str | None, bool, bool], ...]


class Hop(NamedTuple):
    """A token went from one step to the next, through gateways that only choose, if any."""

    source: str
    target: str


class Tracks:
    """Who follows whom in a diagram, gateways that only choose left out."""

    def __init__(self, spec: Specification) -> None:
        self.elements: Mapping[str, Element] = spec.elements
        self.out: dict[str, list[Flow]] = defaultdict(list)
        for flow in spec.flows.values():
            self.out[flow.source].append(flow)
        self.flows: Mapping[str, Flow] = spec.flows

    def counts(self, element: str) -> bool:
        """Whether a token's being there says something: an activity, an event, a split, a join."""
        known = self.elements.get(element)
        if known is None:
            return True
        return not (
            known.kind == "exclusiveGateway"
            or (known.kind == "intermediateThrowEvent" and not known.operation)
        )

    def after(self, element: str) -> tuple[str, ...]:
        """The steps that may come straight after one."""
        found: dict[str, None] = {}
        todo, seen = deque([element]), {element}
        while todo:
            for flow in self.out[todo.popleft()]:
                if self.counts(flow.target):
                    found[flow.target] = None
                elif flow.target not in seen:
                    seen.add(flow.target)
                    todo.append(flow.target)
        return tuple(found)

    def choices(self, hop: Hop) -> tuple[tuple[str, Exits], ...]:
        """What decided that a token went this way: at each gateway between, its exits in order."""
        found = []
        todo, seen = deque([hop.source]), {hop.source}
        while todo:
            here = todo.popleft()
            if here != hop.source or self.elements[here].kind == "inclusiveGateway":
                exits = tuple(
                    (flow.condition, flow.default, self._leads(flow.target, hop.target))
                    for flow in self.out[here]
                )
                if len(exits) > 1 and any(leads for _, _, leads in exits):
                    found.append((here, exits))
            for flow in self.out[here]:
                if not self.counts(flow.target) and flow.target not in seen:
                    seen.add(flow.target)
                    todo.append(flow.target)
        return tuple(sorted(found))

    def _leads(self, start: str, goal: str) -> bool:
        return start == goal or (not self.counts(start) and goal in self.after(start))

    def reaches(self, start: str, goal: str) -> bool:
        """Whether any way leads on from one element to another on the same level."""
        todo, seen = deque([start]), {start}
        while todo:
            for flow in self.out[todo.popleft()]:
                if flow.target == goal:
                    return True
                if flow.target not in seen:
                    seen.add(flow.target)
                    todo.append(flow.target)
        return False

    def hops(self, passed: Sequence[str]) -> Iterable[Hop]:
        """The hops of a token from what a journal says it passed."""
        waiting: dict[str, deque[str]] = defaultdict(deque)
        for name in passed:
            flow = self.flows.get(name)
            if flow is None:
                continue
            source = flow.source
            if not self.counts(source):
                if not waiting[source]:
                    continue
                source = waiting[source].popleft()
            if self.counts(flow.target):
                yield Hop(source, flow.target)
            else:
                waiting[flow.target].append(source)

    def forks(self) -> Iterable[str]:
        """The gateways that split a token into several."""
        return (key for key, each in self.elements.items() if each.kind in FORKS and len(self.out[key]) > 1)
