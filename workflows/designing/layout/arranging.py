"""One graph, laid out: inner graphs first, then cells, ways, pixels and names."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from workflows.designing.layout.grid import grid_of
from workflows.designing.layout.model import Drawing, crossing, length
from workflows.designing.layout.placing import place
from workflows.designing.layout.room import widened
from workflows.designing.layout.routing import Router
from workflows.designing.layout.spacing import Growth, Plan

if TYPE_CHECKING:
    from workflows.designing.layout.model import Graph
    from workflows.designing.layout.placing import Placing
    from workflows.designing.layout.search import Port

_INSIDE_TOP, _INSIDE = 24.0, 10.0
_SEATS = (("bottom", 2), ("bottom", 0), ("bottom", 1), ("top", 2), ("top", 0), ("top", 1))


def arrange(graph: Graph) -> Drawing:
    """Everything of a graph in its place, in pixels from its own upper left corner."""
    inner: dict[str, Drawing] = {}
    for node in graph.nodes.values():
        if node.inner is not None:
            inner[node.id] = arrange(node.inner)
            node.width = max(140.0, inner[node.id].width + 2 * _INSIDE)
            node.height = max(100.0, inner[node.id].height + _INSIDE_TOP + _INSIDE)
    if not graph.nodes:
        return Drawing(width=100, height=60)
    drawing = _own(graph)
    for key, part in inner.items():
        box = drawing.shapes[key]
        drawing.take(part, box.x + _INSIDE, box.y + _INSIDE_TOP)
    return drawing


def _own(graph: Graph) -> Drawing:
    """The better of two: every step further to the right, or what is handed over right below."""
    plain, upright = _placed(graph, place(graph)), _placed(graph, place(graph, upright=True))
    return upright if _burden(upright) < _burden(plain) else plain


def _burden(drawing: Drawing) -> float:
    """How hard a drawing is to read: crossings, bends, long ways, width."""
    ways = list(drawing.ways.values())
    parts = [list(pairwise(way)) for way in ways]
    crossed = {
        place_
        for one, other in combinations(parts, 2)
        for first in one
        for second in other
        if (place_ := crossing(first, second)) is not None
    }
    bends = sum(len(way) - 2 for way in ways)
    return 600 * len(crossed) + 30 * bends + sum(map(length, ways)) / 4 + drawing.width


def _placed(graph: Graph, placing: Placing) -> Drawing:
    grid = grid_of(placing)
    mounts = _mounts(graph)
    plan = Plan(graph, placing, grid, Router(graph, placing, grid, mounts).run(), mounts)
    growth: Growth = {}
    for event, (host, side, _) in mounts.items():
        if graph.nodes[event].name:
            key = (
                "down",
                grid.gap_above[placing.row[host]] + (side == "bottom"),
                "before" if side == "bottom" else "after",
            )
            growth[key] = 18.0
    drawing, lettering = widened(plan, growth)
    drawing.labels = lettering.boxes
    return drawing


def _mounts(graph: Graph) -> dict[str, Port]:
    """Boundary events on the lower border of their host, from the right; then on the upper."""
    mounts: dict[str, Port] = {}
    count: dict[str, int] = {}
    for node in graph.nodes.values():
        if node.host in graph.nodes and node.host is not None:
            side, place_ = _SEATS[count.get(node.host, 0) % len(_SEATS)]
            count[node.host] = count.get(node.host, 0) + 1
            mounts[node.id] = (node.host, side, place_)
    return mounts
