"""Finds every flow its way over the grid: few bends, hardly a crossing, no line on another."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.designing.layout.grid import stub
from workflows.designing.layout.search import (
    BEND,
    CROSSING,
    Edge,
    Goals,
    Port,
    State,
    Use,
    edge,
    search,
    turns,
    way_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.designing.layout.grid import Grid, Spot
    from workflows.designing.layout.model import Flow, Graph
    from workflows.designing.layout.placing import Placing

_PARTED, _JOINED = 840.0, 330.0
_PASSES = 4
_LEAVING = {"right": 0.0, "bottom": 20.0, "top": 22.0, "left": 300.0}
_ARRIVING = {"left": 0.0, "top": 40.0, "bottom": 42.0, "right": 250.0}
_BACK_LEAVING = {"right": 60.0, "bottom": 0.0, "top": 5.0, "left": 120.0}
_BACK_ARRIVING = {"left": 90.0, "top": 0.0, "bottom": 0.0, "right": 60.0}


@dataclass
class Route:
    """One flow's way over the grid and the ports it uses."""

    flow: Flow
    spots: list[Spot] = field(default_factory=list)
    leaves: Port | None = None
    arrives: Port | None = None


class Router:
    """All flows of one graph on its grid."""

    def __init__(
        self, graph: Graph, placing: Placing, grid: Grid, mounts: dict[str, tuple[str, str, int]]
    ) -> None:
        self.graph, self.placing, self.grid, self.mounts = graph, placing, grid, mounts
        self.routes: dict[str, Route] = {}
        self.costs: dict[str, float] = {}
        self._mounted = {(host, side, place): event for event, (host, side, place) in mounts.items()}

    def run(self) -> dict[str, Route]:
        """Route short flows first, then take each up again while the others lie; the best of a few orders."""
        short = sorted(self.graph.flows, key=self._length)
        back = [flow for flow in short if flow.id in self.placing.back]
        ahead = [flow for flow in short if flow.id not in self.placing.back]
        best: tuple[float, dict[str, Route], dict[str, float]] | None = None
        for order in (ahead + back, back + ahead, short[::-1], ahead + back[::-1]):
            self.routes, self.costs = {}, {}
            self._pass(order)
            found = self._settled()
            if best is not None and found[0] >= best[0] - 1:
                break
            best = found
            if all(route.spots for route in self.routes.values()) and not self._crossings():
                break
        if best is not None:
            _, self.routes, self.costs = best
        self._regroup()
        return self.routes

    def _pass(self, order: list[Flow]) -> float:
        for flow in order:
            self.routes.pop(flow.id, None)
            self.routes[flow.id] = self._route(flow)
        return sum(self.costs.values())

    def _crossings(self) -> int:
        return sum(use.level and use.upright for use in self._uses()[0].values())

    def _settled(self) -> tuple[float, dict[str, Route], dict[str, float]]:
        """Take all up again, the dearest first as they gain most, until nothing gains."""
        before, best, costs = float("inf"), dict(self.routes), dict(self.costs)
        for _ in range(_PASSES):
            order = sorted(self.graph.flows, key=lambda flow: -self.costs[flow.id])
            total = self._pass(order)
            if total >= before - 1:
                break
            before, best, costs = total, dict(self.routes), dict(self.costs)
        self.routes, self.costs = best, costs
        return before, best, costs

    def _regroup(self) -> None:
        """Take up together what begins or ends at one shape, each flow first once."""
        groups: dict[tuple[str, str], list[Flow]] = {}
        for flow in sorted(self.graph.flows, key=self._length):
            groups.setdefault(("to", flow.target), []).append(flow)
            groups.setdefault(("from", flow.source), []).append(flow)
        for group in groups.values():
            if len(group) > 1 and not all(self._simple(flow) for flow in group):
                self._try(group)

    def _simple(self, flow: Flow) -> bool:
        route = self.routes[flow.id]
        return bool(route.spots and route.leaves and route.arrives) and len(turns(route.spots)) <= 2

    def _try(self, group: list[Flow]) -> None:
        kept, costs, least = dict(self.routes), dict(self.costs), self._burden()
        for first in group:
            self.routes = {key: route for key, route in self.routes.items() if route.flow not in group}
            self._pass([first, *(flow for flow in group if flow != first)])
            total = self._burden()
            if total < least - 1:
                kept, costs, least = dict(self.routes), dict(self.costs), total
        self.routes, self.costs = kept, costs

    def _burden(self) -> float:
        """What all ways together cost; what several share is counted once, unlike in the costs of each."""
        edges: set[Edge] = set()
        bends: set[Spot] = set()
        total = CROSSING * self._crossings()
        for route in self.routes.values():
            edges.update(edge(*pair) for pair in itertools.pairwise(route.spots))
            bends.update(turns(route.spots))
            total += self._at_ends(route) if route.spots else 10 * CROSSING
        x, y = self.grid.x, self.grid.y
        total += sum(y[b + 1] - y[b] if way else x[a + 1] - x[a] for a, b, way in edges)
        return total + BEND * len(bends)

    def _at_ends(self, route: Route) -> float:
        back = route.flow.id in self.placing.back
        out, into = (_BACK_LEAVING, _BACK_ARRIVING) if back else (_LEAVING, _ARRIVING)
        return (out[route.leaves[1]] if route.leaves else _PARTED) + (
            into[route.arrives[1]] if route.arrives else _JOINED
        )

    def _cell(self, node: str) -> str:
        return self.mounts[node][0] if node in self.mounts else node

    def _length(self, flow: Flow) -> tuple[bool, float]:
        source, target = self._cell(flow.source), self._cell(flow.target)
        columns = abs(self.placing.column[source] - self.placing.column[target])
        rows = abs(self.placing.row[source] - self.placing.row[target])
        return flow.id in self.placing.back, columns * 3 + rows

    # ------------------------------------------------------------ ends

    def _ports(self, node: str) -> Iterator[Port]:
        if node in self.mounts:
            yield self.mounts[node]
            return
        wide = self.graph.nodes[node].width >= 100
        for side in ("right", "left"):
            yield node, side, 1
        for side in ("top", "bottom"):
            for place in (1, 0, 2) if wide else (1,):
                if (node, side, place) not in self._mounted:
                    yield node, side, place

    def _taken(self) -> set[Port]:
        ports = [port for route in self.routes.values() for port in (route.leaves, route.arrives)]
        return {port for port in ports if port}

    def _route(self, flow: Flow) -> Route:
        uses, owners = self._uses()
        starts = self._starts(flow, owners)
        goals = self._goals(flow, owners)
        found = search(self.grid, starts, goals, uses, set(owners))
        if found is None:
            self.costs[flow.id] = 10 * CROSSING
            return Route(flow, [])
        spots, port, end, self.costs[flow.id] = found
        _, rest, arrival = goals.ends[end]
        return Route(flow, spots + rest, port, arrival)

    def _starts(
        self, flow: Flow, owners: dict[Edge, set[str]]
    ) -> list[tuple[float, State, list[Spot], Port | None]]:
        back = flow.id in self.placing.back
        costs = _BACK_LEAVING if back else _LEAVING
        taken = self._taken()
        found: list[tuple[float, State, list[Spot], Port | None]] = []
        for port in self._ports(flow.source):
            if port not in taken:
                spots = stub(self.grid, self.placing, *port)
                cost = costs[port[1]] + (0 if port[2] == 1 else 4) if flow.source not in self.mounts else 0
                found.append((cost, (*spots[-1], int(port[1] in {"top", "bottom"})), spots, port))
        for route in self.routes.values():
            if route.flow.source == flow.source and flow.source != flow.target:
                for state, before in self._branches(route, flow, owners):
                    found.append((_PARTED, state, before, None))
        return found

    def _branches(
        self, route: Route, flow: Flow, owners: dict[Edge, set[str]]
    ) -> Iterator[tuple[State, list[Spot]]]:
        """Places on a flow from the same node where another may leave it."""
        sources = {each.flow.id: each.flow.source for each in self.routes.values()}
        for place in range(2, len(route.spots) - 3):
            before, here, after = route.spots[place - 1 : place + 2]
            if any(sources[owner] != flow.source for owner in owners[edge(before, here)]):
                return
            if here not in self.grid.built and self._alone(here, owners, sources, flow.source):
                # Across a straight line; straight on where the line turns.
                straight = way_of(before, here) == way_of(here, after)
                way = 1 - way_of(before, here) if straight else way_of(before, here)
                yield (*here, 2 + way), route.spots[: place + 1]

    def _alone(self, here: Spot, owners: dict[Edge, set[str]], ends: dict[str, str], end: str) -> bool:
        """Whether only flows with one end in common meet here: where strangers cross nothing may part."""
        x, y = here
        around = ((x, y, 0), (x - 1, y, 0), (x, y, 1), (x, y - 1, 1))
        return all(ends[owner] == end for edge in around for owner in owners.get(edge, ()))

    def _goals(self, flow: Flow, owners: dict[Edge, set[str]]) -> Goals:
        back = flow.id in self.placing.back
        costs = _BACK_ARRIVING if back else _ARRIVING
        taken, goals = self._taken(), Goals()
        for port in self._ports(flow.target):
            if port not in taken:
                spots = stub(self.grid, self.placing, *port)[::-1]
                cost = costs[port[1]] + (0 if port[2] == 1 else 4)
                goals.add((*spots[0], int(port[1] in {"top", "bottom"})), cost, spots[1:], port)
        targets = {each.flow.id: each.flow.target for each in self.routes.values()}
        for route in self.routes.values():
            if route.flow.target == flow.target and flow.source != flow.target:
                self._joins(route, flow.target, targets, owners, goals)
        return goals

    def _joins(
        self,
        route: Route,
        target: str,
        targets: dict[str, str],
        owners: dict[Edge, set[str]],
        goals: Goals,
    ) -> None:
        """Places on a flow to the same node where another may join it."""
        for place in range(len(route.spots) - 3, 2, -1):
            before, here, after = route.spots[place - 1 : place + 2]
            if any(targets[owner] != target for owner in owners[edge(here, after)]):
                return
            if here not in self.grid.built and self._alone(here, owners, targets, target):
                straight = way_of(before, here) == way_of(here, after)
                way = 1 - way_of(here, after) if straight else way_of(here, after)
                goals.add((*here, 2 + way), _JOINED, route.spots[place + 1 :], None)

    def _uses(self) -> tuple[dict[Spot, Use], dict[Edge, set[str]]]:
        uses: dict[Spot, Use] = {}
        owners: dict[Edge, set[str]] = {}
        for route in self.routes.values():
            spots = route.spots
            for before, here in itertools.pairwise(spots):
                owners.setdefault(edge(before, here), set()).add(route.flow.id)
            for before, here, after in zip(spots, spots[1:], spots[2:], strict=False):
                use = uses.setdefault(here, Use())
                if way_of(before, here) != way_of(here, after):
                    use.bend = True
                elif way_of(before, here) == 0:
                    use.level = True
                else:
                    use.upright = True
        return uses, owners
