"""Which rules apply to a file: a diagram, a decision table, or a whole procedure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from workflows.designing import folders, lint
from workflows.errors import Refusal

if TYPE_CHECKING:
    from workflows.designing.lint import Finding

ROOT = Path(__file__).resolve().parents[2]

FORMS = ROOT / "forms" / "definitions"


def findings(path: Path) -> list[Finding]:
    """What is to be said about a file or a procedure's folder."""
    if path.is_dir() or path.name == "procedure.toml":
        return _procedure(path if path.is_dir() else path.parent)
    if path.suffix == ".dmn":
        return lint.table(path.read_bytes(), str(path))
    if path.suffix in {".bpmn", ".xml"}:
        return lint.diagram(path.read_bytes(), str(path))
    sentence = "只检查 .bpmn、.dmn 文件，或含 procedure.toml 的事项文件夹。"
    return [lint.Finding("error", str(path), "", "file.kind", sentence)]


def _procedure(folder: Path) -> list[Finding]:
    beside = folder / "forms"
    try:
        bundle = folders.read(folder.parent, beside if beside.is_dir() else FORMS, folder.name)
    except Refusal as refusal:
        return [lint.Finding("error", str(folder), "", "procedure.unusable", str(refusal))]
    return lint.bundle(bundle)


def written(found: list[Finding], *, as_json: bool) -> str:
    """The findings for people, or as JSON."""
    if as_json:
        return json.dumps(lint.as_json(found), ensure_ascii=False, indent=2)
    if not found:
        return "没有发现问题。"
    errors = sum(finding.severity == "error" for finding in found)
    lines = [f"{'错误' if one.severity == 'error' else '注意'}  {one.line()}" for one in found]
    return "\n".join([*lines, f"共 {errors} 个错误、{len(found) - errors} 处需注意。"])
