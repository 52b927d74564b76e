"""One graph, laid out: inner graphs first, then cells, ways, pixels and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.layout.grid import grid_of
from workflows.designing.layout.labels import letter
from workflows.designing.layout.model import Drawing
from workflows.designing.layout.placing import place
from workflows.designing.layout.routing import Router
from workflows.designing.layout.spacing import Growth, Plan, drawn

if TYPE_CHECKING:
    from workflows.designing.layout.labels import Wish
    from workflows.designing.layout.model import Graph
    from workflows.designing.layout.routing import Port

_ROUNDS = 14
_STEP = 14.0
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
    placing = place(graph)
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
    drawing, _ = drawn(plan, growth)
    lettering = letter(graph, drawing)
    for turn in range(_ROUNDS):
        if not lettering.wishes:
            break
        for wish in lettering.wishes:
            key = _room(plan, wish, turn)
            growth[key] = growth.get(key, 0.0) + _STEP
        drawing, _ = drawn(plan, growth)
        lettering = letter(graph, drawing)
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


def _room(plan: Plan, wish: Wish, turn: int) -> tuple[str, int, str]:
    """Which gap to widen for a name without a place; in turns, as it is not known what will help."""
    element, direction = wish
    flow = next((flow for flow in plan.graph.flows if flow.id == element), None)
    note = next((note for note in plan.graph.notes if note.id == element), None)
    if note is not None:
        element = next((end for _, end in note.ties if end in plan.graph.nodes), next(iter(plan.graph.nodes)))
    node = flow.source if flow else element
    cell = plan.mounts[node][0] if node in plan.mounts else node
    row, column = plan.placing.row[cell], plan.placing.column[cell]
    above = plan.grid.gap_above[row]
    if turn % 4 == 3:
        return "across", column + 1, "before"
    if direction == "right" or (flow and turn % 4 == 2):
        return "across", column + 1, "before"
    if direction == "above" or turn % 2 == 1:
        return "down", above, "after"
    return "down", above + 1, "before"
