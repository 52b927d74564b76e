"""Rules about how a diagram hangs together: ends of flows, gateways, reachability, conditions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workflows import feel
from workflows.spiff import schedules, timing
from workflows.spiff.graph import Graph, ends_of
from workflows.spiff.model import CATCHES, CONTAINERS, NAMING, Element, Flow, Timer
from workflows.spiff.refusals import Problem
from workflows.spiff.rules import GUARDED, called

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workflows.spiff.reading import Level

_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_GATEWAYS = _DECIDING | {"parallelGateway", "eventBasedGateway"}


def wiring_problems(level: Level) -> Iterator[Problem]:
    """Problems between nodes, in this level and those inside it."""
    known = {element.id: element for element in level.elements}
    broken = list(_ends(level, known))
    yield from broken
    yield from _attachments(level, known)
    if not broken:
        yield from _starts(level)
        yield from _around(level, known)
        yield from _reach(level, known)
    for inner in level.inner:
        yield from wiring_problems(inner)


def _problem(level: Level, element: Element, rule: str, sentence: str) -> Problem:
    return Problem(level.file, element.shape, rule, f"{called(element)}：{sentence}")


def _ends(level: Level, known: dict[str, Element]) -> Iterator[Problem]:
    for flow in level.flows:
        if flow.source not in known or flow.target not in known:
            sentence = f"连线“{flow.name or flow.shape}”的一端没有接在同一层的节点上。"
            yield Problem(level.file, flow.shape, "flow.dangling", sentence)
        elif flow.condition is not None and known[flow.source].kind not in _DECIDING:
            sentence = f"连线“{flow.name or flow.shape}”带有条件，但不是从网关引出的。"
            yield Problem(level.file, flow.shape, "flow.condition", sentence)


def _attachments(level: Level, known: dict[str, Element]) -> Iterator[Problem]:
    for element in level.elements:
        if element.attached_to is None:
            continue
        host = known.get(element.attached_to)
        if host is None or host.kind not in GUARDED:
            yield _problem(level, element, "boundary.host", "边界事件须附着在需要等待的任务或子流程上。")
        elif element.error is not None and host.kind not in CONTAINERS:
            yield _problem(level, element, "boundary.error", "错误边界事件只能附着在子流程或调用活动上。")


def _starts(level: Level) -> Iterator[Problem]:
    starts = [element for element in level.elements if element.kind == "startEvent"]
    where = Problem(
        level.file, str(level.raw.get("id") or ""), "start.one", "每个流程和子流程须有且只有一个开始事件。"
    )
    if len(starts) != 1:
        yield where
    if not any(element.kind == "endEvent" for element in level.elements):
        yield Problem(where.file, where.element, "end.missing", "流程没有结束事件。")


def _around(level: Level, known: dict[str, Element]) -> Iterator[Problem]:
    by_source, by_target = ends_of(level.flows)
    for element in level.elements:
        leaving, arriving = by_source.get(element.id, []), by_target.get(element.id, [])
        yield from _counts(level, element, leaving, arriving)
        if element.kind in _DECIDING and len(leaving) > 1:
            yield from _decision(level, element, leaving)
        if element.kind == "eventBasedGateway":
            yield from _events(level, element, [known[flow.target] for flow in leaving])


def _counts(level: Level, element: Element, leaving: list[Flow], arriving: list[Flow]) -> Iterator[Problem]:
    if element.kind in {"startEvent", "boundaryEvent"} and arriving:
        yield _problem(level, element, "flow.into", "不能有连线引入。")
    if element.kind == "endEvent" and leaving:
        yield _problem(level, element, "flow.out", "结束事件不能有连线引出。")
    if element.kind != "endEvent" and not leaving:
        yield _problem(level, element, "flow.missing", "没有引出的连线，流程会停在这里。")
    if element.kind not in _GATEWAYS and len(leaving) > 1:
        yield _problem(level, element, "flow.split", "只有网关才能引出多条连线。")


def _decision(level: Level, gateway: Element, leaving: list[Flow]) -> Iterator[Problem]:
    undecided = [flow for flow in leaving if flow.condition is None and not flow.default]
    for flow in undecided:
        yield _problem(
            level, gateway, "gateway.condition", f"连线“{flow.name or flow.shape}”没有条件，也不是默认路径。"
        )
    conditions = [flow.condition for flow in leaving if flow.condition is not None]
    for text in conditions:
        if not text.startswith("="):
            yield _problem(level, gateway, "gateway.feel", "条件须是以“=”开头的FEEL表达式。")
    proven = any(flow.default for flow in leaving) or covering(conditions) or enumerating(conditions)
    if not undecided and not proven:
        yield _problem(level, gateway, "gateway.default", "没有默认路径，条件也不能保证总有一条成立。")


def covering(conditions: list[str]) -> bool:
    """Whether two conditions are each other's opposite, as far as their text shows."""
    texts = [re.sub(r"\s+", "", text.removeprefix("=")) for text in conditions]
    for one in texts:
        opposites = {f"not({one})"}
        for sign, against in (("!=", "="), (">=", "<"), ("<=", ">")):
            if one.count(sign) == 1 and not re.search(r"\b(and|or)\b|\(|\[|\{", one):
                opposites.add(one.replace(sign, against))
        if opposites & set(texts):
            return True
    return False


