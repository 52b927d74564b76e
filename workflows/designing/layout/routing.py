"""Finds every flow its way over the grid: few bends, hardly a crossing, no line on another."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.designing.layout.grid import stub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workflows.designing.layout.grid import Grid, Spot
    from workflows.designing.layout.model import Flow, Graph
    from workflows.designing.layout.placing import Placing

_BEND, _CROSSING, _PARTED, _JOINED = 60.0, 900.0, 840.0, 330.0
_PASSES = 4
_LEAVING = {"right": 0.0, "bottom": 20.0, "top": 22.0, "left": 300.0}
_ARRIVING = {"left": 0.0, "top": 40.0, "bottom": 42.0, "right": 250.0}
_BACK_LEAVING = {"right": 60.0, "bottom": 0.0, "top": 5.0, "left": 120.0}
_BACK_ARRIVING = {"left": 90.0, "top": 0.0, "bottom": 0.0, "right": 60.0}

Port = tuple[str, str, int]
Edge = tuple[int, int, int]
"""Its upper left spot; 0 level, 1 upright."""
State = tuple[int, int, int]
"""Where the search is and how it came there: 0 level, 1 upright."""


@dataclass
class Route:
    """One flow's way over the grid and the ports it uses."""

    flow: Flow
    spots: list[Spot] = field(default_factory=list)
    leaves: Port | None = None
    arrives: Port | None = None


@dataclass
class _Use:
    """What other flows do at a spot: pass level, pass upright, bend."""

    level: bool = False
    upright: bool = False
    bend: bool = False


@dataclass
class _Goals:
    ends: dict[State, tuple[float, list[Spot], Port | None]] = field(default_factory=dict)

    def add(self, state: State, cost: float, rest: list[Spot], port: Port | None) -> None:
        if state not in self.ends or cost < self.ends[state][0]:
            self.ends[state] = (cost, rest, port)


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
            if len(group) > 1:
                self._try(group)

    def _try(self, group: list[Flow]) -> None:
        kept, costs = dict(self.routes), dict(self.costs)
        least = sum(costs[flow.id] for flow in group)
        for first in group:
            self.routes = {key: route for key, route in self.routes.items() if route.flow not in group}
            self._pass([first, *(flow for flow in group if flow != first)])
            total = sum(self.costs[flow.id] for flow in group)
            if total < least - 1:
                kept, costs, least = dict(self.routes), dict(self.costs), total
        self.routes, self.costs = kept, costs

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
        found = _search(self.grid, starts, goals, uses, set(owners))
        if found is None:
            self.costs[flow.id] = 10 * _CROSSING
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
            if any(sources[owner] != flow.source for owner in owners[_edge(before, here)]):
                return
            if here not in self.grid.built and self._alone(here, owners, sources, flow.source):
                # Across a straight line; straight on where the line turns.
                straight = _way(before, here) == _way(here, after)
                way = 1 - _way(before, here) if straight else _way(before, here)
                yield (*here, 2 + way), route.spots[: place + 1]

    def _alone(self, here: Spot, owners: dict[Edge, set[str]], ends: dict[str, str], end: str) -> bool:
        """Whether only flows with one end in common meet here: where strangers cross nothing may part."""
        x, y = here
        around = ((x, y, 0), (x - 1, y, 0), (x, y, 1), (x, y - 1, 1))
        return all(ends[owner] == end for edge in around for owner in owners.get(edge, ()))

    def _goals(self, flow: Flow, owners: dict[Edge, set[str]]) -> _Goals:
        back = flow.id in self.placing.back
        costs = _BACK_ARRIVING if back else _ARRIVING
        taken, goals = self._taken(), _Goals()
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
        goals: _Goals,
    ) -> None:
        """Places on a flow to the same node where another may join it."""
        for place in range(len(route.spots) - 3, 2, -1):
            before, here, after = route.spots[place - 1 : place + 2]
            if any(targets[owner] != target for owner in owners[_edge(here, after)]):
                return
            if here not in self.grid.built and self._alone(here, owners, targets, target):
                straight = _way(before, here) == _way(here, after)
                way = 1 - _way(here, after) if straight else _way(here, after)
                goals.add((*here, 2 + way), _JOINED, route.spots[place + 1 :], None)

    def _uses(self) -> tuple[dict[Spot, _Use], dict[Edge, set[str]]]:
        uses: dict[Spot, _Use] = {}
        owners: dict[Edge, set[str]] = {}
        for route in self.routes.values():
            spots = route.spots
            for before, here in itertools.pairwise(spots):
                owners.setdefault(_edge(before, here), set()).add(route.flow.id)
            for before, here, after in zip(spots, spots[1:], spots[2:], strict=False):
                use = uses.setdefault(here, _Use())
                if _way(before, here) != _way(here, after):
                    use.bend = True
                elif _way(before, here) == 0:
                    use.level = True
                else:
                    use.upright = True
        return uses, owners


