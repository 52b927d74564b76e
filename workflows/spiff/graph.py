"""Questions about the shape of one process: what can be reached from where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.spiff.model import FORKS, Element, Flow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes of one process level and the ways between them; a border event comes after its activity."""

    elements: Mapping[str, Element]
    after: Mapping[str, tuple[str, ...]]
    entering: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, elements: Iterable[Element], flows: Iterable[Flow]) -> Graph:
        """Build from the elements and flows of one level."""
        known = {element.id: element for element in elements}
        after: dict[str, list[str]] = {key: [] for key in known}
        entering: dict[str, int] = dict.fromkeys(known, 0)
        for flow in flows:
            after[flow.source].append(flow.target)
            entering[flow.target] += 1
        for element in known.values():
            if element.attached_to is not None:
                after[element.attached_to].append(element.id)
        return cls(known, {key: tuple(targets) for key, targets in after.items()}, entering)

    def reachable(self, start: str, avoiding: Collection[str] = ()) -> set[str]:
        """Every node on a way out of ``start`` that passes through none of ``avoiding``; it may end there."""
        seen: set[str] = set()
        todo = [start]
        while todo:
            for target in self.after[todo.pop()]:
                if target not in seen:
                    seen.add(target)
                    if target not in avoiding:
                        todo.append(target)
        return seen

    def reaches(self, start: str, goal: str, avoiding: Collection[str] = ()) -> bool:
        """Whether a way leads from ``start`` to ``goal`` without passing through ``avoiding`` on it."""
        return goal in self.reachable(start, avoiding)

    def behind(self, node: str) -> frozenset[str]:
        """Every node to which no way leads from a beginning but through ``node``; not ``node`` itself."""
        others = [
            source
            for source, count in self.entering.items()
            if count == 0 and source != node and self.elements[source].attached_to is None
        ]
        reached = set(others).union(*(self.reachable(source, (node,)) for source in others))
        return frozenset(self.elements) - reached - {node}

    def leading_to(self, goals: Iterable[str]) -> set[str]:
        """Every node from which a way leads to one of ``goals``, themselves included."""
        before: dict[str, list[str]] = {key: [] for key in self.after}
        for source, targets in self.after.items():
            for target in targets:
                before[target].append(source)
        seen = set(goals)
        todo = list(seen)
        while todo:
            new = [source for source in before[todo.pop()] if source not in seen]
            seen.update(new)
            todo += new
        return seen

    def forward(self) -> Graph:
        """The same nodes without the ways back: those to a node that every way to their source passes."""
        sources = [
            node
            for node, count in self.entering.items()
            if count == 0 and self.elements[node].attached_to is None
        ]
        after = {
            node: tuple(each for each in targets if not self._always_before(each, node, sources))
            for node, targets in self.after.items()
        }
        return Graph(self.elements, after, self.entering)

    def _always_before(self, first: str, node: str, sources: Iterable[str]) -> bool:
        """Whether no way from the beginnings leads to ``node`` but through ``first``."""
        if first == node:
            return True
        starts = [source for source in sources if source != first]
        return not any(node == start or self.reaches(start, node, (first,)) for start in starts)

    def joins(self, node: str) -> bool:
        """Whether a node may wait for several tokens."""
        return self.elements[node].kind in FORKS and self.entering[node] > 1

    def joins_of(self, fork: str) -> frozenset[str]:
        """The joins at which branches of a split may come together."""
        reached = self._branches(fork)
        return frozenset(
            node
            for node in set().union(*reached)
            if node != fork and self.joins(node) and sum(node in branch for branch in reached) > 1
        )

    def _branches(self, fork: str) -> list[set[str]]:
        """What each way out of a split reaches without passing the split again."""
        return [self.reachable(target, (fork,)) | {target} for target in self.after[fork]]

    def block(self, fork: str) -> frozenset[str]:
        """The nodes between a split and the joins that bring its branches together again, joins included."""
        joins = self.joins_of(fork)
        inside = {node for node in set().union(*self._branches(fork)) if node != fork}
        return frozenset(
            node
            for node in inside
            if node in joins or any(self.reaches(node, join, (fork,)) for join in joins)
        )


def ends_of(flows: Iterable[Flow]) -> tuple[dict[str, list[Flow]], dict[str, list[Flow]]]:
    """The flows by the node they leave, and by the node they enter."""
    by_source: dict[str, list[Flow]] = {}
    by_target: dict[str, list[Flow]] = {}
    for flow in flows:
        by_source.setdefault(flow.source, []).append(flow)
        by_target.setdefault(flow.target, []).append(flow)
    return by_source, by_target
