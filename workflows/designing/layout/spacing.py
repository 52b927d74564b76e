"""From lines of the grid to pixels: every gap as wide as what runs through it and what is written in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.designing.layout.model import CHARACTER, Box, Drawing

if TYPE_CHECKING:
    from workflows.designing.layout.grid import Grid, Line, Spot
    from workflows.designing.layout.model import Graph, Way
    from workflows.designing.layout.placing import Placing
    from workflows.designing.layout.routing import Route
    from workflows.designing.layout.search import Port

_NARROW, _EDGE, _PITCH_X, _PITCH_Y = 50.0, 20.0, 16.0, 16.0
_OFFSET = 30.0
Growth = dict[tuple[str, int, str], float]
"""Extra room: across or down, which gap; before or after what runs in it, or before one of its tracks."""


@dataclass
class Lines:
    """Pixels of every used line; where lanes begin and end."""

    x: dict[Line, float] = field(default_factory=dict)
    y: dict[Line, float] = field(default_factory=dict)
    lanes: list[tuple[float, float]] = field(default_factory=list)
    width: float = 0
    height: float = 0


@dataclass(frozen=True)
class Plan:
    """All that pixels are worked out from."""

    graph: Graph
    placing: Placing
    grid: Grid
    routes: dict[str, Route]
    mounts: dict[str, Port]


def drawn(plan: Plan, growth: Growth) -> tuple[Drawing, Lines]:
    """Shapes, lanes and ways in pixels; labels are still missing."""
    lines = _lines(plan, growth)
    drawing = Drawing(width=lines.width, height=lines.height)
    for node, column in plan.placing.column.items():
        shape = plan.graph.nodes[node]
        x = lines.x["column", column, 1] - shape.width / 2
        y = lines.y["row", plan.placing.row[node], 0] - shape.height / 2
        drawing.shapes[node] = Box(x, y, shape.width, shape.height)
    for event, (host, side, place) in plan.mounts.items():
        shape, box = plan.graph.nodes[event], drawing.shapes[host]
        x = lines.x["column", plan.placing.column[host], place] - shape.width / 2
        y = (box.bottom if side == "bottom" else box.y) - shape.height / 2
        drawing.shapes[event] = Box(x, y, shape.width, shape.height)
    for lane, (top, bottom) in zip(plan.graph.lanes, lines.lanes, strict=False):
        drawing.lanes[lane.id] = Box(0, top, lines.width, bottom - top)
    for key, route in plan.routes.items():
        drawing.ways[key] = _way(plan, lines, drawing, route)
    return drawing, lines


def _way(plan: Plan, lines: Lines, drawing: Drawing, route: Route) -> Way:
    start, end = drawing.shapes[route.flow.source], drawing.shapes[route.flow.target]
    if not route.spots:
        return [start.centre, end.centre]
    way = [(lines.x[plan.grid.across[x]], lines.y[plan.grid.down[y]]) for x, y in corners(route.spots)]
    way[0] = _clipped(start, way[0], way[1])
    way[-1] = _clipped(end, way[-1], way[-2])
    return way


def corners(spots: list[Spot]) -> list[Spot]:
    """Where a way over the grid begins, turns and ends."""
    inner = [
        here
        for before, here, after in zip(spots, spots[1:], spots[2:], strict=False)
        if (before[0] == here[0]) != (here[0] == after[0])
    ]
    return [spots[0], *inner, spots[-1]]


def _clipped(box: Box, end: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Where a line from inside a box meets its border."""
    if end[1] == other[1]:
        return (box.right if other[0] > end[0] else box.x), end[1]
    return end[0], (box.bottom if other[1] > end[1] else box.y)


def _lines(plan: Plan, growth: Growth) -> Lines:
    lines = Lines()
    upright, level = _used(plan)
    columns = max(plan.placing.column.values(), default=0) + 1
    x = 0.0
    for column in range(columns):
        x = max(40.0, _gap(lines.x, x, ("across", column), upright, growth, edge=column == 0))
        members = [node for node, at in plan.placing.column.items() if at == column]
        width = max(plan.graph.nodes[node].width for node in members)
        half = _OFFSET if width >= 100 else 20.0
        width = max(width, 2 * half)
        for place in range(3):
            lines.x["column", column, place] = x + width / 2 + (place - 1) * half
        x += width
    lines.width = _gap(lines.x, x, ("across", columns), upright, growth, edge=True) + _EDGE
    _rows(plan, lines, level, growth)
    return lines


def _rows(plan: Plan, lines: Lines, level: dict[int, set[int]], growth: Growth) -> None:
    y, top, lane_of = 0.0, 0.0, plan.placing.lane_of_row
    for row, lane in enumerate(lane_of):
        above = plan.grid.gap_above[row]
        new = row == 0 or lane_of[row - 1] != lane
        y = _gap(lines.y, y, ("down", above), level, growth, edge=new)
        members = [node for node, at in plan.placing.row.items() if at == row]
        height = max((plan.graph.nodes[node].height for node in members), default=80.0)
        lines.y["row", row, 0] = y + height / 2
        y += height
        if row + 1 == len(lane_of) or lane_of[row + 1] != lane:
            y = _gap(lines.y, y, ("down", above + 1), level, growth, edge=True)
            name = plan.graph.lanes[lane].name if plan.graph.lanes else ""
            y = max(y, top + len(name) * CHARACTER + _EDGE)
            lines.lanes.append((top, y))
            top = y
    lines.height = y


def _used(plan: Plan) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """The tracks of each gap in which something runs: upright ones, level ones."""
    upright: dict[int, set[int]] = {}
    level: dict[int, set[int]] = {}
    for route in plan.routes.values():
        for here, after in zip(route.spots, route.spots[1:], strict=False):
            if here[0] == after[0]:
                line, used = plan.grid.across[here[0]], upright
            else:
                line, used = plan.grid.down[here[1]], level
            if line[0] == "gap":
                used.setdefault(line[1], set()).add(line[2])
    return upright, level


def _gap(
    places: dict[Line, float],
    start: float,
    which: tuple[str, int],
    used: dict[int, set[int]],
    growth: Growth,
    *,
    edge: bool,
) -> float:
    """Place the used tracks of one gap; the end of the gap."""
    axis, gap = which
    tracks = sorted(used.get(gap, ()))
    pitch, least = (_PITCH_X, _NARROW) if axis == "across" else (_PITCH_Y, 36.0)
    side = 25.0 if axis == "across" else 22.0
    before, after = growth.get((axis, gap, "before"), 0.0), growth.get((axis, gap, "after"), 0.0)
    if not tracks:
        return start + before + after + (_EDGE if edge else least)
    at = start + before + side
    for place, track in enumerate(tracks):
        at += pitch + growth.get((axis, gap, str(track)), 0.0) if place else 0.0
        places["gap", gap, track] = at
    return at + side + after
