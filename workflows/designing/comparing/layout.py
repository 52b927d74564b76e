"""Where shapes and edges are drawn: of no effect on any case, and said to be so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.comparing.changes import CHANGED, LAYOUT, Change
from workflows.spiff import markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_NUMBERS = ("x", "y", "width", "height")


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    """One change for each diagram in which something that stays is drawn elsewhere."""
    for file in sorted(old.keys() & new.keys()):
        before, after = _drawn(file, old[file]), _drawn(file, new[file])
        moved = [shape for shape in before.keys() & after.keys() if before[shape] != after[shape]]
        if moved:
            drawn = f"有 {len(moved)} 处位置、大小或连线的画法调整"
            yield Change(part=LAYOUT, kind=CHANGED, subject=file, where=f"流程图（{file}）", what=drawn)


def _drawn(file: str, text: str) -> dict[str, tuple[str, ...]]:
    """Every shape and edge by what it draws: its corners and points."""
    root = markup.document(file, text.encode())
    found: dict[str, tuple[str, ...]] = {}
    for tag in ("BPMNShape", "BPMNEdge"):
        for each in root.iter(_DI + tag):
            own = [point for point in each.iter() if "Label" not in str(point.tag)]
            numbers = [str(point.get(name)) for point in own for name in _NUMBERS if point.get(name)]
            found[str(each.get("bpmnElement", "")).rpartition(":")[2]] = tuple(numbers)
    return found
