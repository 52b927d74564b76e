"""Which column and which row a node stands in: forward flows lead to the right, lanes keep their nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.designing.layout.model import TASK

if TYPE_CHECKING:
    from workflows.designing.layout.model import Flow, Graph, Node

_ROUNDS = 12


Links = list[tuple[str, str]]


@dataclass
class Placing:
    """Columns and rows of the nodes with a cell of their own; boundary events stand on their host."""

    column: dict[str, int] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)
    """Rows counted through all lanes."""
    lane_of_row: list[int] = field(default_factory=list)
    back: set[str] = field(default_factory=set)
    """Flows that lead back."""


def place(graph: Graph, *, upright: bool = False) -> Placing:
    """Columns by the longest way from the start, rows with few crossings; the same graph, the same answer.

    Upright: what is handed to the next lane stands right below or above.
    """
    anchor = {node.id: node.host if node.host in graph.nodes else node.id for node in graph.nodes.values()}
    links = [(flow, str(anchor[flow.source]), str(anchor[flow.target])) for flow in graph.flows]
    cells = [node for node in graph.nodes.values() if anchor[node.id] == node.id]
    back = _back(cells, links)
    found = Placing(back=back)
    ahead = [(a, b) for flow, a, b in links if flow.id not in back and a != b]
    aside = {(a, b) for flow, a, b in links if graph.nodes[flow.source].kind == "boundaryEvent"}
    below = _below({node.id: node for node in cells}, ahead) if upright else set()
    found.column = _columns([node.id for node in cells], ahead, below)
    _rows(found, cells, (ahead, aside), max(1, len(graph.lanes)))
    return found


def _back(cells: list[Node], links: list[tuple[Flow, str, str]]) -> set[str]:
    """Flows that close a circle, met depth first from the starts in the order of the file."""
    out: dict[str, list[tuple[str, str]]] = {node.id: [] for node in cells}
    entered = set()
    for flow, source, target in links:
        out[source].append((flow.id, target))
        entered.add(target)
    state: dict[str, int] = {}
    back: set[str] = set()

    def visit(node: str) -> None:
        state[node] = 1
        for flow, target in out[node]:
            if state.get(target) == 1:
                back.add(flow)
            elif target not in state:
                visit(target)
        state[node] = 2

    for node in sorted(cells, key=lambda each: (each.kind != "startEvent", each.id in entered)):
        if node.id not in state:
            visit(node.id)
    return back


def _below(cells: dict[str, Node], ahead: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Links to a step of the lane next to it, one at most from and to each; never down and up again."""
    found: set[tuple[str, str]] = set()
    way: dict[str, int] = {}
    for source, target in ahead:
        down = cells[target].lane - cells[source].lane
        single = not any(source == a or target == b for a, b in found)
        step = cells[target].width >= TASK[0] and cells[source].kind != "startEvent"
        if abs(down) == 1 and single and step and way.get(source, down) == down:
            found.add((source, target))
            way[target] = way[source] = down
    return found


def _columns(cells: list[str], ahead: list[tuple[str, str]], below: set[tuple[str, str]]) -> dict[str, int]:
    column = dict.fromkeys(cells, 0)
    for _ in cells:
        moved = False
        for source, target in ahead:
            least = column[source] + ((source, target) not in below)
            if column[target] < least:
                column[target] = least
                moved = True
        if not moved:
            break
    return column


