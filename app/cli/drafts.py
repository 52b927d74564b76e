"""Artefacts named on the command line: a procedure's folder or key, a single diagram, a single table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import batch
from app.designer import trying
from workflows import catalogue, spiff
from workflows.catalogue import Bundle
from workflows.designing import folders, lint, parts, simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.catalogue import Release
    from workflows.designing.lint import Finding
    from workflows.designing.simulate import Answer
    from workflows.designing.walks import Walk

ROOT = Path(__file__).resolve().parents[2]

PROCEDURES, FORMS = ROOT / "bpmn", ROOT / "forms" / "definitions"

NOWHERE = "000000000000"


def findings(path: Path) -> list[Finding]:
    """What is to be said about a file or a procedure's folder."""
    if _folder(path) is not None:
        return lint.anything(path, FORMS, trying.OFFICE)
    if path.suffix == ".dmn":
        try:
            return lint.table(batch.content(path), str(path), batch.beside(path))
        except batch.Wrong as wrong:
            return [lint.Finding("error", str(path), "", "dmn.unreadable", str(wrong))]
    if path.suffix in {".bpmn", ".xml"}:
        return lint.diagram(path.read_bytes(), str(path))
    return lint.anything(path, FORMS, trying.OFFICE)


def _folder(path: Path) -> Path | None:
    """The procedure's folder that ``path`` stands for, if it stands for one."""
    if path.is_dir():
        return path
    return path.parent if path.name == "procedure.toml" else None


def _bundle(folder: Path) -> Bundle:
    folder = folder.resolve()
    beside = folder / "forms"
    return folders.read(folder.parent, beside if beside.is_dir() else FORMS, folder.name)


def draft(named: str) -> Release:
    """A draft ready to walk: a folder, a diagram alone, or the key of a procedure of ours."""
    path = _path(named)
    if not path.exists():
        known = "、".join(folders.keys(PROCEDURES))
        raise click.UsageError(f"没有“{named}”这个文件或事项；随附的事项有 {known}。")
    folder = _folder(path)
    if folder is None and (path.parent / "procedure.toml").is_file():
        folder = path.parent
    return catalogue.prepare(_bundle(folder) if folder else _alone(path))


def _alone(path: Path) -> Bundle:
    """A diagram without a description: nothing is known but what stands in it and beside it."""
    content = path.read_bytes()
    process = next(iter(spiff.processes(content, path.name)), None)
    if process is None:
        raise click.UsageError(f"“{path}”里没有可执行的流程。")
    forms = {one.stem: one.read_text(encoding="utf-8") for one in path.parent.glob("*.json")}
    return Bundle(
        key=process,
        meta={"name": process, "division": NOWHERE, "start_roles": []},
        diagrams={"process.bpmn": content.decode()},
        decisions={one.name: one.read_text(encoding="utf-8") for one in path.parent.glob("*.dmn")},
        forms={one.stem: one.read_text(encoding="utf-8") for one in FORMS.glob("*.json")} | forms,
    )


def _path(named: str) -> Path:
    path = Path(named)
    if not path.exists() and (PROCEDURES / named / "procedure.toml").is_file():
        return PROCEDURES / named
    return path


def own_answers(named: str) -> Path:
    """The scenarios that stand beside a draft."""
    path = _path(named)
    beside = (path if path.is_dir() else path.parent) / parts.SCENARIOS
    if not beside.is_file():
        raise click.UsageError(f"“{named}”没有 {parts.SCENARIOS}，请用 --answers 给出答案脚本。")
    return beside


def walks(release: Release, answers: Path) -> tuple[list[Walk], list[Answer]]:
    """The draft walked once for each scenario of the answers file, and each decision it asks by itself."""
    from app.designer.trying import check_form

    try:
        text = answers.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"“{answers}”不是 UTF-8 编码的文字。") from None
    scenes, asked = simulate.scenarios(text, answers.name), simulate.questions(text, answers.name)
    return (
        [simulate.run(release, scene, check_form=check_form, now=_now()) for scene in scenes],
        [simulate.ask(release, question, now=_now()) for question in asked],
    )


def _now() -> Any:
    from workflows.clock import SystemClock

    return SystemClock().now()


def findings_text(found: Sequence[Finding], *, as_json: bool) -> str:
    """The findings for people, or as JSON."""
    if as_json:
        return json.dumps(lint.as_json(list(found)), ensure_ascii=False, indent=2)
    if not found:
        return "没有发现问题。"
    errors = sum(finding.severity == "error" for finding in found)
    lines = [f"{'错误' if one.severity == 'error' else '注意'}  {one.told()}" for one in found]
    return "\n".join([*lines, f"共 {errors} 个错误、{len(found) - errors} 处需注意。"])


def walks_text(found: Sequence[Walk], answers: Sequence[Answer], *, as_json: bool) -> str:
    """The walks and the decisions asked by themselves, for people or as JSON."""
    if as_json:
        content = {
            "ok": all_as_told(found, answers),
            "walks": [walk.as_json() for walk in found],
            "decisions": [answer.as_json() for answer in answers],
        }
        return json.dumps(content, ensure_ascii=False, indent=2, default=str)
    lines: list[str] = []
    for walk in found:
        end = walk.outcome or f"停在 {'、'.join(walk.open + walk.waiting) or '无'}"
        lines.append(f"{_verdict(walk)}  {walk.scenario}：{end}")
        lines += [
            f"      {passed.name or passed.element}  {passed.conclusion or ''}".rstrip()
            for passed in walk.trace
        ]
        lines += [f"      ✗ {problem}" for problem in walk.problems]
    for answer in answers:
        lines.append(f"{_verdict(answer)}  {answer.question}")
        lines += [f"      {sentence}" for sentence in answer.explanation]
        lines += [f"      ✗ {problem}" for problem in answer.problems]
    return "\n".join(lines)


def all_as_told(found: Sequence[Walk], answers: Sequence[Answer]) -> bool:
    """Whether everything came as its script says."""
    return all(walk.went_as_told for walk in found) and all(answer.went_as_told for answer in answers)


def _verdict(came: Walk | Answer) -> str:
    return "通过" if came.went_as_told else "不符"