def _edge(one: Spot, other: Spot) -> Edge:
    if one[1] == other[1]:
        return min(one[0], other[0]), one[1], 0
    return one[0], min(one[1], other[1]), 1


def _way(before: Spot, here: Spot) -> int:
    return 0 if before[1] == here[1] else 1


Start = tuple[float, State, list["Spot"], Port | None]


def _search(
    grid: Grid,
    starts: list[Start],
    goals: _Goals,
    uses: dict[Spot, _Use],
    taken: set[Edge],
) -> tuple[list[Spot], Port | None, State, float] | None:
    """The cheapest way from a start to a goal."""
    heap: list[tuple[float, int, State, State | None, float]] = []
    still = _distance(grid, goals)
    origin: dict[int, Start] = {}
    for count, start in enumerate(starts):
        origin[count] = start
        heapq.heappush(heap, (start[0] + still(start[1]), count, start[1], None, start[0]))
    came: dict[State, tuple[State | None, int]] = {}
    reached: list[tuple[float, State, State]] = []
    while heap:
        least, count, state, before, cost = heapq.heappop(heap)
        if reached and reached[0][0] <= least:
            break
        if came.setdefault(state, (before, count)) != (before, count):
            continue
        for ending, end in _endings(state, goals, uses):
            heapq.heappush(reached, (cost + ending, state, end))
        for step, following in _steps(grid, state, before, uses, taken):
            if following not in came:
                ahead = cost + step
                heapq.heappush(heap, (ahead + still(following), count, following, state, ahead))
    return (*_traced(reached[0][1], came, origin), reached[0][2], reached[0][0]) if reached else None


def _distance(grid: Grid, goals: _Goals) -> Callable[[State], float]:
    """At least how far it is from a place to any goal."""
    across = [grid.x[x] for x, _, _ in goals.ends] or [0.0]
    down = [grid.y[y] for _, y, _ in goals.ends] or [0.0]
    left, right, top, bottom = min(across), max(across), min(down), max(down)

    def still(state: State) -> float:
        x, y = grid.x[state[0]], grid.y[state[1]]
        return max(0.0, left - x, x - right) + max(0.0, top - y, y - bottom)

    return still


def _endings(state: State, goals: _Goals, uses: dict[Spot, _Use]) -> Iterator[tuple[float, State]]:
    """Goals at this spot: a port is entered as any line goes on, another flow's line only from across."""
    x, y, came = state
    for way in (0, 1):
        if (x, y, way) in goals.ends:
            turn = _turn(state, way, uses.get((x, y)))
            if turn is not None:
                yield turn + goals.ends[x, y, way][0], (x, y, way)
    if (x, y, came + 2) in goals.ends and came < 2:
        yield goals.ends[x, y, came + 2][0], (x, y, came + 2)


def _traced(
    end: State, came: dict[State, tuple[State | None, int]], origin: dict[int, Start]
) -> tuple[list[Spot], Port | None]:
    spots: list[Spot] = []
    state: State | None = end
    count = came[end][1]
    while state is not None:
        spots.append((state[0], state[1]))
        state = came[state][0]
    _, _, before, port = origin[count]
    return before[:-1] + spots[::-1], port


def _steps(
    grid: Grid,
    state: State,
    before: State | None,
    uses: dict[Spot, _Use],
    taken: set[Edge],
) -> Iterator[tuple[float, State]]:
    x, y, _ = state
    for next_x, next_y, way in ((x + 1, y, 0), (x, y + 1, 1), (x - 1, y, 0), (x, y - 1, 1)):
        if not (0 <= next_x < len(grid.across) and 0 <= next_y < len(grid.down)):
            continue
        there = (next_x, next_y)
        if there in grid.built or (before is not None and there == (before[0], before[1])):
            continue
        if _edge((x, y), there) in taken:
            continue
        bend = _turn(state, way, uses.get((x, y)))
        if bend is None:
            continue
        length = abs(grid.x[next_x] - grid.x[x]) + abs(grid.y[next_y] - grid.y[y])
        yield length + bend, (next_x, next_y, way)


def _turn(state: State, way: int, use: _Use | None) -> float | None:
    """What going on in a direction costs, or None where another flow is in the way."""
    came = state[2]
    if came >= 2:
        # Leaving another flow's line: only across it.
        return 0.0 if came - 2 == way else None
    if use is None:
        return 0.0 if came == way else _BEND
    if came != way or use.bend or (use.level if way == 0 else use.upright):
        return None
    return _CROSSING
