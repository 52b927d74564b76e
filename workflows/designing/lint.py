"""Rules over a procedure's artefacts: each finding has the element, the rule's id, a sentence and a fix.

Nothing that is handed in makes it fail: whatever cannot be read is itself a finding.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from workflows import decisions, spiff
from workflows.designing import folders, names, parts, scenarios
from workflows.designing.choices import choice_findings, uncovered
from workflows.designing.described import description_findings
from workflows.designing.drawing import drawing_findings
from workflows.designing.duties import duty_findings
from workflows.designing.elements import MAIN, element_findings, form_findings, form_problem
from workflows.designing.findings import ERROR, WARNING, Finding, Office, error, fix, warning
from workflows.designing.operations import OPERATIONS
from workflows.designing.order import order_findings
from workflows.designing.results import models_of
from workflows.designing.soundness import soundness_findings
from workflows.designing.timeouts import timeout_findings
from workflows.designing.ways import Ways
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from workflows.catalogue import Bundle

__all__ = [
    "ERROR",
    "OPERATIONS",
    "WARNING",
    "Finding",
    "Office",
    "anything",
    "as_json",
    "bundle",
    "diagram",
    "errors",
    "form",
    "table",
]

NO_OFFICE = Office()
ID_TWICE = "dmn.id-twice"


def bundle(subject: Bundle, office: Office = NO_OFFICE) -> list[Finding]:
    """All findings over a bundle, errors first."""
    diagrams = {name: text.encode() for name, text in subject.diagrams.items()}
    structural = [_structural(problem) for problem in spiff.problems(diagrams, subject.key)]
    found = [*structural, *_by_schema(diagrams, structural), *form_findings(subject, office)]
    for file, text in subject.decisions.items():
        found += table(text.encode(), file)
    if not structural:
        # What follows looks at the diagram as a whole, which a broken one is not.
        specification = spiff.parse(diagrams, subject.key)
        found += element_findings(specification, subject, office)
        found += names.unknown(specification, subject, office)
        found += _along(specification, subject, office)
        found += description_findings(specification, subject, office)
        found += duty_findings(specification, subject, MAIN)
        found += timeout_findings(specification, MAIN)
        found += soundness_findings(specification, MAIN)
        found += drawing_findings(specification, diagrams)
    return _sorted(found)


def _along(specification: spiff.Specification, subject: Bundle, office: Office) -> Iterator[Finding]:
    """What only shows by looking which way leads where."""
    ways = Ways(specification)
    yield from order_findings(specification, subject, ways)
    known = names.known_in(specification, subject, office)
    yield from choice_findings(specification, subject, known, ways)


def errors(subject: Bundle, office: Office = NO_OFFICE) -> list[Finding]:
    """The findings that keep a bundle from being published."""
    return [finding for finding in bundle(subject, office) if finding.severity == ERROR]


def diagram(content: bytes, file: str) -> list[Finding]:
    """Findings over a single BPMN file, without its forms, decisions and parameters."""
    try:
        processes = spiff.processes(content, file)
    except spiff.Unreadable as refusal:
        return [_structural(refusal.problem)]
    if not processes:
        return [error(file, "", "process.none", "图中没有流程（process）。")]
    # The engine takes only files of this name for diagrams; whoever asks may call theirs otherwise.
    bundled = {f"{file.removesuffix('.bpmn')}.bpmn": content}
    found: list[Finding] = []
    for process in processes:
        problems = spiff.problems(bundled, process)
        found += [_lone(problem, process, file) for problem in problems]
        found += [replace(each, file=file) for each in _by_schema(bundled, found)]
        if not problems:
            found += _drawn(bundled, process, file)
    return _sorted(dict.fromkeys(found))


def _by_schema(diagrams: Mapping[str, bytes], known: Iterable[Finding]) -> Iterator[Finding]:
    """What the schema of BPMN does not allow, but for elements of which something is known already."""
    told = {finding.element for finding in known}
    readable = {} if "" in told else diagrams
    for name, content in readable.items():
        if not name.endswith(".bpmn"):
            continue
        for problem in spiff.schema_problems(name, content):
            if problem.element not in told:
                yield _structural(problem)


def _lone(problem: spiff.Problem, process: str, file: str) -> Finding:
    """A lone file may well call a process of another; whether that exists cannot be seen from here."""
    finding = replace(_structural(problem), file=file)
    if problem.rule != "process.missing":
        return finding
    # A process that stands in the file and yet is not found has no id to be found by.
    if problem.element == process:
        return error(file, "", "id.form", "流程没有编号。")
    return replace(finding, severity=WARNING)


def _drawn(bundled: Mapping[str, bytes], process: str, file: str) -> list[Finding]:
    specification = spiff.parse(bundled, process)
    found = [
        *uncovered(specification, file),
        *timeout_findings(specification, file),
        *soundness_findings(specification, file),
        *drawing_findings(specification, bundled),
    ]
    return [replace(finding, file=file) for finding in found]


def table(content: bytes, file: str, find: decisions.Finder | None = None) -> list[Finding]:
    """Findings over a single DMN file; ``find`` gives the files it imports."""
    try:
        model = decisions.read(content, find)
        found = [
            Finding(f.severity, file, f.element or f.decision, f.check, f.sentence, fix(f.check), f.line)
            for f in decisions.check(model)
        ]
        told = {each.element for each in found if each.rule == ID_TWICE}
        return found + [_twice(file, each) for each in decisions.ids_twice(content) if each not in told]
    except Refusal as refusal:
        return [error(file, "", "dmn.unreadable", str(refusal))]


def _twice(file: str, element: str) -> Finding:
    sentence = f"编号“{element}”在文件中用了不止一次，其他工具打开并保存时会丢掉其中一个。"
    return warning(file, element, ID_TWICE, sentence)


def form(content: bytes, file: str, office: Office = NO_OFFICE) -> list[Finding]:
    """Findings over a single form."""
    problem = form_problem(content.decode("utf-8-sig", errors="replace"), office)
    return [error(file, "", "form.unreadable", f"表单不能使用：{problem}")] if problem else []


def anything(path: Path, forms: Path, office: Office = NO_OFFICE) -> list[Finding]:
    """Findings over a file or folder: the procedure it belongs to, every procedure below it, or it alone.

    ``forms`` is the folder of form definitions, unless a procedure's folder has ``forms/`` of its own.
    """
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    if path.is_dir() and not folders.holds_procedure(path):
        keys = folders.keys(path)
        return _sorted(each for key in keys for each in _procedure(path / key, forms, office))
    if path.is_dir() or (folders.is_procedure(folder) and path.name in folders.OWN_FILES):
        return _sorted(_procedure(folder, forms, office))
    return _file(path, office)


def _procedure(folder: Path, forms: Path, office: Office) -> list[Finding]:
    root, key = folder.parent, folder.name
    try:
        subject = folders.read(root, folders.shelf(folder, forms), key)
    except parts.Unusable as refusal:
        return [error(str(refusal.facts["file"]), "", "procedure.unusable", str(refusal.facts["why"]) + "。")]
    found = bundle(subject, replace(office, steps=office.steps | folders.elsewhere(root)))
    found += _scenarios(folder / parts.SCENARIOS, models_of(subject))
    return [replace(each, file=f"{key}/{each.file}" if "/" not in each.file else each.file) for each in found]


def _scenarios(path: Path, models: Mapping[str, decisions.Model]) -> list[Finding]:
    if not path.is_file():
        return []
    try:
        text = path.read_bytes().decode(errors="replace")
        scenarios.read(text, path.name)
        asked = scenarios.questions(text, path.name)
    except Refusal as refusal:
        return [error(path.name, "", "scenario.unreadable", str(refusal))]
    return [
        error(path.name, each.decide, "scenario.decision", f"“{each.name}”试算的决策不在决策表文件中。")
        for each in asked
        if each.decide not in models
    ]


def _file(path: Path, office: Office) -> list[Finding]:
    try:
        content = path.read_bytes()
    except OSError:
        return [error(path.name, "", "file.kind", "文件不存在或读不到。")]
    if path.suffix == ".dmn":
        return table(content, path.name)
    if path.suffix in {".bpmn", ".xml"}:
        return diagram(content, path.name)
    if path.suffix in {".json", ".form"}:
        return form(content, path.name, office)
    return [error(path.name, "", "file.kind", "不是可以检查的文件。")]


def _structural(problem: spiff.Problem) -> Finding:
    return error(problem.file, problem.element, problem.rule, problem.sentence)


def _sorted(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: (finding.severity != ERROR, finding.file, finding.element))


def as_json(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings for programs; ``change`` only where there is one."""
    told = [asdict(finding) for finding in findings]
    return [{key: value for key, value in each.items() if value is not None} for each in told]
