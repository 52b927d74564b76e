"""From places to the text of a diagram's interchange part; every other byte of the file stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from workflows.spiff import markup

if TYPE_CHECKING:
    from lxml import etree

    from workflows.designing.layout.model import Box, Drawing, Way

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_NAMES = {
    "bpmndi": DI,
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}


class _Text:
    """Lines of XML with the file's own prefixes."""

    def __init__(self, root: etree._Element) -> None:
        known = {uri: prefix for prefix, uri in root.nsmap.items() if prefix}
        self.prefix = {name: known.get(uri, name) for name, uri in _NAMES.items()}
        self.declared = "".join(
            f' xmlns:{self.prefix[name]}="{uri}"' for name, uri in _NAMES.items() if uri not in known
        )
        self.lines: list[str] = []

    def put(self, depth: int, text: str) -> None:
        self.lines.append(
            "  " * depth + re.sub(r"(</?)(\w+):", lambda m: f"{m[1]}{self.prefix[m[2]]}:", text)
        )

    def bounds(self, depth: int, box: Box) -> None:
        x, y, right, bottom = (round(value) for value in (box.x, box.y, box.right, box.bottom))
        self.put(depth, f'<dc:Bounds x="{x}" y="{y}" width="{right - x}" height="{bottom - y}" />')

    def shape(self, key: str, box: Box, label: Box | None, extra: str = "") -> None:
        self.put(3, f"<bpmndi:BPMNShape id={quoteattr(key + '_di')} bpmnElement={quoteattr(key)}{extra}>")
        self.bounds(4, box)
        self._label(label)
        self.put(3, "</bpmndi:BPMNShape>")

    def edge(self, key: str, way: Way, label: Box | None) -> None:
        self.put(3, f"<bpmndi:BPMNEdge id={quoteattr(key + '_di')} bpmnElement={quoteattr(key)}>")
        for x, y in way:
            self.put(4, f'<di:waypoint x="{round(x)}" y="{round(y)}" />')
        self._label(label)
        self.put(3, "</bpmndi:BPMNEdge>")

    def _label(self, label: Box | None) -> None:
        if label is not None:
            self.put(4, "<bpmndi:BPMNLabel>")
            self.bounds(5, label)
            self.put(4, "</bpmndi:BPMNLabel>")


def interchange(
    root: etree._Element, plane: str, process: str, pool: tuple[str, Box] | None, drawing: Drawing
) -> str:
    """The BPMNDiagram element for a drawing."""
    text = _Text(root)
    text.put(1, f"<bpmndi:BPMNDiagram{text.declared} id={quoteattr('diagram_' + process)}>")
    text.put(2, f"<bpmndi:BPMNPlane id={quoteattr('plane_' + process)} bpmnElement={quoteattr(plane)}>")
    if pool is not None:
        text.shape(pool[0], pool[1], None, ' isHorizontal="true"')
    for key, box in drawing.lanes.items():
        text.shape(key, box, None, ' isHorizontal="true"')
    kinds = {each.get("id"): markup.kind(each) for each in root.iter() if each.get("id")}
    for key, box in drawing.shapes.items():
        text.shape(key, box, drawing.labels.get(key), _extra(kinds.get(key)))
    for key, box in drawing.notes.items():
        text.shape(key, box, None)
    for key, way in (drawing.ways | drawing.ties).items():
        text.edge(key, way, drawing.labels.get(key))
    text.put(2, "</bpmndi:BPMNPlane>")
    text.put(1, "</bpmndi:BPMNDiagram>")
    return "\n".join(text.lines).strip()


def _extra(kind: str | None) -> str:
    if kind == "exclusiveGateway":
        return ' isMarkerVisible="true"'
    return ' isExpanded="true"' if kind in {"subProcess", "transaction", "adHocSubProcess"} else ""


def replaced(content: bytes, diagram: str) -> bytes:
    """The file with its interchange part put in or replaced; nothing else is touched."""
    text = content.decode("utf-8")
    if "\r\n" in text:
        diagram = diagram.replace("\n", "\r\n")
    quiet = re.sub(
        r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", lambda found: " " * len(found[0]), text, flags=re.DOTALL
    )
    old = list(re.finditer(r"<(\w+:)?BPMNDiagram\b.*?</\1?BPMNDiagram\s*>", quiet, flags=re.DOTALL))
    if old:
        for extra in reversed(old[1:]):
            text = text[: extra.start()].rstrip() + text[extra.end() :]
        return (text[: old[0].start()] + diagram + text[old[0].end() :]).encode()
    end = max(found.start() for found in re.finditer(r"</(\w+:)?definitions\s*>", quiet))
    line = "\r\n" if "\r\n" in text else "\n"
    start = text[:end].rstrip(" \t")
    start = start if start.endswith("\n") else start + line
    return (start + "  " + diagram + line + text[end:]).encode()
