"""From the model of a diagram to SpiffWorkflow's specifications, level by level, once per version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs import WorkflowSpec

from workflows.spiff.graph import Graph, ends_of
from workflows.spiff.joins import InclusiveGateway, ParallelGateway, Synchronising
from workflows.spiff.loops import INSTANCE, Instances, instance_of
from workflows.spiff.tasks import Node, node_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.spiff.model import Element, Flow

_SYNCHRONISING: dict[str, type[Synchronising]] = {
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
}


class Level(BpmnProcessSpec):
    """One process or subprocess, without SpiffWorkflow's own start and end tasks around it."""

    def __init__(self, name: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.data_objects: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.io_specification = None
        self.first: Node
        self.graph: Graph


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything executable of a specification: the main process and, by id, every level below it."""

    main: Level
    levels: Mapping[str, Level]


def build(main: str, elements: Sequence[Element], flows: Sequence[Flow]) -> Engine:
    """The executable form of all processes; nothing in it changes afterwards."""
    levels: dict[str, Level] = {}
    inside: dict[str, list[Element]] = {}
    for element in elements:
        inside.setdefault(element.parent or element.process, []).append(element)
    home = {element.id: element.parent or element.process for element in elements}
    for name, members in inside.items():
        levels[name] = _level(name, members, [flow for flow in flows if home[flow.source] == name])
    return Engine(levels[main], levels)


def _level(name: str, elements: Sequence[Element], flows: Sequence[Flow]) -> Level:
    level = Level(name)
    graph = level.graph = Graph.of(elements, flows)
    by_source, by_target = ends_of(flows)
    for element in elements:
        leaving, arriving = by_source.get(element.id, []), by_target.get(element.id, [])
        _node(level, graph, element, tuple(leaving), tuple(arriving))
    for element in elements:
        if element.attached_to is not None:
            activity = level.task_specs[element.attached_to]
            activity.boundary = (*activity.boundary, level.task_specs[element.id])
    level.first = next(level.task_specs[each.id] for each in elements if each.kind == "startEvent")
    return level


def _node(
    level: Level, graph: Graph, element: Element, leaving: tuple[Flow, ...], arriving: tuple[Flow, ...]
) -> Node:
    synchronising = _SYNCHRONISING.get(element.kind)
    if synchronising is not None:
        return synchronising(level, element, leaving, arriving, graph)
    plain = node_class(element)
    if element.multi_instance is not None:
        inner = instance_of(plain)(level, element, (), element.id + INSTANCE)
        return Instances(level, element, leaving, inner)
    return plain(level, element, leaving)
