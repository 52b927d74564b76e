"""What a diagram may hold: each rule has an id and a Chinese sentence; only what runs correctly is let in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workflows.spiff import markup
from workflows.spiff.model import ACTIVITIES, CONTAINERS, HUMAN, Element
from workflows.spiff.reading import NODES, TIMERS, Level
from workflows.spiff.refusals import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

MOST_NODES = 1_000
RESERVED = frozenset({"case", "subject", "param", "campaign"})
"""Names of variables that no step may take."""

_ID = re.compile(r"[^\W\d][\w.\-]*")
_REFUSED = {
    "scriptTask": "脚本任务会执行代码，不允许使用；请改用服务任务或业务规则任务。",
    "task": "没有指明类型的任务无法办理；请改为用户任务或服务任务。",
    "complexGateway": "不支持复杂网关；请改用排他、并行或包容网关。",
    "adHocSubProcess": "不支持即席子流程。",
    "transaction": "不支持事务子流程。",
    "standardLoopCharacteristics": "不支持标准循环；请用网关画出返回的路径。",
}
_EVENTS = {
    "startEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "endEvent": frozenset({"terminateEventDefinition", "errorEventDefinition"}),
    "intermediateThrowEvent": frozenset({"messageEventDefinition"}),
    "intermediateCatchEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "boundaryEvent": frozenset({"timerEventDefinition", "messageEventDefinition", "errorEventDefinition"}),
}
_EVENT_NAMES = {
    "timerEventDefinition": "定时",
    "messageEventDefinition": "消息",
    "errorEventDefinition": "错误",
    "terminateEventDefinition": "终止",
    "signalEventDefinition": "信号",
    "linkEventDefinition": "链接",
    "compensateEventDefinition": "补偿",
    "conditionalEventDefinition": "条件",
    "escalationEventDefinition": "升级",
    "cancelEventDefinition": "取消",
}
_HARMLESS = frozenset({
    "documentation", "extensionElements", "laneSet", "sequenceFlow", "textAnnotation", "association", "group",
    "ioSpecification", *_EVENT_NAMES,
    "dataObject", "dataObjectReference", "dataStoreReference", "property", "incoming", "outgoing",
    "multiInstanceLoopCharacteristics",
})  # fmt: skip
_MACHINERY = frozenset({"script", "executionListeners", "taskListeners", "adHoc", "conditionalFilter"})


def called(element: Element) -> str:
    """How a sentence names an element."""
    return f"“{element.name or element.shape}”"


def node_problems(level: Level) -> Iterator[Problem]:
    """Problems of single nodes, in this level and those inside it."""
    yield from _raw(level)
    nodes = {str(node.get("id") or ""): node for node in level.raw.iterchildren()}
    for element in level.elements:
        for rule in _ELEMENT_RULES:
            for name, sentence in rule(element, nodes[element.shape]):
                yield Problem(level.file, element.shape, name, f"{called(element)}：{sentence}")
    for inner in level.inner:
        yield from node_problems(inner)


def _raw(level: Level) -> Iterator[Problem]:
    """Nodes that are not let in at all, and ids that cannot be."""
    if len(level.elements) > MOST_NODES:
        yield _problem(level, level.raw, "size.nodes", f"节点超过{MOST_NODES}个。")
    for node in level.raw.iterchildren():
        kind = markup.kind(node)
        if kind in _REFUSED:
            yield _problem(level, node, f"element.{kind}", _REFUSED[kind])
        elif kind is not None and kind not in NODES | _HARMLESS and node.get("id"):
            yield _problem(level, node, "element.unknown", f"不支持的元素“{kind}”。")
        if kind in NODES or kind == "sequenceFlow":
            yield from _id(level, node, str(node.get("id") or ""))


def _id(level: Level, node: etree._Element, shape: str) -> Iterator[Problem]:
    if not _ID.fullmatch(shape):
        yield _problem(level, node, "id.form", "编号须以文字开头，只含文字、数字、点、横线和下划线。")
    elif shape in RESERVED:
        yield _problem(level, node, "id.reserved", f"编号“{shape}”是保留的变量名。")


def _problem(level: Level, node: etree._Element, rule: str, sentence: str) -> Problem:
    shape = str(node.get("id") or "")
    name = node.get("name") or shape or markup.kind(node)
    return Problem(level.file, shape, rule, f"“{name}”：{sentence}")


def _extensions(_element: Element, node: etree._Element) -> Iterator[tuple[str, str]]:
    for each in node.iterchildren():
        kind = markup.kind(each)
        if kind in _REFUSED:
            yield f"element.{kind}", _REFUSED[kind]
    for extensions in markup.children(node, "extensionElements"):
        for each in extensions.iterchildren():
            namespace, _, tag = str(each.tag).rpartition("}")
            if namespace == "{" + markup.ZEEBE and tag in _MACHINERY:
                yield "extension.machinery", f"不支持扩展“{tag}”。"


def _event_kind(element: Element, node: etree._Element) -> Iterator[tuple[str, str]]:
    allowed = _EVENTS.get(element.kind)
    if allowed is None:
        return
    given = [
        kind for each in node.iterchildren() if (kind := markup.kind(each) or "").endswith("EventDefinition")
    ]
    for kind in given:
        if kind not in allowed:
            yield "event.kind", f"此处不支持{_EVENT_NAMES.get(kind, kind)}事件。"
    if len(given) > 1 or node.get("parallelMultiple") == "true":
        yield "event.several", "一个事件只能有一种触发方式。"
    if not given and element.kind in {"intermediateCatchEvent", "boundaryEvent"}:
        yield "event.none", "没有写明等待什么。"


def _timer(element: Element, node: etree._Element) -> Iterator[tuple[str, str]]:
    for definition in markup.children(node, "timerEventDefinition"):
        given = [each for each in definition.iterchildren() if markup.kind(each) in TIMERS]
        if len(given) != 1 or element.timer is None or not element.timer.text:
            yield "timer.missing", "定时事件须写明日期、时长或周期中的一项。"
        elif element.kind == "startEvent" and (element.timer.kind != "cycle" or element.parent):
            yield "timer.start", "定时开始须写明周期（timeCycle），且只能用于流程本身，不能用于子流程。"
        elif element.timer.kind == "cycle" and (
            element.kind not in {"boundaryEvent", "startEvent"}
            or (element.kind == "boundaryEvent" and element.interrupting)
        ):
            yield "timer.cycle", "周期只能用于定时开始和不中断的边界事件。"


def _message(element: Element, _node: etree._Element) -> Iterator[tuple[str, str]]:
    if element.kind == "receiveTask" and element.message is None:
        yield "message.missing", "接收任务须写明等待的消息。"
    if element.kind == "startEvent" and element.message is not None and element.parent:
        yield "message.start", "消息开始只能用于流程本身，不能用于子流程。"
    if element.message == "":
        yield "message.name", "消息没有名称。"
    if element.kind == "intermediateThrowEvent" and element.message is not None and not element.operation:
        yield "work.operation", "发送消息须写明操作类型（zeebe:taskDefinition type）。"


def _boundary(element: Element, _node: etree._Element) -> Iterator[tuple[str, str]]:
    if element.error is not None and element.kind == "boundaryEvent" and not element.interrupting:
        yield "error.interrupting", "错误边界事件必须中断所在的活动。"


def _work(element: Element, _node: etree._Element) -> Iterator[tuple[str, str]]:
    if element.kind in {"serviceTask", "sendTask"} and not element.operation:
        yield "work.operation", "没有写明操作类型（zeebe:taskDefinition type）。"
    if element.kind == "businessRuleTask" and not (element.decision and element.result_variable):
        yield "work.decision", "没有写明决策及结果变量（zeebe:calledDecision decisionId、resultVariable）。"
    if element.kind == "callActivity" and not element.called:
        yield "work.called", "没有写明所调用的流程（zeebe:calledElement processId）。"
    for line in (*element.inputs, *element.outputs):
        if not line.source or not _ID.fullmatch(line.target):
            yield "work.mapping", "输入输出映射须有来源和名称。"
        elif line in element.outputs and line.target.split(".")[0] in RESERVED - {"subject"}:
            yield "work.mapping", f"输出不能写入“{line.target}”。"


def _repetition(element: Element, node: etree._Element) -> Iterator[tuple[str, str]]:
    loop = element.multi_instance
    if loop is None:
        return
    if element.kind not in ACTIVITIES - {"receiveTask"}:
        yield "loop.kind", "此类元素不能多实例。"
    if (loop.cardinality is None) == (loop.collection is None):
        yield "loop.count", "多实例须写明人数（loopCardinality）或集合（inputCollection）中的一项。"
    if loop.collection is not None and not loop.collection.startswith("="):
        yield "loop.collection", "集合须是以“=”开头的FEEL表达式。"
    if loop.output is not None and (not _ID.fullmatch(loop.output) or loop.output in RESERVED | {element.id}):
        yield "loop.output", "结果清单（outputCollection）的名称须是变量名，且不同于本环节编号和保留名称。"
    if loop.output_element is not None and not (loop.output and loop.output_element.startswith("=")):
        yield "loop.output", "结果项（outputElement）须是以“=”开头的FEEL表达式，并写明结果清单的名称。"
    raw = markup.child(node, "multiInstanceLoopCharacteristics")
    if raw is not None and any(markup.child(raw, tag) is not None for tag in _DATA_ITEMS):
        yield "loop.data", "不支持loopDataInputRef等数据项；请改用zeebe:loopCharacteristics inputCollection。"


_DATA_ITEMS = (
    "loopDataInputRef",
    "loopDataOutputRef",
    "inputDataItem",
    "outputDataItem",
    "complexBehaviorDefinition",
)


def _subprocess(element: Element, node: etree._Element) -> Iterator[tuple[str, str]]:
    if element.kind == "subProcess" and node.get("triggeredByEvent") == "true":
        yield "element.eventSubProcess", "不支持事件子流程；请改用边界事件。"
    if node.get("isForCompensation") == "true":
        yield "element.compensation", "不支持补偿。"


_ELEMENT_RULES: tuple[Callable[[Element, etree._Element], Iterable[tuple[str, str]]], ...] = (
    _extensions,
    _event_kind,
    _timer,
    _message,
    _boundary,
    _work,
    _repetition,
    _subprocess,
)

GUARDED = HUMAN | CONTAINERS | {"receiveTask"}
"""Kinds that last, so that an event on their border can happen."""
