"""A level of a diagram as a net of tokens: what each node waits for, what it sends out, what it withdraws.

A token lies on an edge. A node takes one from any edge, from every edge, or (inclusive) from each that has
one once no other can come; it puts one on a single edge, on every edge, or on any choice of them (the default
by itself). Each process and subprocess is a net of its own, in which what it holds or calls is one node. An
activity with events on its border leaves by one of the interrupting ones instead of its own flow; by others
it may send tokens beside.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from workflows.spiff import Element, Flow, Specification

Mode = Literal["any", "every", "some"]

_GATES: dict[str, Mode] = {"parallelGateway": "every", "inclusiveGateway": "some"}
END, STOP = "", "\0"
"""Where tokens vanish: alone, or with every other token of the level."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another, with the elements a token passes on it."""

    source: str
    target: str
    path: tuple[str, ...] = ()
    default: bool = False
    """Whether an inclusive gateway takes it only when it takes no other."""
    beside: bool = False
    """Whether a token may be sent along it in addition: by an event that does not interrupt."""


@dataclass(slots=True)
class Net:
    """Nodes by what they take and what they send, and edges by number."""

    start: str
    takes: dict[str, Mode] = field(default_factory=dict)
    sends: dict[str, Mode] = field(default_factory=dict)
    edges: dict[int, Edge] = field(default_factory=dict)
    into: dict[str, list[int]] = field(default_factory=dict)
    out: dict[str, list[int]] = field(default_factory=dict)
    _last: int = 0

    def node(self, key: str, takes: Mode = "any", sends: Mode = "any") -> None:
        """Add a node."""
        self.takes[key], self.sends[key] = takes, sends
        self.into[key], self.out[key] = [], []

    def link(self, edge: Edge) -> int:
        """Add an edge."""
        self._last += 1
        self.edges[self._last] = edge
        self.into[edge.target].append(self._last)
        self.out[edge.source].append(self._last)
        return self._last

    def cut(self, number: int) -> Edge:
        """Take an edge away."""
        edge = self.edges.pop(number)
        self.into[edge.target].remove(number)
        self.out[edge.source].remove(number)
        return edge

    def move(self, number: int, **changed: object) -> None:
        """Give an edge another end or path; it keeps its number and its place in the order."""
        old = self.edges[number]
        new = self.edges[number] = replace(old, **changed)  # type: ignore[arg-type]
        if new.source != old.source:
            self.out[old.source].remove(number)
            self.out[new.source].append(number)
        if new.target != old.target:
            self.into[old.target].remove(number)
            self.into[new.target].append(number)

    def drop(self, key: str) -> None:
        """Take a node away that no edge touches any more."""
        del self.takes[key], self.sends[key], self.into[key], self.out[key]

    def mains(self, key: str) -> list[int]:
        """The edges by which a token leaves a node."""
        return [number for number in self.out[key] if not self.edges[number].beside]

    def asides(self, key: str) -> list[int]:
        """The edges on which a node may put a token in addition."""
        return [number for number in self.out[key] if self.edges[number].beside]

    def waits(self, key: str) -> bool:
        """Whether a node may wait for several tokens."""
        return self.takes[key] != "any" and len(self.into[key]) > 1

    def splits(self, key: str) -> bool:
        """Whether a node may send out several tokens."""
        return self.sends[key] != "any" and len(self.mains(key)) > 1

    def plain(self, key: str) -> bool:
        """Whether a node takes one token and passes it on, whichever way."""
        return (
            key not in {END, STOP, self.start}
            and not (self.waits(key) or self.splits(key) or self.asides(key))
        )  # fmt: skip

    def part(self, start: str, keys: Collection[str]) -> Net:
        """The net of some of the nodes, begun at one of them."""
        part = Net(start)
        for key in self.takes:
            if key not in keys and key not in {END, STOP}:
                continue
            part.node(key, self.takes[key], self.sends[key])
        for edge in self.edges.values():
            if edge.source in keys and edge.target in part.takes:
                part.link(edge)
        return part

    def reach(self, key: str, avoiding: Iterable[str] = (), *, beside: bool = True) -> set[str]:
        """Every node on a way out of a node, itself included, that passes through none of ``avoiding``.

        Without ``beside``, only on ways that no event opens in addition.
        """
        closed = set(avoiding)
        seen, todo = {key}, [] if key in closed else [key]
        while todo:
            for number in self.out[todo.pop()]:
                target = self.edges[number].target
                if target not in seen and (beside or not self.edges[number].beside):
                    seen.add(target)
                    if target not in closed:
                        todo.append(target)
        return seen


def nets(specification: Specification) -> Iterator[Net]:
    """The nets of every level in the diagram's order: what goes on beside it comes after its own."""
    levels: dict[str, list[Element]] = {}
    leaving: dict[str, list[Flow]] = {}
    for element in specification.elements.values():
        levels.setdefault(element.parent or element.process, []).append(element)
    for flow in specification.flows.values():
        leaving.setdefault(flow.source, []).append(flow)
    for elements in levels.values():
        yield from _taken_apart(_net(specification, elements, leaving))


def _net(specification: Specification, elements: list[Element], leaving: Mapping[str, list[Flow]]) -> Net:
    start = next(element.id for element in elements if element.kind == "startEvent")
    net = Net(start)
    for sink in (END, STOP):
        net.node(sink)
    for element in elements:
        mode = _GATES.get(element.kind, "any")
        net.node(element.id, mode, mode)
    for element in elements:
        for flow in leaving.get(element.id, ()):
            net.link(Edge(element.id, flow.target, default=flow.default))
        if element.kind == "endEvent":
            ends_all = element.terminates or (element.error is not None and _inner(specification, element))
            net.link(Edge(element.id, STOP if ends_all else END))
        if element.attached_to is not None:
            net.link(Edge(element.attached_to, element.id, beside=not element.interrupting))
    return net


def _taken_apart(net: Net) -> Iterator[Net]:
    """A net, and behind it each branch beside it that never comes back to it.

    Such a branch may run several times over, as reminders do: it has only to be sound by itself.
    """
    asides = [number for number, edge in net.edges.items() if edge.beside]
    within = net.reach(net.start, beside=False) - {END}
    branches = {
        number: reached
        for number in asides
        if net.edges[number].source in within
        and not (reached := net.reach(net.edges[number].target)) & (within | {STOP})
    }
    inner = [net.part(net.edges[number].target, reached) for number, reached in branches.items()]
    yield net.part(net.start, set(net.takes).difference(*branches.values()) | {END})
    for each in inner:
        yield from _taken_apart(each)


def _inner(specification: Specification, element: Element) -> bool:
    """Whether an element stands in something that can catch its error."""
    return element.parent is not None or element.process != specification.process_id
