"""Tiny diagrams drawn in a few words, and a case that is played through one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from workflows import spiff
from workflows.clock import WorkingDays

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="t">'
)


def node(tag: str, key: str, inside: str = "", extensions: str = "", **attributes: str) -> str:
    """A BPMN node; `extensions` go into its extensionElements."""
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    extra = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:{tag} id="{key}"{given}>{extra}{inside}</bpmn:{tag}>'


def user(key: str, inside: str = "", extensions: str = "", **attributes: str) -> str:
    return node("userTask", key, inside, extensions, **attributes)


def service(key: str, operation: str = "do.it", mapping: str = "", inside: str = "") -> str:
    extra = f'<zeebe:taskDefinition type="{operation}"/>'
    if mapping:
        extra += f"<zeebe:ioMapping>{mapping}</zeebe:ioMapping>"
    return node("serviceTask", key, inside, extra)


def xor(key: str, default: str = "") -> str:
    return node("exclusiveGateway", key, **({"default": default} if default else {}))


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def message(key: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{key}"/>'


def catch(key: str, definition: str) -> str:
    return node("intermediateCatchEvent", key, definition)


def boundary(key: str, on: str, definition: str, *, interrupting: bool = True) -> str:
    return node("boundaryEvent", key, definition, attachedToRef=on, cancelActivity=str(interrupting).lower())


def loop(*, card: str = "", over: str = "", item: str = "", until: str = "", sequential: bool = False) -> str:
    inside = f"<bpmn:loopCardinality>{escape(card)}</bpmn:loopCardinality>" if card else ""
    inside += f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    extra = (
        "<bpmn:extensionElements><zeebe:loopCharacteristics"
        f' inputCollection={quoteattr(over)} inputElement="{item}"/></bpmn:extensionElements>'
        if over
        else ""
    )
    flag = ' isSequential="true"' if sequential else ""
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return f"<{tag}{flag}>{extra}{inside}</{tag}>"


def flow(source: str, target: str, condition: str = "", key: str = "") -> str:
    inside = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
    return node("sequenceFlow", key or f"{source}-{target}", inside, sourceRef=source, targetRef=target)


def chain(*keys: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(keys))


START, END = node("startEvent", "S"), node("endEvent", "E")


def process(body: str, key: str = "P", extra: str = "") -> bytes:
    inside = f'<bpmn:process id="{key}" isExecutable="true">{body}</bpmn:process>'
    return f"{HEAD}{extra}{inside}</bpmn:definitions>".encode()


def specification(body: str, extra: str = "", **others: bytes) -> spiff.Specification:
    bundle = {"p.bpmn": process(body, extra=extra), **{f"{name}.bpmn": text for name, text in others.items()}}
    return spiff.parse(bundle, "P")


NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # a Monday, 12:00 in Beijing


class Case:
    """A case on its way; every step goes through the stored state."""

    def __init__(self, spec: spiff.Specification, at: datetime = NOON, **variables: object) -> None:
        self.spec = spec
        self.at = at
        self.variables: dict[str, object] = dict(variables)
        self.calls: list[spiff.ServiceCall] = []
        self.passed: list[str] = []
        self._take(lambda: spiff.start(spec, self.scope, self.ask))

    @property
    def scope(self) -> spiff.Scope:
        return spiff.Scope(self.variables, self.at, WorkingDays())

    def ask(self, call: spiff.ServiceCall) -> None:
        self.calls.append(call)

    def _take(self, move) -> None:
        before = dict(self.variables)
        try:
            self.step = move()
        except Exception:
            self.variables = before
            raise
        self.passed += self.step.passed

    @property
    def open(self) -> list[str]:
        return sorted(task.element for task in self.step.open_tasks)

    @property
    def waiting(self) -> list[str]:
        return sorted(event.element for event in self.step.waiting)

    def task(self, element: str, index: int | None = None) -> str:
        tasks = [task for task in self.step.open_tasks if task.element == element]
        return next(task.task_id for task in tasks if index is None or task.index == index)

    def do(self, element: str, index: int | None = None, vote: str | None = None, **answers: object) -> Case:
        key = self.task(element, index)
        if answers:
            self.variables[element] = answers
        self._take(lambda: spiff.complete(self.spec, self.step.state, key, self.scope, self.ask, vote=vote))
        return self

    def wake(self, **later: float) -> Case:
        self.at += timedelta(**later)
        self._take(lambda: spiff.wake(self.spec, self.step.state, self.scope, self.ask))
        return self

    def tell(self, name: str) -> Case:
        self._take(lambda: spiff.deliver(self.spec, self.step.state, name, self.scope, self.ask))
        return self
