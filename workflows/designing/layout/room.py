"""Which gaps to widen for a name without a place: as little as helps, beside its own element."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from workflows.designing.layout.labels import letter
from workflows.designing.layout.spacing import corners, drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.designing.layout.grid import Line, Spot
    from workflows.designing.layout.labels import Lettering
    from workflows.designing.layout.model import Drawing
    from workflows.designing.layout.spacing import Growth, Plan

Key = tuple[str, int, str]
_STEPS = (14.0, 28.0, 42.0, 70.0)
_ROUNDS = 24
_IN_VAIN = 4
"""How often a gap is widened though that alone helps nothing."""


def widened(plan: Plan, growth: Growth) -> tuple[Drawing, Lettering]:
    """The drawing and its names, gaps widened until every name has its place or nothing helps any more."""
    drawing, lettering = _lettered(plan, growth)
    vain = 0
    for _ in range(_ROUNDS):
        if not lettering.wishes or vain > _IN_VAIN:
            break
        better = _better(plan, growth, lettering)
        if better is None:
            options = list(_beside(plan, lettering.wishes[vain % len(lettering.wishes)]))
            better = _grown(growth, options[vain % len(options)], _STEPS[1])
            vain += 1
        growth = better
        drawing, lettering = _lettered(plan, growth)
    if lettering.wishes:
        lettering = letter(plan.graph, drawing, loosely=True)
    return drawing, lettering


def _lettered(plan: Plan, growth: Growth) -> tuple[Drawing, Lettering]:
    drawing, _ = drawn(plan, growth)
    return drawing, letter(plan.graph, drawing)


def _grown(growth: Growth, key: Key, by: float) -> Growth:
    return {**growth, key: growth.get(key, 0.0) + by}


def _better(plan: Plan, growth: Growth, lettering: Lettering) -> Growth | None:
    """The least widening with which fewer names are without a place."""
    keys = list(dict.fromkeys(key for wish in lettering.wishes for key in _beside(plan, wish)))
    for by in _STEPS:
        for key in keys:
            trial = _grown(growth, key, by)
            if len(_lettered(plan, trial)[1].wishes) < len(lettering.wishes):
                return trial
    return None


def _beside(plan: Plan, element: str) -> Iterator[Key]:
    """The gaps along and on both sides of a flow's own way, or around a node."""
    route = plan.routes.get(element)
    if route is not None and route.spots:
        for one, other in pairwise(corners(_own(plan, element))):
            yield from _stretch(plan, one, other)
        return
    note = next((note for note in plan.graph.notes if note.id == element), None)
    if note is not None:
        element = next((end for _, end in note.ties if end in plan.graph.nodes), next(iter(plan.graph.nodes)))
    cell = plan.mounts[element][0] if element in plan.mounts else element
    row, column = ("row", plan.placing.row[cell], 0), ("column", plan.placing.column[cell], 2)
    yield from (_after(plan, row, "down"), _before(plan, row, "down"))
    yield from (_after(plan, column, "across"), _before(plan, column, "across"))


def _own(plan: Plan, key: str) -> list[Spot]:
    """The part of a flow's way after it has left all others from the same shape."""
    route = plan.routes[key]
    alike = [
        other.spots
        for name, other in plan.routes.items()
        if name != key and other.flow.source == route.flow.source
    ]
    shared = max((_common(route.spots, other) for other in alike), default=0)
    return route.spots[max(0, min(shared, len(route.spots) - 1) - 1) :]


def _common(one: list[Spot], other: list[Spot]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _stretch(plan: Plan, one: Spot, other: Spot) -> Iterator[Key]:
    """What makes a stretch longer, and what pushes away its neighbours."""
    across, down = plan.grid.across, plan.grid.down
    if one[1] == other[1]:
        low, high = sorted((one[0], other[0]))
        yield from (_before(plan, across[high], "across"), _after(plan, across[low], "across"))
        yield from (_before(plan, down[one[1]], "down"), _after(plan, down[one[1]], "down"))
    else:
        low, high = sorted((one[1], other[1]))
        yield from (_before(plan, down[high], "down"), _after(plan, down[low], "down"))
        yield from (_after(plan, across[one[0]], "across"), _before(plan, across[one[0]], "across"))


def _before(plan: Plan, line: Line, axis: str) -> Key:
    kind, which, track = line
    if kind == "gap":
        return axis, which, str(track) if _follows(plan, line, axis) else "before"
    return axis, plan.grid.gap_above[which] if kind == "row" else which, "after"


def _after(plan: Plan, line: Line, axis: str) -> Key:
    kind, which, track = line
    if kind == "gap":
        later = [each for each in _tracks(plan, axis, which) if each > track]
        return axis, which, str(later[0]) if later else "after"
    return axis, (plan.grid.gap_above[which] if kind == "row" else which) + 1, "before"


def _follows(plan: Plan, line: Line, axis: str) -> bool:
    return any(each < line[2] for each in _tracks(plan, axis, line[1]))


def _tracks(plan: Plan, axis: str, gap: int) -> list[int]:
    """The tracks of a gap in which something runs, in order."""
    lines, place = (plan.grid.across, 0) if axis == "across" else (plan.grid.down, 1)
    found = set()
    for route in plan.routes.values():
        for here, there in pairwise(route.spots):
            line = lines[here[place]]
            if here[place] == there[place] and line[:2] == ("gap", gap):
                found.add(line[2])
    return sorted(found)
