"""From the text of a diagram to what is laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.layout.model import (
    CHARACTER,
    EVENT,
    GATEWAY,
    LINE,
    TASK,
    Flow,
    Graph,
    Lane,
    Node,
    Note,
)
from workflows.errors import Invalid
from workflows.spiff import markup

if TYPE_CHECKING:
    from lxml import etree

_CONTAINERS = {"subProcess", "transaction", "adHocSubProcess"}
_DATA = {"dataObjectReference": (36, 50), "dataStoreReference": (50, 50)}


def plane_of(root: etree._Element) -> tuple[str, etree._Element | None, etree._Element]:
    """What the plane shows (collaboration or process), its one pool if any, and the process."""
    processes = list(markup.children(root, "process"))
    pools = list(root.iter(markup.bpmn("participant")))
    if len(processes) != 1 or len(pools) > 1:
        raise Invalid({"bpmn": "排版只认一个流程、一个泳池的图。"})
    process = processes[0]
    if not pools:
        return process.get("id", ""), None, process
    above = pools[0].getparent()
    return ("" if above is None else above.get("id", "")), pools[0], process


def read(process: etree._Element) -> Graph:
    """The graph of a process: its innermost lanes from top to bottom, its nodes in the order of the file."""
    graph = Graph()
    lane_of: dict[str, int] = {}
    for lane in process.iter(markup.bpmn("lane")):
        if next(markup.children(lane, "childLaneSet"), None) is not None:
            continue
        for reference in markup.children(lane, "flowNodeRef"):
            lane_of[(reference.text or "").strip()] = len(graph.lanes)
        graph.lanes.append(Lane(lane.get("id", ""), lane.get("name", "")))
    _fill(graph, process, lane_of)
    return graph


def _fill(graph: Graph, scope: etree._Element, lane_of: dict[str, int]) -> None:
    for each in scope:
        kind, key, name = markup.kind(each), each.get("id", ""), each.get("name", "")
        if kind is None:
            continue
        if kind == "sequenceFlow":
            graph.flows.append(Flow(key, name, each.get("sourceRef", ""), each.get("targetRef", "")))
        elif kind.endswith(("Task", "Event", "Gateway")) or kind in {"task", "callActivity"} | _CONTAINERS:
            graph.nodes[key] = _node(each, kind, lane_of.get(key, 0))
        elif kind == "textAnnotation" or kind in _DATA:
            graph.notes.append(_note(scope, each, kind))
    for node in graph.nodes.values():
        if node.host in graph.nodes:
            node.lane = graph.nodes[node.host].lane
    known = graph.nodes
    graph.flows = [flow for flow in graph.flows if flow.source in known and flow.target in known]


def _node(each: etree._Element, kind: str, lane: int) -> Node:
    size = EVENT if kind.endswith("Event") else GATEWAY if kind.endswith("Gateway") else TASK
    host = each.get("attachedToRef") if kind == "boundaryEvent" else None
    node = Node(each.get("id", ""), kind, each.get("name", ""), lane, host, None, *size)
    if kind in _CONTAINERS:
        node.inner = Graph()
        _fill(node.inner, each, {})
    return node


def _note(scope: etree._Element, each: etree._Element, kind: str) -> Note:
    key = each.get("id", "")
    ties = []
    for link in markup.children(scope, "association"):
        ends = [link.get("sourceRef", ""), link.get("targetRef", "")]
        if key in ends:
            ties.append((link.get("id", ""), ends[1 - ends.index(key)]))
    if kind in _DATA:
        return Note(key, "", tuple(ties), *_DATA[kind])
    text = "".join(part.text or "" for part in markup.children(each, "text")).strip()
    lines = -(-len(text) // 10)
    return Note(key, text, tuple(ties), 10 * CHARACTER + 14, max(30, lines * (LINE + 1) + 12))
