"""How well a diagram is drawn: what is missing, outside its lane, overlapping, run through or crossing."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from workflows.designing.layout.model import Box, Point, Way, common, crossing, length
from workflows.designing.layout.writing import DI
from workflows.spiff import markup

if TYPE_CHECKING:
    from lxml import etree

_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
_CONTAINERS = ("participant", "lane", "subProcess", "transaction", "adHocSubProcess")
_NOTES = ("textAnnotation", "dataObjectReference", "dataStoreReference")
Pairs = list[tuple[str, str]]
_NEAR = 60.0
"""How far from its flow a name may stand, in pixels."""
_OWN = 20.0
"""How much of a flow must run by itself, in pixels."""


@dataclass
class Drawn:
    """A diagram as it is drawn: boxes, ways and labels by the ids of their elements, and what they are."""

    boxes: dict[str, Box] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)

    def solid(self) -> dict[str, Box]:
        """Shapes nothing may lie on: all but pools, lanes and expanded sub-processes."""
        return {key: box for key, box in self.boxes.items() if self.kinds.get(key) not in _CONTAINERS}

    def called(self, key: str) -> str:
        """What a person knows an element by."""
        return self.names.get(key) or key


def drawn(content: bytes) -> Drawn:
    """What a file draws."""
    root = markup.document("process.bpmn", content)
    found = Drawn()
    for each in root.iter():
        kind = markup.kind(each)
        if kind is not None and each.get("id"):
            _element(found, each, kind)
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        box = _bounds(shape)
        if box is not None:
            found.boxes[shape.get("bpmnElement", "")] = box
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        points = [(float(each.get("x", "0")), float(each.get("y", "0"))) for each in edge.iter(_WAYPOINT)]
        found.ways[edge.get("bpmnElement", "")] = points
    for label in root.iter(f"{{{DI}}}BPMNLabel"):
        box, above = _bounds(label), label.getparent()
        if box is not None and above is not None:
            found.labels[above.get("bpmnElement", "")] = box
    return found


def _element(found: Drawn, each: etree._Element, kind: str) -> None:
    key, above = each.get("id", ""), each.getparent()
    found.kinds[key], found.names[key] = kind, each.get("name", "")
    if kind in {"sequenceFlow", "association"}:
        found.ends[key] = (each.get("sourceRef", ""), each.get("targetRef", ""))
    for reference in markup.children(each, "flowNodeRef"):
        found.lanes[(reference.text or "").strip()] = key
    if above is not None and markup.kind(above) in _CONTAINERS:
        found.inside[key] = above.get("id", "")
    if kind == "boundaryEvent":
        found.hosts[key] = each.get("attachedToRef", "")


def _bounds(shape: etree._Element) -> Box | None:
    bounds = shape.find(_DC + "Bounds")
    if bounds is None:
        return None
    x, y, width, height = (float(bounds.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def undrawn(diagram: Drawn) -> list[str]:
    """Nodes, lanes, pools, notes and flows without a place."""
    wanted = [
        key
        for key, kind in diagram.kinds.items()
        if kind in {*_CONTAINERS, *_NOTES, "task", "callActivity"}
        or kind.endswith(("Task", "Event", "Gateway"))
    ]
    missing = [key for key in wanted if key not in diagram.boxes]
    return missing + [key for key in diagram.ends if len(diagram.ways.get(key, [])) < 2]


def outside(diagram: Drawn) -> Pairs:
    """Shapes that leave their lane or their sub-process."""
    homes = {**diagram.inside, **diagram.lanes}
    return [
        (key, home)
        for key, home in homes.items()
        if key in diagram.boxes and home in diagram.boxes and diagram.kinds.get(key) != "lane"
        if not diagram.boxes[home].holds(diagram.boxes[key]) and key not in diagram.hosts
    ]


def overlapping(diagram: Drawn) -> Pairs:
    """Pairs of shapes that overlap; a boundary event may sit on its host only."""
    return [
        (one, other)
        for one, other in combinations(diagram.boxes, 2)
        if diagram.boxes[one].overlaps(diagram.boxes[other]) and not _belong(diagram, one, other)
    ]


def _belong(diagram: Drawn, one: str, other: str) -> bool:
    if diagram.hosts.get(one) == other or diagram.hosts.get(other) == one:
        return True
    return _within(diagram, one, other) or _within(diagram, other, one)


def _within(diagram: Drawn, inner: str, outer: str) -> bool:
    kind = diagram.kinds.get(outer)
    if kind in {"participant", "lane"}:
        return diagram.kinds.get(inner) != "lane" or kind == "participant"
    above = diagram.inside.get(inner)
    while above:
        if above == outer:
            return True
        above = diagram.inside.get(above)
    return False


def stretches(way: Way) -> list[tuple[Point, Point]]:
    """The straight parts of a way."""
    return list(pairwise(way))


def slanting(diagram: Drawn) -> list[str]:
    """Flows with a part that is neither level nor upright."""
    return [
        key
        for key, way in diagram.ways.items()
        if diagram.kinds.get(key) == "sequenceFlow"
        and any(abs(a[0] - b[0]) > 1 and abs(a[1] - b[1]) > 1 for a, b in stretches(way))
    ]


def run_through(diagram: Drawn) -> Pairs:
    """Flows and the shapes they pass through without ending there."""
    found = []
    for key, way in diagram.ways.items():
        ends = diagram.ends.get(key, ("", ""))
        for shape, box in diagram.boxes.items():
            kind = diagram.kinds.get(shape)
            if kind in {"participant", "lane"} or shape in ends or _within(diagram, key, shape):
                continue
            if any(box.grown(-1).met_by(a, b) for a, b in stretches(way)):
                found.append((key, shape))
    return found


def covered(diagram: Drawn) -> Pairs:
    """Labels and the shapes or other labels they lie on; an event's name may touch its own host's border."""
    found = [
        (key, shape)
        for key, label in diagram.labels.items()
        for shape, box in diagram.solid().items()
        if shape != key and label.overlaps(box)
    ]
    return found + [
        (one, other)
        for one, other in combinations(diagram.labels, 2)
        if diagram.labels[one].overlaps(diagram.labels[other])
    ]


def struck(diagram: Drawn) -> Pairs:
    """Labels and the flows that run through them."""
    return [
        (key, flow)
        for key, label in diagram.labels.items()
        for flow, way in diagram.ways.items()
        if any(label.met_by(a, b) for a, b in stretches(way))
    ]


def astray(diagram: Drawn) -> list[str]:
    """Flows whose name stands so far away that one looks for it in vain."""
    return [
        key
        for key, label in diagram.labels.items()
        if diagram.kinds.get(key) == "sequenceFlow" and diagram.names.get(key)
        if not any(label.grown(_NEAR).met_by(a, b) for a, b in stretches(diagram.ways.get(key, [])))
    ]


def bridges(diagram: Drawn) -> Pairs:
    """Flows that leave one line only to join another at once: whence and whither cannot be told."""
    found = []
    for key, way in diagram.ways.items():
        source, target = diagram.ends.get(key, ("", ""))
        alike = {
            other: diagram.ways[other] for other in diagram.ends if other != key and other in diagram.ways
        }
        out = max((common(way, alike[a]) for a in alike if diagram.ends[a][0] == source), default=0.0)
        into = {a: common(way[::-1], alike[a][::-1]) for a in alike if diagram.ends[a][1] == target}
        joined = max(into, key=into.__getitem__, default="")
        if out and joined and into[joined] and length(way) - out - into[joined] < _OWN:
            found.append((key, joined))
    return found


def crossings(diagram: Drawn) -> Pairs:
    """Pairs of flows that cross, each place once; flows from one shape or to one shape may run together."""
    found: dict[Point, tuple[str, str]] = {}
    for one, other in combinations(diagram.ways, 2):
        for first in stretches(diagram.ways[one]):
            for second in stretches(diagram.ways[other]):
                place = crossing(first, second)
                if place is not None:
                    found.setdefault(place, (one, other))
    return list(found.values())


def on_one_line(diagram: Drawn) -> Pairs:
    """Pairs of flows that lie on each other though neither their beginning nor their end is shared."""
    found = []
    for one, other in combinations(diagram.ways, 2):
        first, second = diagram.ends.get(one, ("", "")), diagram.ends.get(other, ("", ""))
        if first[0] == second[0] or first[1] == second[1]:
            continue
        pairs = [(a, b) for a in stretches(diagram.ways[one]) for b in stretches(diagram.ways[other])]
        if any(_together(a, b) for a, b in pairs):
            found.append((one, other))
    return found


def _together(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    for axis in (0, 1):
        if all(abs(point[1 - axis] - one[0][1 - axis]) < 3 for point in (*one, *other)):
            low = max(min(point[axis] for point in one), min(point[axis] for point in other))
            high = min(max(point[axis] for point in one), max(point[axis] for point in other))
            if high - low > 2:
                return True
    return False
