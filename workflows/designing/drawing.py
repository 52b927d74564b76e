"""Whether a diagram is drawn: without shapes and edges a case cannot show its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.findings import Finding, warning
from workflows.spiff import markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.spiff import Specification

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def drawing_findings(specification: Specification, diagrams: Mapping[str, bytes]) -> Iterator[Finding]:
    """Findings about what runs but is not drawn, by file."""
    for file, content in diagrams.items():
        drawn = _drawn(file, content)
        wanted = {
            element.shape: element.name or element.shape
            for element in specification.elements.values()
            if element.file == file
        }
        wanted |= {
            flow.shape: flow.name or flow.shape
            for flow in specification.flows.values()
            if specification.elements[flow.source].file == file
        }
        missing = {shape: name for shape, name in wanted.items() if shape not in drawn}
        if wanted and len(missing) == len(wanted):
            yield warning(file, "", "drawing.none", "流程图没有图形信息（BPMN DI），办件页画不出流程图。")
            continue
        for shape, name in missing.items():
            yield warning(file, shape, "drawing.missing", f"“{name}”没有画在图上。")


def _drawn(file: str, content: bytes) -> set[str]:
    root = markup.document(file, content)
    return {
        str(each.get("bpmnElement", "")).rpartition(":")[2]
        for tag in ("BPMNShape", "BPMNEdge")
        for each in root.iter(_DI + tag)
    }
