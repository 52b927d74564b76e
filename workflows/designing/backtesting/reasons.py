"""A divergence in words: where the case went then, where it would go now, which rule or condition says so.

Nobody's answers are told: only steps, fields, conditions and conclusions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.backtesting.verdicts import (
    ENDED,
    INCOMPARABLE,
    MISSING,
    NEW_STEP,
    OTHER,
    Divergence,
)
from workflows.designing.comparing.wording import labels_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workflows.catalogue import Release
    from workflows.designing.backtesting.following import Draft
    from workflows.designing.backtesting.records import Row
    from workflows.designing.backtesting.replaying import Replay
    from workflows.designing.backtesting.standing import Standing
    from workflows.spiff import Element

MOST_FIELDS = 8


class Reasons:
    """The words of one comparison between a version and a draft."""

    def __init__(self, old: Release, draft: Draft) -> None:
        self.old, self.draft = old.specification, draft.release.specification
        self.words, self.forms = draft.words, draft.release.forms

    def _name(self, key: str) -> str:
        element = self.draft.elements.get(key) or self.old.elements.get(key)
        return element.name or key if element else key

    def _names(self, keys: Iterable[str]) -> str:
        return "、".join(f"“{self._name(key)}”" for key in sorted(keys))

    def _now(self, replay: Replay) -> str:
        """Where the draft stands."""
        if replay.outcome:
            return f"办结（{replay.outcome}）"
        tasks = {task.element for task in replay.open_tasks}
        waits = {
            wait.element for wait in replay.waiting if self.draft.elements[wait.element].attached_to is None
        }
        return self._names(tasks) or f"等待{self._names(waits)}"

    def elsewhere(self, row: Row, mine: set[str], theirs: set[str], replay: Replay) -> Divergence:
        """After the same answers it stands at other steps."""
        element, why = self._turn(row.passed, replay.step.passed if replay.step else ())
        key = element or row.step
        then = self._names(theirs - mine or theirs) or "办结或等待"
        now = self._names(mine - theirs) or self._now(replay)
        return Divergence(OTHER, key, self._name(key), then, now, self._decided(row, replay) + why)

    def _turn(self, then: Sequence[str], now: Sequence[str]) -> tuple[str, str]:
        """The element at which two paths part, and the conditions there."""
        place = next((n for n, (a, b) in enumerate(zip(then, now, strict=False)) if a != b), None)
        if place is None:
            return "", "答复相同，办理后的走向不同"
        took = self.draft.flows.get(now[place])
        left = self.draft.flows.get(then[place])
        said = []
        if took is not None:
            condition = "其他情形" if took.default else self.words.feel(took.condition)
            said.append(f"现走“{self._name(took.target)}”的条件是：{condition or '无条件'}")
        if left is not None and left.condition:
            said.append(
                f"原走“{self._name(left.target)}”的条件现为：{self.words.feel(left.condition)}，未满足"
            )
        elif took is not None and left is None:
            said.append("原来的走向在草稿中已没有")
        return (took.source if took else then[place - 1] if place else ""), "；".join(said)

    def _decided(self, row: Row, replay: Replay) -> str:
        """Decisions that came out otherwise, with the rules that fired."""
        said = ""
        for key, given in replay.decided.items():
            before = replay.was_decided(key, row.seq)
            if before is not None and before != given:
                numbers = sorted({fired.number for fired in replay.rules})
                rules = f"（第 {'、'.join(map(str, numbers))} 条规则）" if numbers else ""
                said += f"决策“{self._name(key)}”原为“{before}”，现为“{given}”{rules}；"
        return said

    def not_open(self, step: str, replay: Replay) -> Divergence:
        """The record goes on at a step that is not open in the draft."""
        then = f"办理“{self._name(step)}”"
        return Divergence(OTHER, step, self._name(step), then, self._now(replay), "草稿此时不在这一环节")

    def not_waited_for(self, row: Row, replay: Replay) -> Divergence:
        """A message came that the draft does not wait for."""
        then, why = f"收到“{row.name}”", "草稿此时不接收它"
        return Divergence(OTHER, row.step, self._name(row.step), then, self._now(replay), why)

    def fired(self, key: str, theirs: set[str], replay: Replay) -> Divergence:
        """A limit of the draft ran out before what the record did next."""
        then = self._names(theirs) or "等待"
        return Divergence(OTHER, key, self._name(key), then, self._now(replay), "草稿的期限先到，自动推进")

    def missing(self, element: Element, paths: Sequence[str]) -> Divergence:
        """The draft's form does not accept what was answered."""
        labels = labels_of(self.forms[element.form or ""])
        named = [labels.get(path.rpartition(".")[2], path) for path in paths]
        shown = "、".join(f"“{name}”" for name in dict.fromkeys(named[:MOST_FIELDS]))
        more = f"等 {len(paths)} 项" if len(paths) > MOST_FIELDS else ""
        return Divergence(
            MISSING, element.id, self._name(element.id), "按原表单办结", "表单不予通过",
            f"新表单要求而原记录缺填或不符：{shown}{more}",
        )  # fmt: skip

    def new_step(self, key: str) -> Divergence:
        """A step that nobody was asked."""
        now, why = f"停在{self._names([key])}", "草稿新增，原记录没有答复"
        return Divergence(NEW_STEP, key, self._name(key), "没有这一环节", now, why)

    def ended(self, row: Row, standing: Standing, replay: Replay) -> Divergence:
        """One is over and the other not, or at another end."""
        over = standing.ended_at or ""
        element, why = self._turn(row.passed, replay.step.passed if replay.step else ())
        key = element or row.step
        then = f"办结（{self._name(over)}）" if over else self._names(standing.steps) or "继续办理"
        return Divergence(
            ENDED, key, self._name(key), then, self._now(replay), self._decided(row, replay) + why
        )

    def incomparable(self, row: Row, why: str) -> Divergence:
        """The draft cannot follow what was done."""
        return Divergence(INCOMPARABLE, row.step, row.name, row.name, "不能比较", why)

    def stuck(self, step: str, problem: Exception) -> Divergence:
        """The draft refuses to go on; the refusal's code alone is told, its words may hold answers."""
        code = getattr(problem, "code", "expression")
        then = f"办理“{self._name(step)}”"
        return Divergence(INCOMPARABLE, step, self._name(step), then, "草稿不能继续", f"引擎拒绝：{code}")
