"""Rules over ``procedure.toml``: does what it describes fit the diagram, the forms and itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows import feel, parameters, spiff
from workflows.designing import names, texts
from workflows.designing.findings import Finding, error, warning
from workflows.designing.retention import retention_findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workflows.catalogue import Bundle
    from workflows.designing.findings import Office
    from workflows.spiff import Element, Specification

FILE = "procedure.toml"


def description_findings(specification: Specification, subject: Bundle, office: Office) -> Iterator[Finding]:
    """Findings about the description of the procedure and its parameters."""
    meta = subject.meta
    if meta.get("key", subject.key) != subject.key:
        yield error(
            FILE, "key", "procedure.key", f"key“{meta['key']}”与文件夹、流程编号“{subject.key}”不同。"
        )
    for role in meta.get("start_roles", ()):
        if office.roles is not None and role not in office.roles:
            yield error(FILE, "start_roles", "role.unknown", f"发起角色“{role}”不存在。")
    first = None if meta.get("start", {}).get("step") == "" else specification.first_step()
    yield from _campaign(
        meta.get("campaign"), specification, {p["name"]: p["default"] for p in meta.get("parameters", ())}
    )
    yield from _start(meta.get("start", {}), first)
    yield from _subject(meta.get("subject", {}), first, subject)
    yield from _apart(meta.get("apart", ()), specification)
    yield from retention_findings(meta)
    for parameter in meta.get("parameters", ()):
        yield from _parameter(parameter)
    # A called procedure brings parameters along that it may need only when it runs by itself.
    for name in names.unused_parameters(subject) if len(subject.diagrams) == 1 else ():
        yield warning(FILE, name, "parameter.unused", f"参数“{name}”没有在任何表达式中使用。")


def _start(said: Mapping[str, Any], first: Element | None) -> Iterator[Finding]:
    if said.get("step") and (first is None or said["step"] != first.id):
        came = f"“{first.id}”" if first else "不是用户任务"
        yield error(
            FILE, "start", "procedure.start", f"start.step 写的是“{said['step']}”，流程图的第一步{came}。"
        )
    elif "form" in said and first is not None and said["form"] != first.form:
        sentence = f"start.form 写的是“{said['form']}”，流程图的第一步用的是“{first.form or ''}”。"
        yield error(FILE, "start", "procedure.start", sentence)


CAMPAIGN_LEVELS = ("village", "township", "county")


def _campaign(
    said: Mapping[str, Any] | None, specification: Specification, defaults: Mapping[str, Any]
) -> Iterator[Finding]:
    """A timer at the start and ``[campaign]`` belong together."""
    start = specification.start_event()
    if start.timer is None:
        if said is not None:
            sentence = "写了 [campaign]，而流程图不是由定时（timeCycle）开始的。"
            yield error(FILE, "campaign", "procedure.campaign", sentence)
        return
    if said is None:
        sentence = "流程图由定时开始，须在 [campaign] 中写明 level（village、township 或 county）。"
        yield error(FILE, "campaign", "procedure.campaign", sentence)
        return
    if said.get("level") not in CAMPAIGN_LEVELS:
        yield error(
            FILE, "campaign", "procedure.campaign", f"campaign.level 应为 {'、'.join(CAMPAIGN_LEVELS)} 之一。"
        )
    if said.get("period", "day") not in spiff.PERIODS:
        yield error(
            FILE, "campaign", "procedure.campaign", f"campaign.period 应为 {'、'.join(spiff.PERIODS)} 之一。"
        )
    if start.timer.text.startswith("=") and feel.names(feel.parse(start.timer.text[1:])) - {"param"}:
        yield error(start.file, start.shape, "timer.schedule", "开始的周期表达式只能用 param。")
    elif start.timer.text.startswith("=") and not _is_cycle(start.timer.text, defaults):
        yield error(start.file, start.shape, "timer.schedule", "按参数的默认值算不出开始的周期。")


def _is_cycle(text: str, defaults: Mapping[str, Any]) -> bool:
    value = feel.evaluate(text[1:], {"param": dict(defaults)})
    try:
        spiff.schedule(value if isinstance(value, str) else "")
    except spiff.Unscheduled:
        return False
    return True


def _subject(said: Mapping[str, Any], first: Element | None, subject: Bundle) -> Iterator[Finding]:
    fields = texts.fields(subject.forms.get(first.form or "", "{}")) if first else {}
    for name in ("name", "identity", "phone", "key"):
        for path in _paths(said.get(name)):
            step, _, field = path.partition(".")
            if first is None or step != first.id or field not in fields:
                sentence = f"subject.{name} 指向的“{path}”不在第一步的表单里。"
                yield error(FILE, "subject", "procedure.subject", sentence)


def _paths(said: Any) -> list[str]:
    """The fields of the start form that a part of the subject names; the division is always there."""
    paths = said if isinstance(said, list) else [said] if said else []
    return [str(path) for path in paths if path != "case.division"]


def _apart(said: Sequence[Mapping[str, Any]], specification: Specification) -> Iterator[Finding]:
    """Steps kept in different hands are steps of the diagram that people do, two or more of them."""
    known = {element.id for element in specification.steps()}
    for group in said:
        steps = list(group.get("steps", ()))
        if len(set(steps)) < 2 or len(set(steps)) < len(steps):
            sentence = f"apart.steps 应列出两个以上不同的环节，现为“{'、'.join(steps)}”。"
            yield error(FILE, "apart", "procedure.apart", sentence)
        for step in steps:
            if step not in known:
                sentence = f"apart.steps 中的“{step}”不是流程图中由人办理的环节。"
                yield error(FILE, "apart", "procedure.apart", sentence)


def _parameter(parameter: Mapping[str, Any]) -> Iterator[Finding]:
    name, kind, value = parameter["name"], parameter.get("type"), parameter["default"]
    if kind not in parameters.KINDS:
        sentence = f"参数“{name}”的类型“{kind}”不认识，可用：{'、'.join(parameters.KINDS)}。"
        yield error(FILE, name, "parameter.type", sentence)
        return
    wrong = parameters.fault(parameter, value)
    if wrong:
        yield error(FILE, name, "parameter.default", f"参数“{name}”的默认值{wrong}。")
    if parameter.get("origin") not in {"source", "default"}:
        yield warning(FILE, name, "parameter.origin", f"参数“{name}”没有标明 origin 是 source 还是 default。")
