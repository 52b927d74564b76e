"""How a diagram is coloured: by the part of its limit that half of a step's cases keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cases import drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.supervision.queries import Figures
    from workflows.catalogue import Release

WARM = (0.5, 0.8, 1.0)
"""Above these parts of the limit a step is coloured, each time more."""


def much(figures: Figures) -> int:
    """How warm a step is: 0 to 3; what half of them do not keep to is hottest."""
    median = figures.median
    return 0 if median is None else sum(median > bound for bound in WARM)


def words_of(figures: Figures) -> str:
    """What the badge on a step says."""
    said = [f"在办 {figures.open}"]
    if figures.overdue:
        said.append(f"超期 {figures.overdue}")
    return "，".join(said)


def note_of(figures: Figures) -> str:
    """What is read when a step is tapped."""
    said = [words_of(figures), f"办结 {figures.done}", f"退回 {figures.returned}"]
    median = figures.median
    if median is not None:
        part = "3 倍时限以上" if median > 3 else f"时限的 {median:.0%}"
        said.append(f"一半办件用时不超过{part}" if median <= 3 else f"一半办件用时在{part}")
    return "；".join(said)


def state_on(release: Release, file: str, found: Mapping[str, Figures]) -> dict[str, Any]:
    """What the viewer needs of one diagram file."""
    blank = drawing.blank(release, file)
    shapes = {
        step: release.specification.elements[step].shape
        for step in found
        if step in release.specification.elements and release.specification.elements[step].file == file
    }
    heat = {}
    for step, shape in shapes.items():
        figures = found[step]
        heat[shape] = {"words": words_of(figures), "much": much(figures)}
        if shape in blank["elements"]:
            blank["elements"][shape]["words"] = note_of(figures)
    return {**blank, "heat": heat}
