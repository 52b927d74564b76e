"""Whether every name an expression uses can be known: steps, results, parameters, the case itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from workflows import feel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue import Bundle
    from workflows.designing.lint import Finding
    from workflows.spiff import Element, Specification

ALWAYS = frozenset(
    {"case", "subject", "param", "end of notice", "total", "done", "yes", "no", "abstain", "loopCounter"}
)
FUNCTIONS = frozenset({"workdays", "today", "now"})
"""Functions the engine lends to expressions."""

_PARAMETER = re.compile(r"\bparam\.([^\W\d]\w*)")
"""Names that stand in every expression's scope."""

Use = tuple[str, str, str, str]
"""file, element, what the text is for, the text."""


def unknown(specification: Specification, subject: Bundle) -> list[Finding]:
    """One finding per expression that does not parse, or names what never exists."""
    steps, parameters = _steps(specification), {p["name"] for p in subject.meta.get("parameters", ())}
    found: list[Finding] = []
    for file, element, purpose, text in _uses(specification):
        found += _judge((file, element, f"“{element}”的{purpose}", text), steps, parameters)
    for key, definition in subject.forms.items():
        fields = _fields(json.loads(definition).get("components", ()))
        for path, text in _form_texts(json.loads(definition).get("components", ())):
            # A form may be asked in several procedures, so what only another one knows is null here.
            use = (f"forms/{key}.json", path, f"表单项“{path}”的", text)
            found += _judge(use, steps | fields, parameters, grave=False)
    return found


def _judge(use: Use, known: frozenset[str], parameters: set[str], *, grave: bool = True) -> Iterator[Finding]:
    from workflows.designing.lint import ERROR, WARNING, Finding  # noqa: PLC0415 (the two describe one another)

    file, element, where, text = use
    try:
        expression = feel.parse(text.removeprefix("="), ALWAYS)
    except feel.FeelSyntaxError as error:
        sentence = f"{where}表达式写错了：第 {error.line} 行第 {error.column} 列，{error.sentence}"
        yield Finding(ERROR, file, element, "feel.syntax", sentence)
        return
    for name in sorted(feel.names(expression) - known - ALWAYS - FUNCTIONS - _INNER):
        severity = ERROR if grave else WARNING
        yield Finding(severity, file, element, "feel.unknown_name", f"{where}表达式用了不存在的名称“{name}”")
    for name in sorted(set(_PARAMETER.findall(text)) - parameters):
        yield Finding(
            ERROR, file, element, "feel.unknown_parameter", f"{where}表达式用了没有定义的参数“{name}”"
        )


_INNER = frozenset({"?", "item", "partial", "parent"})


def _steps(specification: Specification) -> frozenset[str]:
    """What may stand in the case's variables."""
    named = {e.result_variable for e in specification.elements.values() if e.result_variable}
    written = {line.target for e in specification.elements.values() for line in e.outputs}
    looped = {
        e.multi_instance.item
        for e in specification.elements.values()
        if e.multi_instance and e.multi_instance.item
    }
    return frozenset({*specification.elements, *named, *written, *looped})


def _uses(specification: Specification) -> Iterator[Use]:
    for element in specification.elements.values():
        yield from _of_element(element)
    for flow in specification.flows.values():
        if flow.condition:
            file = specification.elements[flow.source].file
            yield file, flow.id, "流转条件", flow.condition


def _of_element(element: Element) -> Iterator[Use]:
    texts = [("办理期限", element.due)]
    texts += [("输入", line.source) for line in element.inputs]
    texts += [("输出", line.source) for line in element.outputs]
    if element.timer:
        texts.append(("定时", element.timer.text))
    if element.multi_instance:
        many = element.multi_instance
        texts += [("份数", many.cardinality), ("名单", many.collection), ("完成条件", many.completion)]
    for purpose, text in texts:
        if text and text.startswith("="):
            yield element.file, element.id, purpose, text


def _fields(components: Any) -> frozenset[str]:
    """The bare keys a form's own expressions may use."""
    found: set[str] = set()
    for component in components:
        found.update(str(component[name]) for name in ("key", "path") if component.get(name))
        found |= _fields(component.get("components", ()))
    return frozenset(found)


def _form_texts(components: Any) -> Iterator[tuple[str, str]]:
    for component in components:
        name = str(
            component.get("key") or component.get("path") or component.get("label") or component.get("type")
        )
        properties = component.get("properties", {})
        texts = [properties.get(each) for each in ("required_if", "check", "default")]
        texts += [component.get("conditional", {}).get("hide"), component.get("valuesExpression")]
        yield from ((name, text) for text in texts if isinstance(text, str) and text.startswith("="))
        yield from _form_texts(component.get("components", ()))
