"""Rules over a procedure's artefacts, each with an id and a sentence that says what is wrong and where."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from workflows import decisions, spiff
from workflows.designing import names
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.catalogue import Bundle
    from workflows.spiff import Element, Specification

ERROR, WARNING = "error", "warning"

OPERATIONS = frozenset(
    {
        "notice.post",
        "notice.close",
        "notice.stop",
        "register.enter",
        "register.close",
        "document.issue",
        "notify.send",
    }
)
"""The operations that an office performs; a diagram may name no other."""

LEVELS = frozenset({"village", "township", "county", "department", "farm"})

MAIN = "process.bpmn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (error) or to look at (warning), with the element it concerns."""

    severity: str
    file: str
    element: str
    rule: str
    sentence: str
    fix: str = ""

    def line(self) -> str:
        """The finding on one line, as the command line prints it."""
        fix = f"（{self.fix}）" if self.fix else ""
        return f"{self.file} {self.element or '-'} [{self.rule}] {self.sentence}{fix}"


def bundle(subject: Bundle, operations: frozenset[str] = OPERATIONS) -> list[Finding]:
    """All findings over a bundle, errors first."""
    diagrams = {name: text.encode() for name, text in subject.diagrams.items()}
    found = [_structural(problem) for problem in spiff.problems(diagrams, subject.key)]
    found += _decision_files(subject.decisions)
    if not any(finding.severity == ERROR for finding in found):
        specification = spiff.parse(diagrams, subject.key)
        found += _elements(specification, subject, operations)
        found += names.unknown(specification, subject)
    return sorted(found, key=lambda finding: (finding.severity != ERROR, finding.file, finding.element))


def diagram(content: bytes, file: str) -> list[Finding]:
    """Findings over a single BPMN file, without its forms, decisions and parameters."""
    try:
        processes = spiff.processes(content, file)
    except spiff.Unreadable as refusal:
        return [_structural(refusal.problem)]
    found: list[Finding] = []
    for process in processes:
        found += [_structural(problem) for problem in spiff.problems({file: content}, process)]
    return found


def table(content: bytes, file: str) -> list[Finding]:
    """Findings over a single DMN file."""
    return _decision_files({file: content.decode("utf-8", errors="replace")})


def _structural(problem: spiff.Problem) -> Finding:
    return Finding(ERROR, problem.file, problem.element, problem.rule, problem.sentence)


def _decision_files(files: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = []
    for file, text in files.items():
        try:
            model = decisions.read(text.encode())
        except Invalid as refusal:
            found.append(Finding(ERROR, file, "", "dmn.unreadable", str(refusal)))
            continue
        found += [
            Finding(f.severity, file, f.element or f.decision, f.check, f.sentence)
            for f in decisions.check(model)
        ]
    return found


def _elements(specification: Specification, subject: Bundle, operations: frozenset[str]) -> Iterator[Finding]:
    known = _decision_names(subject)
    for element in specification.elements.values():
        file = element.file or MAIN
        for rule, sentence, fix in _about(element, subject, operations, known):
            yield Finding(ERROR, file, element.id, rule, f"“{element.name or element.id}”{sentence}", fix)
        if element.kind in _CITED and not element.basis and element.origin != "default":
            sentence = f"“{element.name or element.id}”没有引用依据条款，也没有标明是默认设置。"
            yield Finding(
                WARNING, file, element.id, "basis.missing", sentence, "填写 basis，或把 origin 标为 default"
            )


_CITED = {"userTask", "serviceTask", "businessRuleTask", "callActivity", "intermediateCatchEvent"}


def _decision_names(subject: Bundle) -> set[str]:
    return {
        part.id for text in subject.decisions.values() for part in decisions.read(text.encode()).decisions()
    }


def _about(
    element: Element, subject: Bundle, operations: frozenset[str], known: set[str]
) -> Iterator[tuple[str, str, str]]:
    if element.kind == "userTask":
        yield from _task(element, subject)
    if element.kind == "serviceTask" and element.operation not in operations:
        yield (
            "operation.unknown",
            f"要求的操作“{element.operation or ''}”没有登记。",
            f"可用：{'、'.join(sorted(operations))}",
        )
    if element.kind == "businessRuleTask" and element.decision not in known:
        yield "decision.unknown", f"引用的决策“{element.decision or ''}”不在决策表文件中。", "核对 decisionId"


def _task(element: Element, subject: Bundle) -> Iterator[tuple[str, str, str]]:
    if not element.role:
        yield "lane.role", "所在泳道没有指定办理角色。", "在泳道上填写 role"
    if element.level not in LEVELS:
        yield "lane.level", f"所在泳道的层级“{element.level}”不对。", f"可用：{'、'.join(sorted(LEVELS))}"
    if element.form and element.form not in subject.forms:
        yield "form.unknown", f"引用的表单“{element.form}”不存在。", "核对 formId"
    elif element.form:
        yield from _form(element.form, subject.forms[element.form])


def _form(key: str, text: str) -> Iterator[tuple[str, str, str]]:
    try:
        content: Any = json.loads(text)
    except ValueError as error:
        yield "form.unreadable", f"的表单“{key}”不是有效的 JSON：{error}。", ""
        return
    if not isinstance(content, dict) or not isinstance(content.get("components"), list):
        yield "form.unreadable", f"的表单“{key}”没有 components。", ""


def as_json(findings: list[Finding]) -> list[dict[str, str]]:
    """Findings for programs."""
    return [asdict(finding) for finding in findings]