def enumerating(conditions: list[str]) -> bool:
    """Whether conditions name values of one field each: only its form can tell whether these are all."""
    asked = [_ONE_VALUE.fullmatch(text) for text in conditions]
    return len(asked) > 1 and len({found and found[1] for found in asked}) == 1 and asked[0] is not None


_TEXT = r'"[^"\\]*"'
_ONE_VALUE = re.compile(
    rf"=\s*([^\W\d]\w*\.\w+)\s*(?:=\s*{_TEXT}|\bin\s*\(\s*{_TEXT}(?:\s*,\s*{_TEXT})*\s*\))\s*"
)


def _events(level: Level, gateway: Element, targets: list[Element]) -> Iterator[Problem]:
    if len(targets) < 2:
        yield _problem(level, gateway, "gateway.events", "事件网关须引出两条以上的连线。")
    for target in targets:
        entries = sum(flow.target == target.id for flow in level.flows)
        if target.kind not in CATCHES or target.multi_instance is not None or entries != 1:
            yield _problem(
                level, target, "gateway.events", "事件网关之后只能直接接只此一路进入的定时或消息等待。"
            )


def _reach(level: Level, known: dict[str, Element]) -> Iterator[Problem]:
    starts = [element.id for element in level.elements if element.kind == "startEvent"]
    ends = {element.id for element in level.elements if element.kind == "endEvent"}
    if len(starts) != 1 or not all(_attached(element, known) for element in level.elements):
        return
    graph = Graph.of(level.elements, level.flows)
    reached = graph.reachable(starts[0]) | set(starts)
    ending = graph.leading_to(ends)
    for element in level.elements:
        if element.id not in reached:
            yield _problem(level, element, "reach.start", "从开始事件走不到这里。")
        elif element.id not in ending:
            yield _problem(level, element, "reach.end", "从这里走不到任何结束事件。")
        elif element.kind == "parallelGateway":
            sources = {flow.source for flow in level.flows if flow.target == element.id}
            if not sources <= graph.reachable(starts[0], (element.id,)) | set(starts):
                yield _problem(
                    level, element, "gateway.deadlock", "引入的连线中有一条要先经过它自己，永远等不齐。"
                )


def _attached(element: Element, known: dict[str, Element]) -> bool:
    return element.attached_to is None or element.attached_to in known


def expression_problems(file: str, elements: Iterable[Element], flows: Iterable[Flow]) -> Iterator[Problem]:
    """Expressions that FEEL cannot read, and literal times that are none."""
    for element in elements:
        for text in _texts(element):
            yield from _unreadable(file, element.shape, called(element), text)
        if element.timer is not None and not element.timer.text.startswith("="):
            yield from _literal(file, element, element.timer)
    for flow in flows:
        if flow.condition is not None:
            yield from _unreadable(file, flow.shape, f"连线“{flow.name or flow.shape}”", flow.condition)


def _texts(element: Element) -> Iterator[str]:
    loop = element.multi_instance
    candidates = [
        element.due,
        *(element.properties.get(name) for name in NAMING),
        *element.groups,
        *(line.source for line in (*element.inputs, *element.outputs)),
    ]
    if element.timer is not None:
        candidates.append(element.timer.text)
    if loop is not None:
        candidates += [loop.cardinality, loop.collection, loop.completion, loop.output_element]
    yield from (text for text in candidates if text)


def _unreadable(file: str, shape: str, name: str, text: str) -> Iterator[Problem]:
    if not text.startswith("="):
        return
    try:
        feel.parse(text[1:])
    except feel.FeelSyntaxError as error:
        sentence = f"{name}的表达式“{text}”第{error.line}行第{error.column}列有误：{error.sentence}。"
        yield Problem(file, shape, "expression.syntax", sentence)


_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _literal(file: str, element: Element, timer: Timer) -> Iterator[Problem]:
    if element.kind == "startEvent":
        yield from _schedule(file, element, timer)
        return
    try:
        if timer.kind == "cycle":
            timing.cycle(timer.text, _SOME_DAY)
        else:
            timing.instant(timer.text, _SOME_DAY)
    except timing.Unreckonable:
        yield Problem(
            file, element.shape, "timer.text", f"{called(element)}：“{timer.text}”不是ISO 8601的时间或时长。"
        )


def _schedule(file: str, element: Element, timer: Timer) -> Iterator[Problem]:
    try:
        schedules.read(timer.text)
    except schedules.Unscheduled:
        example = "如 0 0 0 1 1,4,7,10 * 或 R/2026-01-01/P3M，至多每天一次"
        sentence = f"{called(element)}：“{timer.text}”不是可用的周期，{example}。"
        yield Problem(file, element.shape, "timer.schedule", sentence)
