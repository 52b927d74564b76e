"""The cheapest way of one flow over the grid while the others lie."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workflows.designing.layout.grid import Grid, Spot

BEND, CROSSING = 60.0, 900.0

Port = tuple[str, str, int]
Edge = tuple[int, int, int]
"""Its upper left spot; 0 level, 1 upright."""
State = tuple[int, int, int]
"""Where the search is and how it came there: 0 level, 1 upright."""


@dataclass
class Use:
    """What other flows do at a spot: pass level, pass upright, bend."""

    level: bool = False
    upright: bool = False
    bend: bool = False


@dataclass
class Goals:
    """Where a flow may end: what that costs more, the rest of its way, the port."""

    ends: dict[State, tuple[float, list[Spot], Port | None]] = field(default_factory=dict)

    def add(self, state: State, cost: float, rest: list[Spot], port: Port | None) -> None:
        if state not in self.ends or cost < self.ends[state][0]:
            self.ends[state] = (cost, rest, port)


def edge(one: Spot, other: Spot) -> Edge:
    """The edge between two neighbouring spots."""
    if one[1] == other[1]:
        return min(one[0], other[0]), one[1], 0
    return one[0], min(one[1], other[1]), 1


def turns(spots: list[Spot]) -> list[Spot]:
    """Where a way turns."""
    triples = zip(spots, spots[1:], spots[2:], strict=False)
    return [here for before, here, after in triples if way_of(before, here) != way_of(here, after)]


def way_of(before: Spot, here: Spot) -> int:
    """0 level, 1 upright."""
    return 0 if before[1] == here[1] else 1


Start = tuple[float, State, list["Spot"], Port | None]


def search(
    grid: Grid,
    starts: list[Start],
    goals: Goals,
    uses: dict[Spot, Use],
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


def _distance(grid: Grid, goals: Goals) -> Callable[[State], float]:
    """At least how far it is from a place to any goal."""
    across = [grid.x[x] for x, _, _ in goals.ends] or [0.0]
    down = [grid.y[y] for _, y, _ in goals.ends] or [0.0]
    left, right, top, bottom = min(across), max(across), min(down), max(down)

    def still(state: State) -> float:
        x, y = grid.x[state[0]], grid.y[state[1]]
        return max(0.0, left - x, x - right) + max(0.0, top - y, y - bottom)

    return still


def _endings(state: State, goals: Goals, uses: dict[Spot, Use]) -> Iterator[tuple[float, State]]:
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
    uses: dict[Spot, Use],
    taken: set[Edge],
) -> Iterator[tuple[float, State]]:
    x, y, _ = state
    for next_x, next_y, way in ((x + 1, y, 0), (x, y + 1, 1), (x - 1, y, 0), (x, y - 1, 1)):
        if not (0 <= next_x < len(grid.across) and 0 <= next_y < len(grid.down)):
            continue
        there = (next_x, next_y)
        if there in grid.built or (before is not None and there == (before[0], before[1])):
            continue
        if edge((x, y), there) in taken:
            continue
        bend = _turn(state, way, uses.get((x, y)))
        if bend is None:
            continue
        length = abs(grid.x[next_x] - grid.x[x]) + abs(grid.y[next_y] - grid.y[y])
        yield length + bend, (next_x, next_y, way)


def _turn(state: State, way: int, use: Use | None) -> float | None:
    """What going on in a direction costs, or None where another flow is in the way."""
    came = state[2]
    if came >= 2:
        # Leaving another flow's line: only across it.
        return 0.0 if came - 2 == way else None
    if use is None:
        return 0.0 if came == way else BEND
    if came != way or use.bend or (use.level if way == 0 else use.upright):
        return None
    return CROSSING
