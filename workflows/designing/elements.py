"""Rules about single elements: who acts, which form, operation, decision and message, which clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.decisions.model import inputs_of
from workflows.designing import names, texts
from workflows.designing.findings import Finding, error, warning
from workflows.designing.results import models_of
from workflows.designing.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.catalogue import Bundle
    from workflows.decisions import Model
    from workflows.designing.findings import Office
    from workflows.spiff import Element, Specification

LEVELS = frozenset({"village", "township", "county", "department", "farm"})
MAIN = "process.bpmn"

_CITED = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity", "intermediateCatchEvent"})
_SEPARATOR = "｜"


def element_findings(specification: Specification, subject: Bundle, office: Office) -> Iterator[Finding]:
    """Findings about each element, in the order of the diagram."""
    models = models_of(subject)
    scope = names.known_in(specification, subject, office)
    for element in specification.elements.values():
        if element.kind == "userTask":
            yield from _task(element, subject, office)
            yield from _shared(element, specification)
        if element.operation is not None:
            yield from _operation(element, office)
        if element.kind == "businessRuleTask":
            yield from _decision(element, models, scope)
        if element.kind != "startEvent" and element.message and element.message not in office.messages:
            yield _warn(element, "message.unknown", f"等待的消息“{element.message}”没有人会发来。")
        yield from _basis(element, office)


def _say(element: Element, rule: str, sentence: str) -> Finding:
    return error(element.file or MAIN, element.shape, rule, f"“{element.name or element.shape}”{sentence}")


def _warn(element: Element, rule: str, sentence: str) -> Finding:
    return warning(element.file or MAIN, element.shape, rule, f"“{element.name or element.shape}”{sentence}")


def _task(element: Element, subject: Bundle, office: Office) -> Iterator[Finding]:
    if not element.role:
        yield _say(element, "lane.role", "所在泳道没有指定办理角色。")
    if element.level not in LEVELS:
        yield _say(element, "lane.level", f"所在泳道的层级“{element.level}”不对。")
    named = [element.role, *(group for group in element.groups if not group.startswith("="))]
    for role in dict.fromkeys(named):
        if role and office.roles is not None and role not in office.roles:
            yield _say(element, "role.unknown", f"的办理角色“{role}”不存在。")
    if not element.form:
        yield _warn(element, "form.none", "没有表单。")
    elif element.form not in subject.forms:
        yield _say(element, "form.unknown", f"引用的表单“{element.form}”不存在。")


def _shared(element: Element, specification: Specification) -> Iterator[Finding]:
    """Steps inside something done several times at once would read each other's answers."""
    around = specification.elements.get(element.parent or "")
    calls = [each for each in specification.elements.values() if each.called == element.process]
    if any(each is not None and each.multi_instance is not None for each in (around, *calls)):
        yield _say(element, "loop.inner", "在多实例的子流程中，各份的答案会混在一起。")


def form_findings(subject: Bundle, office: Office) -> Iterator[Finding]:
    """Findings about the forms themselves."""
    for key, text in subject.forms.items():
        problem = form_problem(text, office)
        if problem:
            yield error(f"forms/{key}.json", "", "form.unreadable", f"表单“{key}”不能使用：{problem}")


def form_problem(text: str, office: Office) -> str | None:
    """What is wrong with a form's JSON text: the office's own reader says, or else its shape."""
    if office.form_problem is not None:
        return office.form_problem(text)
    parts = texts.components(text)
    whole = bool(parts) and all(isinstance(part, dict) for part in parts)
    return None if whole else "不是有效的 JSON，或没有可用的 components。"


def _operation(element: Element, office: Office) -> Iterator[Finding]:
    operation = office.operations.get(element.operation or "")
    if operation is None:
        yield _say(element, "operation.unknown", f"要求的操作“{element.operation}”没有登记。")
        return
    given = {line.target.partition(".")[0] for line in element.inputs}
    for name in operation.needs:
        if name not in given:
            yield _say(element, "operation.input", f"的操作“{element.operation}”缺少输入“{name}”。")
    for name in sorted(given - {*operation.needs, *operation.takes}):
        yield _warn(element, "operation.extra", f"的操作“{element.operation}”不用输入“{name}”。")
    if office.filing is not None:
        said = {line.target: written(line.source) for line in element.inputs}
        for fault in office.filing(element.operation or "", said):
            yield _say(element, "operation.register", f"：{fault}。")


def _decision(element: Element, models: Mapping[str, Model], scope: names.Known) -> Iterator[Finding]:
    model = models.get(element.decision or "")
    part = model.named(element.decision or "", "decision") if model else None
    if part is None:
        yield _say(element, "decision.unknown", f"引用的决策“{element.decision or ''}”不在决策表文件中。")
        return
    given = {line.target.partition(".")[0] for line in element.inputs}
    for name in sorted(inputs_of(part)):
        if name not in scope.names | names.ALWAYS | given:
            sentence = f"引用的决策“{part.name}”需要输入“{name}”，办件中没有这一内容。"
            yield _say(element, "decision.input", sentence)


def _basis(element: Element, office: Office) -> Iterator[Finding]:
    if not element.basis:
        if element.kind in _CITED and element.origin != "default":
            yield _warn(element, "basis.missing", "没有引用依据条款，也没有标明是默认设置。")
        return
    file, separator, quotation = element.basis.partition(_SEPARATOR)
    if not separator or not quotation.strip():
        yield _say(element, "basis.form", "的依据没有写成“源文件名｜原文”。")
    elif office.sources is not None and _squeezed(quotation) not in _squeezed(office.sources.get(file, "")):
        yield _say(element, "basis.quotation", f"的引文在源文件“{file}”中找不到。")


def _squeezed(text: str) -> str:
    return "".join(text.split())