class _Rows:
    """The search for rows: what a placing costs, and the moves that make it cheaper."""

    def __init__(
        self, column: dict[str, int], lane: dict[str, int], ahead: Links, aside: set[tuple[str, str]]
    ) -> None:
        self.column, self.lane, self.ahead, self.aside = column, lane, ahead, aside
        self.row = dict.fromkeys(column, 0)
        self.depth: dict[int, int] = {}
        out: dict[str, int] = {}
        into: dict[str, int] = {}
        for source, target in (link for link in ahead if link not in aside):
            out[source] = out.get(source, 0) + 1
            into[target] = into.get(target, 0) + 1
        self.weight = dict.fromkeys(ahead, 1.0)
        for source, target in ahead:
            if (source, target) in aside:
                # What leaves a border goes down anyway.
                self.weight[source, target] = 0.3
            elif out[source] == 1:
                self.weight[source, target] = 3 if into[target] == 1 else 2
        seen = set()
        for source, target in ahead:
            if source not in seen and out.get(source, 0) > 1:
                # The first way out in the file is the ordinary one.
                self.weight[source, target] += 0.5
                seen.add(source)

    def first(self, lanes: int) -> None:
        """Every node beside the node before it, if that place is free; else in the next free row."""
        taken: set[tuple[int, int, int]] = set()
        before: dict[str, list[str]] = {}
        for source, target in self.ahead:
            before.setdefault(target, []).append(source)
        for node in sorted(self.column, key=lambda each: self.column[each]):
            near = [self.row[each] for each in before.get(node, []) if self.lane[each] == self.lane[node]]
            row = min(near, default=0)
            options = sorted(range(len(self.column) + 1), key=lambda each: (abs(each - row), -each))
            spot = next(each for each in options if (self.lane[node], self.column[node], each) not in taken)
            taken.add((self.lane[node], self.column[node], spot))
            self.row[node] = spot
        for lane in range(lanes):
            rows = [self.row[node] for node in self.row if self.lane[node] == lane]
            self.depth[lane] = max(rows, default=0) + 1

    def level(self, node: str) -> float:
        lane = self.lane[node]
        return self.row[node] + sum(depth + 0.5 for other, depth in self.depth.items() if other < lane)

    def cost(self) -> float:
        level = {node: self.level(node) for node in self.row}
        taken = {(level[node], self.column[node]) for node in self.row}
        ends = [(self.column[a], level[a], self.column[b], level[b], a, b) for a, b in self.ahead]
        total = sum(self._single(each, taken) for each in ends)
        for place, one in enumerate(ends):
            for other in ends[place + 1 :]:
                total += 12 if _cross(one, other) else 0
        used = {(self.lane[node], self.row[node]) for node in self.row}
        return total + 6 * len(used) + 0.2 * sum(self.row.values())

    def _single(self, end: tuple[int, float, int, float, str, str], taken: set[tuple[float, int]]) -> float:
        left, high, right, low, source, target = end
        total = self.weight[source, target] * (0.0 if high == low else 3 + min(4.0, abs(high - low)))
        if (source, target) in self.aside and low <= high:
            total += 4
        if left == right:
            upper, lower = sorted((high, low))
            total += 10 * sum(upper < level < lower and column == left for level, column in taken)
        if high == low:
            total += 10 * sum((high, column) in taken for column in range(left + 1, right))
        return total

    def improve(self) -> None:
        """Move or swap single nodes within their lane and column for as long as it pays."""
        best = self.cost()
        for _ in range(_ROUNDS):
            before = best
            for node in self.row:
                for row in range(self.depth[self.lane[node]] + 1):
                    best = self._tried(node, row, best)
            if best >= before:
                return

    def lift(self, lane: int) -> None:
        """Let nodes of a lane go up into a row that was not there, where that pays."""
        members = [node for node in self.row if self.lane[node] == lane]
        kept, least = dict(self.row), self.cost()
        for node in members:
            self.row[node] += 1
        self.improve()
        top = min((self.row[node] for node in members), default=0)
        for node in members:
            self.row[node] -= top
        if self.cost() > least - 1:
            self.row = kept

    def _tried(self, node: str, row: int, best: float) -> float:
        old = self.row[node]
        if row == old:
            return best
        here = (self.lane[node], self.column[node], row)
        other = next(
            (each for each in self.row if (self.lane[each], self.column[each], self.row[each]) == here), None
        )
        self.row[node] = row
        if other:
            self.row[other] = old
        cost = self.cost()
        if cost < best - 1e-9:
            return cost
        self.row[node] = old
        if other:
            self.row[other] = row
        return best


def _cross(
    one: tuple[int, float, int, float, str, str], other: tuple[int, float, int, float, str, str]
) -> bool:
    """Whether two straight lines between cells cross, ends in common left out."""
    left, right = max(one[0], other[0]), min(one[2], other[2])
    if left >= right or one[4] == other[4] or one[5] == other[5]:
        return False
    first = _at(one, left) - _at(other, left)
    second = _at(one, right) - _at(other, right)
    return first * second < 0


def _at(line: tuple[int, float, int, float, str, str], x: int) -> float:
    return line[1] + (line[3] - line[1]) * (x - line[0]) / (line[2] - line[0])


def _rows(found: Placing, cells: list[Node], links: tuple[Links, set[tuple[str, str]]], lanes: int) -> None:
    search = _Rows(found.column, {node.id: node.lane for node in cells}, *links)
    search.first(lanes)
    search.improve()
    for lane in range(lanes):
        search.lift(lane)
    for lane in range(lanes):
        members = [node for node in found.column if search.lane[node] == lane]
        rows = sorted({search.row[node] for node in members}) or [0]
        for node in members:
            found.row[node] = len(found.lane_of_row) + rows.index(search.row[node])
        found.lane_of_row += [lane] * len(rows)
