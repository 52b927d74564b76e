"""Steps, gateways and events compared: which come and go, and every side of those that stay."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import TYPE_CHECKING

from workflows.designing.comparing.changes import ADDED, CHANGED, MOVED, REMOVED, STEPS, Change
from workflows.designing.comparing.ordering import Order
from workflows.spiff import Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from workflows.designing.comparing.wording import Words
    from workflows.spiff import Specification

KINDS = {
    "userTask": "环节",
    "manualTask": "环节",
    "serviceTask": "自动环节",
    "sendTask": "自动环节",
    "businessRuleTask": "决策环节",
    "callActivity": "调用的事项",
    "subProcess": "子流程",
    "receiveTask": "等待",
    "startEvent": "开始",
    "endEvent": "结束",
    "intermediateCatchEvent": "等待",
    "boundaryEvent": "边界事件",
}
SIDES = {
    "name": "名称",
    "kind": "类型",
    "process": "所在流程",
    "parent": "所在子流程",
    "lane": "泳道",
    "role": "办理角色",
    "level": "办理层级",
    "form": "表单",
    "due": "办理期限",
    "groups": "候选角色",
    "operation": "自动办理的操作",
    "inputs": "输入",
    "outputs": "输出",
    "decision": "决策",
    "result_variable": "决策结果的名称",
    "called": "调用的事项",
    "message": "等待的消息",
    "timer": "定时",
    "error": "错误",
    "terminates": "是否终止全部",
    "attached_to": "所依附的环节",
    "interrupting": "是否中断所依附的环节",
    "multi_instance": "多人办理",
    "basis": "依据",
    "origin": "依据来源",
    "documentation": "说明",
    "properties": "其他设置",
}
"""Every side of an element that is compared, in words."""

PLACED = frozenset({"id", "shape", "file"})
"""What only says where an element is written."""

_LONG = frozenset({"basis", "documentation"})
_ORIGINS = {"source": "文件规定", "default": "本地设定"}
_PROPERTIES = {"paper": "生成的文书", "unit": "办理单位", "subject": "对象名称"}
_TOLD = frozenset({"basis", "origin", "role", "level"})
"""Properties that are sides of their own."""


def changes(old: Specification, new: Specification, words: tuple[Words, Words]) -> Iterator[Change]:
    """Every change of an element; elements are the same where their id is."""
    for key, element in old.elements.items():
        if key not in new.elements:
            yield _whole(REMOVED, element, words[0])
    order = Order(old, new)
    for key, element in new.elements.items():
        before = old.elements.get(key)
        if before is None:
            yield _whole(ADDED, element, words[1])
            continue
        yield from _sides(before, element, words)
        if key in order.moved:
            yield Change(
                part=STEPS, kind=MOVED, subject=key, where=called(element), what="先后次序",
                old=_behind(order.behind(0, key), words[0]), new=_behind(order.behind(1, key), words[1]),
            )  # fmt: skip


def called(element: Element) -> str:
    """An element with its kind and id."""
    kind = KINDS.get(element.kind, "分支")
    return f"{kind}“{element.name}”（{element.shape}）" if element.name else f"{kind}（{element.shape}）"


def _whole(kind: str, element: Element, words: Words) -> Change:
    said = [f"由“{words.role(element.role)}”办理"] if element.kind == "userTask" and element.role else []
    said += [f"用表单“{words.form(element.form)}”"] if element.form else []
    said += [f"期限为{words.feel(element.due)}"] if element.due else []
    told = "，".join(said)
    where = called(element)
    if kind == ADDED:
        return Change(part=STEPS, kind=ADDED, subject=element.id, where=where, new=told)
    return Change(part=STEPS, kind=REMOVED, subject=element.id, where=where, old=told)


def _behind(before: str, words: Words) -> str:
    return f"在“{words.step(before)}”之后" if before else "在最前"


def _sides(old: Element, new: Element, words: tuple[Words, Words]) -> Iterator[Change]:
    for side in fields_of(Element):
        name = side.name
        if name in PLACED:
            continue
        if name == "properties":
            yield from _properties(old, new, words)
        elif getattr(old, name) != getattr(new, name):
            yield _turned(name, old, new, words)


def _turned(name: str, old: Element, new: Element, words: tuple[Words, Words]) -> Change:
    said = [_SAID.get(name, _plain)(each, name, word) for each, word in zip((old, new), words, strict=True)]
    if said[0] == said[1]:
        said = [_raw(getattr(each, name)) for each in (old, new)]
    return Change(
        part=STEPS, kind=CHANGED, subject=new.id, where=called(old), what=SIDES[name],
        old=said[0], new=said[1], text=name in _LONG,
    )  # fmt: skip


def _properties(old: Element, new: Element, words: tuple[Words, Words]) -> Iterator[Change]:
    for name in sorted({*old.properties, *new.properties} - _TOLD):
        before, after = old.properties.get(name, ""), new.properties.get(name, "")
        if before != after:
            yield Change(
                part=STEPS, kind=CHANGED, subject=new.id, where=called(old),
                what=_PROPERTIES.get(name, f"设置“{name}”"),
                old=words[0].feel(before), new=words[1].feel(after),
            )  # fmt: skip


# How each side is said


def _raw(value: object) -> str:
    return "" if value is None else str(value)


def _plain(element: Element, name: str, words: Words) -> str:
    value = getattr(element, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return words.feel(value) if isinstance(value, str) else _raw(value)


def _kind(element: Element, _name: str, _words: Words) -> str:
    return KINDS.get(element.kind, element.kind)


def _role(element: Element, name: str, words: Words) -> str:
    return words.role(getattr(element, name))


def _level(element: Element, _name: str, words: Words) -> str:
    return words.level(element.level)


def _form(element: Element, _name: str, words: Words) -> str:
    return words.form(element.form) if element.form else ""


def _groups(element: Element, _name: str, words: Words) -> str:
    return "、".join(words.role(group) for group in element.groups)


def _lines(element: Element, name: str, words: Words) -> str:
    return "；".join(f"{line.target}＝{words.feel(line.source)}" for line in getattr(element, name))


def _step(element: Element, name: str, words: Words) -> str:
    return words.step(getattr(element, name) or "")


def _timer(element: Element, _name: str, words: Words) -> str:
    kinds = {"date": "到", "duration": "经过", "cycle": "每逢"}
    return f"{kinds[element.timer.kind]} {words.feel(element.timer.text)}" if element.timer else ""


def _several(element: Element, _name: str, words: Words) -> str:
    loop = element.multi_instance
    if loop is None:
        return ""
    said = ["依次办理" if loop.sequential else "同时办理"]
    parts = (
        ("人数", loop.cardinality),
        ("名单", loop.collection),
        ("每项称为", loop.item),
        ("完成条件", loop.completion),
        ("汇总为", loop.output),
        ("汇总内容", loop.output_element),
    )
    said += [f"{label} {words.feel(value)}" for label, value in parts if value]
    return "，".join(said)


def _origin(element: Element, _name: str, _words: Words) -> str:
    return _ORIGINS.get(element.origin, element.origin)


_SAID: Mapping[str, Callable[[Element, str, Words], str]] = {
    "kind": _kind,
    "role": _role,
    "level": _level,
    "form": _form,
    "groups": _groups,
    "inputs": _lines,
    "outputs": _lines,
    "attached_to": _step,
    "parent": _step,
    "timer": _timer,
    "multi_instance": _several,
    "origin": _origin,
}
