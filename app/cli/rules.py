"""Commands about rules: evaluate FEEL, decide DMN, lint artefacts, walk a procedure through given answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.cli import batch


@click.command(
    help="计算一个 FEEL 表达式，给出 JSON：{value, feel, rules, errors}。",
    context_settings={"ignore_unknown_options": True},  # an expression may begin with a minus
)
@click.argument("expression", required=False)
@click.option("--context", help="表达式可用的名字，JSON 对象；@文件 从文件读。")
@click.option("--batch", "many", is_flag=True, help="每行一个 JSON 请求 {expression, context}，逐行回答。")
def feel(expression: str | None, context: str | None, many: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Evaluate FEEL."""
    if many:
        batch.run(batch.feel)
        return
    if expression is None:
        raise click.UsageError("请写出要计算的表达式。")
    _show(batch.feel({"expression": expression, "context": batch.mapping(context, "--context")}))


@click.command(help="按 DMN 文件作出一个决策，给出 JSON：{value, feel, rules, errors}。")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--decision", help="决策、决策服务或业务知识模型的编号或名称。")
@click.option("--input", "given", help="输入，JSON 对象；@文件 从文件读。")
@click.option("--input-feel", help="输入，名字到 FEEL 字面量的 JSON 对象。")
@click.option(
    "--batch",
    "many",
    is_flag=True,
    help="每行一个 JSON 请求 {file, decision, input | input_feel}，逐行回答。",
)
def decide(  # noqa: FBT001, RUF100 (a flag of the command line)
    file: Path | None,
    decision: str | None,
    given: str | None,
    input_feel: str | None,
    many: bool,  # noqa: FBT001
) -> None:
    """Decide by DMN."""
    if many:
        batch.run(batch.Decider(file, decision).answer)
        return
    if file is None or decision is None:
        raise click.UsageError("请写出 DMN 文件和 --decision。")
    asked: dict[str, Any] = {"file": str(file), "decision": decision}
    if given is not None:
        asked["input"] = batch.mapping(given, "--input")
    if input_feel is not None:
        asked["input_feel"] = batch.mapping(input_feel, "--input-feel")
    _show(batch.Decider().answer(asked))


def _show(answer: dict[str, Any]) -> None:
    """Print an answer; what could not be read or done at all is a problem."""
    click.echo(batch.written(answer))
    if answer["errors"]:
        for error in answer["errors"]:
            click.echo(_line(error), err=True)
        raise click.exceptions.Exit(1)


def _line(error: dict[str, Any]) -> str:
    where = f"第{error['line']}行第{error['column']}列：" if error.get("line") else ""
    return where + str(error["sentence"])


@click.command(help="检查流程图、决策表，或整个事项（其文件夹或 procedure.toml）。")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="以 JSON 给出。")
def lint(files: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Check artefacts."""
    from app.cli import drafts

    found = [finding for path in files for finding in drafts.findings(path)]
    click.echo(drafts.findings_text(found, as_json=as_json))
    if any(finding.severity == "error" for finding in found):
        raise click.exceptions.Exit(1)


@click.command(help="按给定的答案走一遍流程图（文件、文件夹或事项的 key），并单独试算决策，不存任何东西。")
@click.argument("draft")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="答案脚本，格式见 bpmn/README.md 的 scenarios.toml，也可为 JSON；不写时用事项自己的。",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 给出。")
def simulate(draft: str, answers: Path | None, as_json: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Walk a draft."""
    from app.cli import drafts

    walks, decided = drafts.walks(drafts.draft(draft), answers or drafts.own_answers(draft))
    click.echo(drafts.walks_text(walks, decided, as_json=as_json))
    if not drafts.all_as_told(walks, decided):
        raise click.exceptions.Exit(1)


COMMANDS = (feel, decide, lint, simulate)
