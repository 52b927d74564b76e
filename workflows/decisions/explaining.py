"""Sentences an official can read about why a table gave what it gave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workflows.decisions.tables import Fired, Missed
from workflows.feel.problems import FeelProblem


def explain(trace: Iterable[Any], problems: Iterable[FeelProblem]) -> tuple[str, ...]:
    """One sentence for each rule that fired or table that had none, then one for each problem."""
    sentences = [_fired(entry) if isinstance(entry, Fired) else _missed(entry) for entry in trace]
    sentences += [_problem(problem) for problem in problems]
    return tuple(dict.fromkeys(sentences))


def _fired(rule: Fired) -> str:
    reasons = "，".join(f"{label}为{value}（要求{cell}）" for label, value, cell in rule.conditions)
    cited = "；".join(
        f"{name}：{text}" if name not in ("", "依据") else text for name, text in rule.annotations
    )
    sentence = f"{rule.table}：第{rule.number}条规则命中，结果为{rule.output or '空'}"
    sentence += f"；{reasons}" if reasons else "；此条没有条件"
    return sentence + (f"。依据：{cited.removesuffix('。')}。" if cited else "。")


def _missed(table: Missed) -> str:
    values = "，".join(f"{label}为{value}" for label, value in table.inputs)
    return f"{table.table}：没有规则符合" + (f"（{values}）。" if values else "。")


def _problem(problem: FeelProblem) -> str:
    at = f"{problem.element}，" if problem.element else ""
    return f"{at}第{problem.line}行第{problem.column}列：{problem.sentence}。"
