"""What is laid out: nodes in lanes and flows between them; what comes of it: boxes, ways and labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

TASK = (100, 80)
GATEWAY = (50, 50)
EVENT = (36, 36)
CHARACTER = 12
"""Width of one Chinese character in pixels."""
LINE = 14
"""Height of one line of a label in pixels."""

Point = tuple[float, float]
Way = list[Point]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, by: float) -> Box:
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, x: float, y: float) -> Box:
        return Box(self.x + x, self.y + y, self.width, self.height)

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def holds(self, other: Box) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def met_by(self, start: Point, end: Point) -> bool:
        """Whether a level or upright stretch passes through the inside."""
        left, right = sorted((start[0], end[0]))
        top, bottom = sorted((start[1], end[1]))
        return left < self.right and right > self.x and top < self.bottom and bottom > self.y


@dataclass
class Node:
    """One shape of a flow: an activity, a gateway or an event."""

    id: str
    kind: str
    name: str
    lane: int = 0
    host: str | None = None
    inner: Graph | None = None
    width: float = TASK[0]
    height: float = TASK[1]

    @property
    def labelled(self) -> bool:
        """Whether the name stands outside the shape."""
        return bool(self.name) and ("Gateway" in self.kind or "Event" in self.kind)


@dataclass(frozen=True)
class Flow:
    """One sequence flow."""

    id: str
    name: str
    source: str
    target: str


@dataclass(frozen=True)
class Lane:
    """One lane, in the order of the file."""

    id: str
    name: str


@dataclass(frozen=True)
class Note:
    """A text annotation or a piece of data, and whom it is tied to (association, element)."""

    id: str
    text: str
    ties: tuple[tuple[str, str], ...]
    width: float = TASK[0]
    height: float = 0


@dataclass
class Graph:
    """What is drawn on one plane or inside one sub-process."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass
class Drawing:
    """Everything with its place, in pixels from the upper left corner."""

    shapes: dict[str, Box] = field(default_factory=dict)
    lanes: dict[str, Box] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    notes: dict[str, Box] = field(default_factory=dict)
    ties: dict[str, Way] = field(default_factory=dict)
    width: float = 0
    height: float = 0

    def take(self, other: Drawing, x: float, y: float) -> None:
        """Put another drawing in, moved."""
        self.shapes |= {key: box.moved(x, y) for key, box in other.shapes.items()}
        self.notes |= {key: box.moved(x, y) for key, box in other.notes.items()}
        self.ties |= {key: [(a + x, b + y) for a, b in way] for key, way in other.ties.items()}
        self.labels |= {key: box.moved(x, y) for key, box in other.labels.items()}
        self.ways |= {key: [(a + x, b + y) for a, b in way] for key, way in other.ways.items()}


def label_size(text: str, most: int = 7) -> tuple[float, float]:
    """Width and height of a label: at most so many characters on a line, lines of about equal length."""
    length = sum(1.0 if ord(letter) > 0x2E7F else 0.6 for letter in text)
    lines = max(1, -(-int(length + 0.99) // most))
    each = -(-int(length + 0.99) // lines)
    width = each * CHARACTER if lines == 1 else max(each * CHARACTER, each * 11 + 7)
    return float(max(width, CHARACTER * 2)), float(lines * LINE)


def common(one: Way, other: Way) -> float:
    """How far two ways from one point run together."""
    total = 0.0
    for (a, b), (c, d) in zip(pairwise(one), pairwise(other), strict=False):
        if towards(a, b) != towards(c, d):
            break
        first, second = abs(b[0] - a[0]) + abs(b[1] - a[1]), abs(d[0] - c[0]) + abs(d[1] - c[1])
        total += min(first, second)
        if first != second:
            break
    return total


def towards(a: Point, b: Point) -> tuple[int, int]:
    """Right, left, down or up, as signs."""
    return (b[0] > a[0]) - (b[0] < a[0]), (b[1] > a[1]) - (b[1] < a[1])


def length(way: Way) -> float:
    """How long a way of level and upright parts is."""
    return sum(abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in pairwise(way))


def crossing(one: tuple[Point, Point], other: tuple[Point, Point]) -> Point | None:
    """Where a level and an upright stretch cross; None where they only touch."""
    if (abs(one[0][1] - one[1][1]) < 1) == (abs(other[0][1] - other[1][1]) < 1):
        return None
    (a, b), (c, d) = (one, other) if abs(one[0][1] - one[1][1]) < 1 else (other, one)
    left, right = sorted((a[0], b[0]))
    top, bottom = sorted((c[1], d[1]))
    met = left < c[0] - 1 and c[0] + 1 < right and top < a[1] - 1 and a[1] + 1 < bottom
    return (c[0], a[1]) if met else None
