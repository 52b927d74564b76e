"""The lines a flow may follow: the middle of rows, three places of each column, and the gaps between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.designing.layout.placing import Placing

TRACKS = 6
"""Ways side by side in one gap; what is not used takes no room."""

Spot = tuple[int, int]
Line = tuple[str, int, int]
"""What a line belongs to: gap, column or row; which one; which place within."""
SIDES = ("right", "left", "top", "bottom")


@dataclass
class Grid:
    """Upright and level lines with their rough places, and what is built on."""

    across: list[Line] = field(default_factory=list)
    down: list[Line] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    at_x: dict[Line, int] = field(default_factory=dict)
    at_y: dict[Line, int] = field(default_factory=dict)
    built: set[Spot] = field(default_factory=set)
    gap_above: dict[int, int] = field(default_factory=dict)
    """The gap above each row; the gap below is the next one."""

    def finish(self) -> None:
        self.at_x = {line: index for index, line in enumerate(self.across)}
        self.at_y = {line: index for index, line in enumerate(self.down)}


def grid_of(placing: Placing) -> Grid:
    """The grid of a placing."""
    grid = Grid()
    columns = max(placing.column.values(), default=0) + 1
    for column in range(columns):
        _gap(grid.across, grid.x, column, 12)
        start = grid.x[-1] + 20
        for place in range(3):
            grid.across.append(("column", column, place))
            grid.x.append(start + 10 + 30 * place)
        grid.x[-1] = start + 70
    _gap(grid.across, grid.x, columns, 12)
    gap = 0
    for row, lane in enumerate(placing.lane_of_row):
        if row and placing.lane_of_row[row - 1] != lane:
            _gap(grid.down, grid.y, gap, 10)
            gap += 1
        _gap(grid.down, grid.y, gap, 10)
        grid.gap_above[row] = gap
        gap += 1
        grid.down.append(("row", row, 0))
        grid.y.append(grid.y[-1] + 40)
    _gap(grid.down, grid.y, gap, 10)
    grid.finish()
    for node, column in placing.column.items():
        level = grid.at_y["row", placing.row[node], 0]
        grid.built |= {(grid.at_x["column", column, place], level) for place in range(3)}
    return grid


def _gap(lines: list[Line], places: list[float], gap: int, pitch: float) -> None:
    start = (places[-1] if places else 0) + 40
    for track in range(TRACKS):
        lines.append(("gap", gap, track))
        places.append(start + pitch * track)


def stub(grid: Grid, placing: Placing, node: str, side: str, place: int) -> list[Spot]:
    """From inside a node's cell to the first line outside, leaving by a side."""
    column, row = placing.column[node], placing.row[node]
    level = grid.at_y["row", row, 0]
    left, middle, right = (grid.at_x["column", column, each] for each in range(3))
    if side == "right":
        return [(middle, level), (right, level), (right + 1, level)]
    if side == "left":
        return [(middle, level), (left, level), (left - 1, level)]
    line = (left, middle, right)[place]
    return [(line, level), (line, level + (1 if side == "bottom" else -1))]
