"""Where names stand: beside their shape or line, on nothing else. What has no room asks for more."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.designing.layout.model import Box, common, label_size, towards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.designing.layout.model import Drawing, Graph, Node, Point, Way

_AWAY = 6.0


@dataclass
class Lettering:
    """Places found, and the elements whose name found none."""

    boxes: dict[str, Box] = field(default_factory=dict)
    wishes: list[str] = field(default_factory=list)


def letter(graph: Graph, drawing: Drawing, *, loosely: bool = False) -> Lettering:
    """A place for the name of every event, gateway and flow; loosely: even beside a part shorter than it."""
    done = Lettering()
    taken = list(drawing.shapes.values())
    stretches = [pair for way in drawing.ways.values() for pair in itertools.pairwise(way)]
    nodes = sorted(
        (node for node in graph.nodes.values() if node.labelled),
        key=lambda node: node.kind != "boundaryEvent",
    )
    for node in nodes:
        size = label_size(node.name)
        options = list(_beside(node, drawing.shapes[node.id], size))
        _settle(done, node.id, options, (taken, stretches, drawing))
    for flow in graph.flows:
        if flow.name and flow.id in drawing.ways:
            way = _own(drawing, flow.id)
            size = label_size(flow.name, 8)
            options = list(_along(way, size)) + (list(_along(way, size, short=True)) if loosely else [])
            options = options or list(_along(way, size, short=True))[:1]
            _settle(done, flow.id, options, (taken, stretches, drawing))
    _pin(done, graph, drawing, stretches)
    return done


def _pin(done: Lettering, graph: Graph, drawing: Drawing, stretches: list[tuple[Point, Point]]) -> None:
    """Annotations stand above or below what they explain, tied to it by an upright line."""
    for note in graph.notes:
        host = next((drawing.shapes[end] for _, end in note.ties if end in drawing.shapes), None)
        spots = [(0.0, 0.0)] if host is None else list(_around(host, note.width, note.height))
        options = [Box(x, y, note.width, note.height) for x, y in spots]
        taken = [box for key, box in drawing.shapes.items() if key not in drawing.notes]
        taken += [box for key, box in drawing.notes.items()]
        _settle(done, note.id, options, (taken, stretches, drawing))
        drawing.notes[note.id] = done.boxes.pop(note.id)
        for tie, end in note.ties:
            if end in drawing.shapes:
                drawing.ties[tie] = _tie(drawing.notes[note.id], drawing.shapes[end])


def _around(host: Box, width: float, height: float) -> Iterator[Point]:
    for away in (18.0, 34.0, 50.0, 66.0, 82.0):
        for x in (
            host.centre[0] - width / 2,
            host.x,
            host.right - width,
            host.right - 30,
            host.x + 30 - width,
        ):
            yield x, host.y - height - away
            yield x, host.bottom + away
    for away in (30.0, 50.0):
        yield host.right + away, host.centre[1] - height / 2
        yield host.x - away - width, host.centre[1] - height / 2


def _tie(note: Box, host: Box) -> Way:
    left, right = max(note.x, host.x), min(note.right, host.right)
    if left < right:
        x = (left + right) / 2
        return [(x, note.bottom), (x, host.y)] if note.y < host.y else [(x, note.y), (x, host.bottom)]
    y = note.centre[1]
    return [(note.x, y), (host.right, y)] if note.x > host.x else [(note.right, y), (host.x, y)]


def _own(drawing: Drawing, key: str) -> Way:
    """The part of a way no other flow shares from the same start: there its name is beyond doubt."""
    way = drawing.ways[key]
    others = [other for name, other in drawing.ways.items() if name != key and other[0] == way[0]]
    if not others:
        return way
    shared = max(common(way, other) for other in others)
    return way if shared == 0 else _rest(way, shared)


def _rest(way: Way, passed: float) -> Way:
    for place, (a, b) in enumerate(itertools.pairwise(way)):
        length = abs(b[0] - a[0]) + abs(b[1] - a[1])
        if passed < length:
            step = towards(a, b)
            return [(a[0] + step[0] * passed, a[1] + step[1] * passed), *way[place + 1 :]]
        passed -= length
    return way


def _beside(node: Node, box: Box, size: tuple[float, float]) -> Iterator[Box]:
    width, height = size
    centre, middle = box.centre
    above = Box(centre - width / 2, box.y - height - _AWAY, width, height)
    below = Box(centre - width / 2, box.bottom + _AWAY, width, height)
    right_below = Box(box.right - 4, box.bottom - 2, width, height)
    left_below = Box(box.x + 4 - width, box.bottom - 2, width, height)
    right_above = Box(box.right - 4, box.y + 2 - height, width, height)
    left_above = Box(box.x + 4 - width, box.y + 2 - height, width, height)
    if node.kind == "boundaryEvent":
        low = middle + 4
        yield Box(box.right + 3, low, width, height)
        yield Box(box.x - 3 - width, low, width, height)
        yield below
    elif "Gateway" in node.kind:
        yield from (above, below, left_above, right_above, left_below, right_below)
        yield from (above.moved(-width / 2 - 4, 0), above.moved(width / 2 + 4, 0))
        yield from (below.moved(-width / 2 - 4, 0), below.moved(width / 2 + 4, 0))
    else:
        yield from (below, above, right_below, left_below, right_above, left_above)
        yield from (below.moved(width / 2 + 4, 0), above.moved(width / 2 + 4, 0))
    if node.kind == "endEvent":
        yield Box(box.right + _AWAY, middle - height / 2, width, height)


def _along(way: Way, size: tuple[float, float], *, short: bool = False) -> Iterator[Box]:
    """Beside each stretch, the first one first, near its beginning; beside short ones only where asked."""
    width, height = size
    for a, b in itertools.pairwise(way):
        level = abs(a[1] - b[1]) < 1
        least = width + 8 if level else height + 4
        if short or abs(a[0] - b[0]) + abs(a[1] - b[1]) >= least:
            yield from _level(a, b, width, height) if level else _upright(a, b, width, height)


def _level(a: Point, b: Point, width: float, height: float) -> Iterator[Box]:
    left, right = sorted((a[0], b[0]))
    places = [left + 5, (left + right - width) / 2, right - width - 8]
    if b[0] < a[0]:
        places.reverse()
    for x in places:
        yield Box(x, a[1] - height - 3, width, height)
        yield Box(x, a[1] + 4, width, height)


def _upright(a: Point, b: Point, width: float, height: float) -> Iterator[Box]:
    top, bottom = sorted((a[1], b[1]))
    places = [top + 4, (top + bottom - height) / 2, bottom - height - 8]
    if b[1] < a[1]:
        places.reverse()
    for y in places:
        yield Box(a[0] + 5, y, width, height)
        yield Box(a[0] - 5 - width, y, width, height)


def _settle(
    done: Lettering,
    key: str,
    options: list[Box],
    around: tuple[list[Box], list[tuple[Point, Point]], Drawing],
) -> None:
    taken, stretches, drawing = around
    edges = [lane.y for lane in drawing.lanes.values()]
    for option in options:
        if _free(option, [*taken, *done.boxes.values()], stretches, edges, drawing):
            done.boxes[key] = option
            return
    done.wishes.append(key)
    done.boxes[key] = options[0]


def _free(
    option: Box, taken: list[Box], stretches: list[tuple[Point, Point]], edges: list[float], drawing: Drawing
) -> bool:
    if option.x < 2 or option.y < 2 or option.right > drawing.width - 2 or option.bottom > drawing.height - 5:
        return False
    near = option.grown(1)
    if any(option.overlaps(box) for box in taken) or any(near.met_by(*each) for each in stretches):
        return False
    return not any(option.y - 4 < edge < option.bottom + 5 for edge in edges)
