"""Lays out a diagram whose meaning is written by hand: the file comes back drawn, otherwise unchanged."""

from __future__ import annotations

from workflows.designing.layout import measures
from workflows.designing.layout.arranging import arrange
from workflows.designing.layout.model import CHARACTER, Box
from workflows.designing.layout.reading import plane_of, read
from workflows.designing.layout.writing import interchange, replaced
from workflows.spiff import markup

__all__ = ["laid_out", "shortcomings"]

_HEADER = 30.0
_MARGIN = 20.0
_CORNER = (130.0, 80.0)


def laid_out(content: bytes) -> bytes:
    """The diagram drawn anew: only its BPMNDiagram is put in or replaced. Twice gives the same as once.

    Errors: Unreadable for broken XML, Invalid for more than one process or pool.
    """
    root = markup.document("process.bpmn", content)
    plane, participant, process = plane_of(root)
    graph = read(process)
    drawing = arrange(graph)
    x = _HEADER if participant is not None else 0.0
    own = _HEADER if graph.lanes else 0.0
    lanes = {
        key: Box(_CORNER[0] + x, box.y + _CORNER[1], box.width + own, box.height)
        for key, box in drawing.lanes.items()
    }
    name = "" if participant is None else participant.get("name", "")
    width, height = drawing.width + x + own, max(drawing.height, len(name) * CHARACTER + _MARGIN)
    if lanes:
        last, box = lanes.popitem()
        lanes[last] = Box(box.x, box.y, box.width, height + _CORNER[1] - box.y)
    placed = type(drawing)(lanes=lanes, width=width, height=height)
    placed.take(drawing, _CORNER[0] + x + own, _CORNER[1])
    pool = None if participant is None else (participant.get("id", ""), Box(*_CORNER, width, height))
    return replaced(content, interchange(root, plane, process.get("id", ""), pool, placed))


def shortcomings(content: bytes) -> list[str]:
    """What is wrong with a drawing, one Chinese sentence each; an empty list where nothing is."""
    diagram = measures.drawn(content)
    say = diagram.called
    found = [f"“{say(key)}”没有画在图上。" for key in measures.undrawn(diagram)]
    found += [f"“{say(key)}”的连线不是横平竖直。" for key in measures.slanting(diagram)]
    found += [f"“{say(key)}”的名称离自己的连线太远。" for key in measures.astray(diagram)]
    for pairs, words in (
        (measures.outside(diagram), "“{}”画到了“{}”外面。"),
        (measures.overlapping(diagram), "“{}”与“{}”重叠。"),
        (measures.run_through(diagram), "连线“{}”穿过了“{}”。"),
        (measures.covered(diagram), "“{}”的名称压住了“{}”。"),
        (measures.struck(diagram), "“{}”的名称被连线“{}”穿过。"),
        (measures.on_one_line(diagram), "连线“{}”与“{}”重合。"),
        (measures.bridges(diagram), "连线“{}”刚分出就并入“{}”，看不出去向。"),
        (measures.crossings(diagram), "连线“{}”与“{}”交叉。"),
    ):
        found += [words.format(say(one), say(other)) for one, other in pairs]
    return found
