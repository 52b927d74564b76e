"""A decision of a draft asked by itself: the tables, parameters and calendar of a case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows import decisions, feel, spiff
from workflows.clock import LOCAL, PUBLISHED
from workflows.designing.walks import RuleFired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workflows.catalogue import Release
    from workflows.clock import WorkingDays
    from workflows.decisions import Outcome
    from workflows.designing.scenarios import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a decision gave: its value as JSON, the rules in the order they fired, why, and what differs."""

    question: str
    value: Any = None
    rules: tuple[RuleFired, ...] = ()
    explanation: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()  # a decision asked by itself passes nothing of the diagram

    @property
    def went_as_told(self) -> bool:
        """Whether the value and the rules came as expected."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """The answer for programs."""
        return {
            "decision": self.question,
            "ok": self.went_as_told,
            "problems": list(self.problems),
            "value": json.loads(feel.dumps(self.value)),
            "rules": [{"decision": r.decision, "rule": r.id, "number": r.number} for r in self.rules],
            "explanation": list(self.explanation),
        }


def ask(
    release: Release,
    question: Question,
    *,
    now: datetime | None = None,
    calendar: WorkingDays = PUBLISHED,
) -> Answer:
    """Decide as the question says, at its ``at`` or at ``now``; ``Answer.problems`` says what differs."""
    refused = tuple(_refused(release, question))
    if refused:
        return Answer(question=question.name, problems=refused)
    at = question.at or now
    parameters = {**release.parameters, **question.parameters}
    names = {"param": parameters, **question.inputs}
    outcome = decisions.decide(
        release.model_of(question.decide),
        question.decide,
        names,
        functions=spiff.Scope(names, at=at, calendar=calendar).functions() if at else None,
        at=at.astimezone(LOCAL) if at else None,
    )
    return Answer(
        question=question.name,
        value=feel.to_json(outcome.value),
        rules=tuple(RuleFired(fired.table, fired.id, fired.number) for fired in outcome.rules),
        explanation=outcome.explanation,
        problems=tuple(_differences(outcome, question)),
    )


def _refused(release: Release, question: Question) -> Iterator[str]:
    if question.decide not in release.models:
        yield f"决策“{question.decide}”不在决策表文件中。"
    known = {parameter["name"] for parameter in release.meta.get("parameters", ())}
    strange = [name for name in question.parameters if name not in known]
    if strange:
        yield f"用了本事项没有的参数：{'、'.join(strange)}。"


def _differences(outcome: Outcome, question: Question) -> Iterator[str]:
    wanted = None if question.gives == "" else feel.dumps(question.gives)
    came = None if outcome.value in (None, "") else feel.dumps(outcome.value)
    # Both as JSON text, so that a date equals the date it is written as and 1.50 equals 1.5.
    if not feel.evaluate("wanted = came", {"wanted": _parsed(wanted), "came": _parsed(came)}):
        why = "；".join(outcome.explanation)
        yield f"结果应为 {wanted or '空'}，实际为 {came or '空'}（{why}）。"
    fired = tuple(rule.id for rule in outcome.rules)
    if question.rules is not None and question.rules != fired:
        yield f"命中的规则应为 {'、'.join(question.rules) or '无'}，实际为 {'、'.join(fired) or '无'}。"


def _parsed(text: str | None) -> Any:
    return None if text is None else json.loads(text)
