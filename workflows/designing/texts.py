"""The expressions of a draft: where each stands, what it is for, and what a form's JSON offers to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from workflows.spiff import NAMING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue import Bundle
    from workflows.spiff import Element, Specification

_CHOICES = frozenset({"radio", "select"})
_DEEPEST = 50


class Use(NamedTuple):
    """An expression: its file, its element, how a sentence names it, and its text.

    ``at`` is the id of the element at which it is asked: when that is entered, or ``afterwards``.
    ``grave`` where the case could not go on rightly without a value.
    """

    file: str
    element: str
    where: str
    text: str
    at: str = ""
    afterwards: bool = False
    grave: bool = False


def of_diagrams(specification: Specification, subject: Bundle) -> Iterator[Use]:
    """Every FEEL text of the diagrams, and the time limit in the procedure's description."""
    for element in specification.elements.values():
        yield from _of_element(element)
    for flow in specification.flows.values():
        if flow.condition:
            file = specification.elements[flow.source].file
            where = f"连线“{flow.name or flow.shape}”的条件"
            yield Use(file, flow.shape, where, flow.condition, flow.source, afterwards=True, grave=True)
    limit = subject.meta.get("case", {}).get("due")
    if isinstance(limit, str) and limit.startswith("="):
        yield Use("procedure.toml", "", "办件总时限的表达式", limit)


def _of_element(element: Element) -> Iterator[Use]:
    # The timer of an event on a border runs from when its activity is entered.
    at, deciding = element.attached_to or element.id, element.kind == "businessRuleTask"
    for purpose, text in _pieces(element):
        if text and text.startswith("="):
            where = f"“{element.name or element.shape}”的{purpose}表达式"
            afterwards = purpose.startswith("输出") or purpose == "完成条件"
            grave = purpose in _GRAVE or (deciding and purpose.startswith("输入"))
            yield Use(element.file, element.shape, where, text, at, afterwards, grave)


def _pieces(element: Element) -> Iterator[tuple[str, str | None]]:
    yield "办理期限", element.due
    for group in element.groups:
        yield "候选角色", group
    for name in NAMING:
        yield _NAMING[name], element.properties.get(name)
    for line in element.inputs:
        yield f"输入“{line.target}”", line.source
    for line in element.outputs:
        yield f"输出“{line.target}”", line.source
    if element.timer:
        yield "定时", element.timer.text
    if element.multi_instance:
        many = element.multi_instance
        yield from (("份数", many.cardinality), ("名单", many.collection), ("完成条件", many.completion))


_GRAVE = frozenset({"定时", "份数", "名单"})
_NAMING = {"unit": "办理单位", "subject": "对象名称"}


def components(form: str) -> list[Any]:
    """A form's top components; none where its text is no form."""
    try:
        content = json.loads(form)
    except (ValueError, RecursionError):
        return []
    found = content.get("components") if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def components_within(form: str) -> Iterator[dict[str, Any]]:
    """Every component of a form, those inside groups and rows included."""
    return _all(components(form))


def _all(parts: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every component, those inside groups and rows included."""
    for part in parts if isinstance(parts, list) and depth < _DEEPEST else ():
        if isinstance(part, dict):
            yield part
            yield from _all(part.get("components"), depth + 1)


def fields(form: str) -> dict[str, frozenset[str] | None]:
    """The keys a form answers, each with its options where it is a choice; keys inside rows count as well."""
    found: dict[str, frozenset[str] | None] = {}
    for part in _all(components(form)):
        key = part.get("key") or part.get("path")
        if isinstance(key, str) and key:
            found[key] = _options(part)
        if part.get("type") == "dynamiclist" and isinstance(part.get("path"), str):
            found[part["path"]] = None
    return found


def _options(part: dict[str, Any]) -> frozenset[str] | None:
    values = part.get("values")
    if part.get("type") not in _CHOICES or not isinstance(values, list) or part.get("valuesExpression"):
        return None
    return frozenset(str(each.get("value")) for each in values if isinstance(each, dict))


def of_form(key: str, form: str) -> Iterator[Use]:
    """Every FEEL text of a form."""
    for part in _all(components(form)):
        name = str(part.get("key") or part.get("path") or part.get("label") or part.get("type") or "")
        for purpose, text in _of_part(part):
            if isinstance(text, str) and text.strip():
                where = f"表单项“{part.get('label') or name}”的{purpose}表达式"
                yield Use(f"forms/{key}.json", name, where, text.strip())


def _of_part(part: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    properties, conditional = part.get("properties"), part.get("conditional")
    if isinstance(properties, dict):
        for name, purpose in _PROPERTIES.items():
            yield purpose, properties.get(name)
    if isinstance(conditional, dict):
        yield "隐藏条件", conditional.get("hide")
    yield "选项", part.get("valuesExpression")


_PROPERTIES = {"required_if": "必填条件", "check": "校验", "default": "默认值", "within": "范围"}
