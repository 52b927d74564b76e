"""What a diagram says, as plain frozen values: elements, flows, timers, loops. Knows no engine and no XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

TimerKind = Literal["date", "duration", "cycle"]

HUMAN = frozenset({"userTask", "manualTask"})
"""Kinds a person completes."""

CALLS = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
"""Kinds that stop and ask the caller, then go on in the same step."""

CONTAINERS = frozenset({"subProcess", "callActivity"})
"""Kinds that hold a process of their own."""

ACTIVITIES = HUMAN | CALLS | CONTAINERS | {"receiveTask"}

FORKS = frozenset({"parallelGateway", "inclusiveGateway"})
"""Gateways that may send a token along several flows, and wait for several."""

CATCHES = frozenset({"intermediateCatchEvent", "receiveTask"})
"""Kinds that wait for a time or a message."""

NAMING = ("unit", "subject")
"""Properties of a step that are FEEL: which unit acts, and whom the item is about."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line of a ``zeebe:ioMapping``: the value of ``source`` goes under the name ``target``."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Timer:
    """When an event fires: ISO 8601 text, or FEEL after ``=``."""

    kind: TimerKind
    text: str


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """How often an activity is done: by ``cardinality``, or once for each item of ``collection``."""

    sequential: bool
    cardinality: str | None = None
    collection: str | None = None
    item: str | None = None
    completion: str | None = None
    output: str | None = None
    """Name of the variable that holds, once all is over, one value for each instance, in their order."""
    output_element: str | None = None
    """What an instance's value is, as FEEL; without it the instance's own answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow. ``id`` is unique in the specification, ``shape`` is the id in its own file."""

    id: str
    shape: str
    process: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    default: bool = False
    origin: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A node of a diagram with everything its extensions say; ``kind`` is the BPMN name (``userTask``).

    ``id`` is unique in the specification; ``shape`` is the id in its own file and differs only where
    a called process reuses an id. ``parent`` names the surrounding subprocess.
    """

    id: str
    shape: str
    kind: str
    process: str
    file: str = ""
    name: str = ""
    parent: str | None = None
    lane: str = ""
    role: str = ""
    level: str = ""
    form: str | None = None
    due: str | None = None
    groups: tuple[str, ...] = ()
    operation: str | None = None
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    decision: str | None = None
    result_variable: str | None = None
    called: str | None = None
    message: str | None = None
    timer: Timer | None = None
    error: str | None = None
    terminates: bool = False
    attached_to: str | None = None
    interrupting: bool = True
    multi_instance: MultiInstance | None = None
    basis: str = ""
    origin: str = ""
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)


@dataclass(frozen=True, slots=True)
class Specification:
    """A process with all it calls, parsed, checked and ready to run; shared by every thread.

    ``elements`` and ``flows`` hold the process itself and every process it calls, by id.
    """

    process_id: str
    name: str
    documentation: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    processes: Mapping[str, str]
    """Name of each process in here, by its id; the main one first."""
    engine: Any = field(repr=False, compare=False, hash=False, default=None)
    """The executable form, for ``workflows.spiff`` only."""

    def steps(self) -> tuple[Element, ...]:
        """The elements a person completes, in the order of the diagram's text."""
        return tuple(element for element in self.elements.values() if element.kind in HUMAN)

    def start_event(self) -> Element:
        """The event the process begins at."""
        return next(
            element
            for element in self.elements.values()
            if element.kind == "startEvent" and element.process == self.process_id and not element.parent
        )

    def first_step(self) -> Element | None:
        """The step right behind a plain start event, done by one person; None where there is none."""
        start = self.start_event()
        target = self.elements[self.outgoing(start.id)[0].target]
        plain = start.timer is None and start.message is None
        return target if plain and target.kind == "userTask" and target.multi_instance is None else None

    def outgoing(self, element_id: str) -> tuple[Flow, ...]:
        """The flows that leave an element, in the order of the diagram's text."""
        return tuple(flow for flow in self.flows.values() if flow.source == element_id)
