"""From BPMN markup to elements and flows. What it does not understand it leaves to the rules to refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workflows.spiff import markup
from workflows.spiff.model import Assignment, Element, Flow, MultiInstance, Timer, TimerKind

if TYPE_CHECKING:
    from lxml import etree

TIMERS: dict[str, TimerKind] = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}

NODES = frozenset({
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "userTask", "manualTask", "receiveTask", "serviceTask", "sendTask", "businessRuleTask",
    "subProcess", "callActivity",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
})  # fmt: skip
"""Every kind of node that runs."""


@dataclass(slots=True)
class Lane:
    """Who acts for the elements of a lane."""

    name: str
    role: str
    level: str


@dataclass(slots=True)
class Level:
    """A process or subprocess as it stands in the file: its raw node, and what was read from it."""

    file: str
    process: str
    parent: str | None
    raw: etree._Element
    elements: list[Element] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    inner: list[Level] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """What a file defines besides its processes."""

    name: str
    messages: dict[str, str]
    errors: dict[str, str]
    participants: dict[str, etree._Element]


def file_of(name: str, root: etree._Element) -> File:
    """Messages, errors and participants of a file."""
    messages = {str(each.get("id")): str(each.get("name") or "") for each in markup.children(root, "message")}
    errors = {
        str(each.get("id")): str(each.get("errorCode") or each.get("name") or "")
        for each in markup.children(root, "error")
    }
    participants = {
        str(each.get("processRef")): each
        for collaboration in markup.children(root, "collaboration")
        for each in markup.children(collaboration, "participant")
    }
    return File(name, messages, errors, participants)


def level_of(
    file: File, raw: etree._Element, process: str, parent: str | None = None, around: Lane | None = None
) -> Level:
    """Read a process, or a subprocess, whose elements are in lane ``around`` unless they say otherwise."""
    level = Level(file.name, process, parent, raw)
    lanes = _lanes(file, raw, process)
    defaults = {str(node.get("default")) for node in raw.iterchildren() if node.get("default")}
    everywhere = around or _lane(file.participants.get(process))
    for node in raw.iterchildren():
        kind = markup.kind(node)
        if kind == "sequenceFlow":
            level.flows.append(_flow(node, process, defaults))
        elif kind in NODES:
            lane = lanes.get(str(node.get("id")), everywhere)
            level.elements.append(_element(file, level, node, kind, lane))
            if kind == "subProcess":
                level.inner.append(level_of(file, node, process, str(node.get("id")), lane))
    return level


def _lane(raw: etree._Element | None, around: Lane | None = None) -> Lane:
    around = around or Lane("", "", "")
    if raw is None:
        return around
    said = markup.properties(raw)
    name = str(raw.get("name") or "") or around.name
    return Lane(name, said.get("role", around.role), said.get("level", around.level))


def _lanes(file: File, raw: etree._Element, process: str) -> dict[str, Lane]:
    found: dict[str, Lane] = {}

    def walk(lane_set: etree._Element, around: Lane) -> None:
        for raw_lane in markup.children(lane_set, "lane"):
            lane = _lane(raw_lane, around)
            for reference in markup.children(raw_lane, "flowNodeRef"):
                found[markup.text(reference) or ""] = lane
            for nested in markup.children(raw_lane, "childLaneSet"):
                walk(nested, lane)

    for lane_set in markup.children(raw, "laneSet"):
        walk(lane_set, _lane(file.participants.get(process)))
    return found


def _flow(node: etree._Element, process: str, defaults: set[str]) -> Flow:
    said = markup.properties(node)
    shape = str(node.get("id") or "")
    return Flow(
        id=shape,
        shape=shape,
        process=process,
        source=str(node.get("sourceRef") or ""),
        target=str(node.get("targetRef") or ""),
        name=str(node.get("name") or ""),
        condition=markup.text(markup.child(node, "conditionExpression")),
        default=shape in defaults,
        origin=said.get("origin", ""),
        basis=said.get("basis", ""),
    )


def _element(file: File, level: Level, node: etree._Element, kind: str, lane: Lane) -> Element:
    said = markup.properties(node)
    shape = str(node.get("id") or "")
    facts: dict[str, Any] = {}
    for read in (_assignment, _work, _mapping, _loop):
        facts.update(read(node))
    facts.update(_event(file, node, kind))
    return Element(
        id=shape,
        shape=shape,
        kind=kind,
        process=level.process,
        file=level.file,
        parent=level.parent,
        name=str(node.get("name") or ""),
        lane=lane.name,
        role=said.get("role", lane.role),
        level=said.get("level", lane.level),
        basis=said.get("basis", ""),
        origin=said.get("origin", ""),
        documentation=markup.text(markup.child(node, "documentation")) or "",
        properties=MappingProxyType(said),
        **facts,
    )


def _first(node: etree._Element, tag: str, *names: str) -> str | None:
    for extension in markup.zeebe(node, tag):
        for name in names:
            if extension.get(name):
                return str(extension.get(name))
    return None


def _assignment(node: etree._Element) -> dict[str, Any]:
    groups = _first(node, "assignmentDefinition", "candidateGroups") or ""
    whole = (groups,) if groups.startswith("=") else tuple(part.strip() for part in groups.split(","))
    return {
        "form": _first(node, "formDefinition", "formId", "formKey"),
        "due": _first(node, "taskSchedule", "dueDate"),
        "groups": tuple(part for part in whole if part),
    }


def _work(node: etree._Element) -> dict[str, Any]:
    return {
        "operation": _first(node, "taskDefinition", "type"),
        "decision": _first(node, "calledDecision", "decisionId"),
        "result_variable": _first(node, "calledDecision", "resultVariable"),
        "called": _first(node, "calledElement", "processId") or node.get("calledElement"),
    }


def _mapping(node: etree._Element) -> dict[str, Any]:
    def lines(tag: str) -> tuple[Assignment, ...]:
        return tuple(
            Assignment(str(line.get("source", "")), str(line.get("target", "")))
            for mapping in markup.zeebe(node, "ioMapping")
            for line in mapping.iterchildren(f"{{{markup.ZEEBE}}}{tag}")
        )

    return {"inputs": lines("input"), "outputs": lines("output")}


def _loop(node: etree._Element) -> dict[str, Any]:
    raw = markup.child(node, "multiInstanceLoopCharacteristics")
    if raw is None:
        return {}
    loop = MultiInstance(
        sequential=raw.get("isSequential") == "true",
        cardinality=markup.text(markup.child(raw, "loopCardinality")),
        collection=_first(raw, "loopCharacteristics", "inputCollection"),
        item=_first(raw, "loopCharacteristics", "inputElement"),
        completion=markup.text(markup.child(raw, "completionCondition")),
        output=_first(raw, "loopCharacteristics", "outputCollection"),
        output_element=_first(raw, "loopCharacteristics", "outputElement"),
    )
    return {"multi_instance": loop}


def _event(file: File, node: etree._Element, kind: str) -> dict[str, Any]:
    message = node.get("messageRef")
    facts: dict[str, Any] = {}
    for each in node.iterchildren():
        definition = markup.kind(each)
        if definition == "timerEventDefinition":
            facts["timer"] = _timer(each)
        elif definition == "messageEventDefinition":
            message = each.get("messageRef")
        elif definition == "errorEventDefinition":
            facts["error"] = file.errors.get(str(each.get("errorRef")), "")
        elif definition == "terminateEventDefinition":
            facts["terminates"] = True
    if message is not None:
        facts["message"] = file.messages.get(str(message), "")
    if kind == "boundaryEvent":
        facts["attached_to"] = str(node.get("attachedToRef") or "")
        facts["interrupting"] = node.get("cancelActivity", "true") != "false"
    return facts


def _timer(definition: etree._Element) -> Timer | None:
    for each in definition.iterchildren():
        kind = TIMERS.get(markup.kind(each) or "")
        if kind is not None:
            return Timer(kind, markup.text(each) or "")
    return None
