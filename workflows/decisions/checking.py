"""Checks a model before it is published: what overlaps, what is left open, what can never fire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workflows.decisions.model import Model
from workflows.decisions.probing import ANYTHING, Column, columns, shown
from workflows.decisions.tables import Rule, Table
from workflows.decisions.texts import Text
from workflows.feel.environment import Env, Run
from workflows.feel.expression import names
from workflows.feel.nodes import Literal

_BUDGET: Final = 20_000  # steps of one search through a table's cells
_MAX_REPORTED: Final = 20
Accepted = frozenset[int]  # the samples of one column that a cell accepts, by their index
Picks = tuple[int, ...]  # one sample of each column
_ORDERED: Final = frozenset(("FIRST",))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to look at: the check, how grave, where, and a sentence."""

    check: str
    severity: str  # "error" or "warning"
    decision: str
    element: str
    sentence: str
    line: int = 1
    column: int = 1


def check(model: Model) -> list[Finding]:
    """All findings of a model, the grave ones first."""
    found = [finding for text in model.texts for finding in _text(text, model)]
    found += _requirements(model)
    for table in model.tables:
        found += _table(table)
    found += [
        Finding("dmn.unknown-type", "error", model.name, "", f"未知类型“{name}”。")
        for name in sorted(model.types.unknown)
    ]
    return sorted(found, key=lambda finding: finding.severity != "error")


def _text(text: Text, model: Model) -> Iterator[Finding]:
    if text.problem is not None:
        problem = text.problem
        yield Finding(
            "dmn.syntax",
            "error",
            text.owner,
            text.element,
            problem.sentence + "。",
            problem.line,
            problem.column,
        )
        return
    if text.expression is None or "*" in text.known:
        return
    for name in sorted(names(text.expression) - text.known):
        if any(not name for name, _ in model.imported):
            continue
        yield Finding(
            "dmn.unknown-name",
            "error",
            text.owner,
            text.element,
            f"“{text.source[:60]}”中有未知名称“{name}”。",
        )


def _requirements(model: Model) -> Iterator[Finding]:
    for part in model.parts.values():
        for href in (*part.needs, *part.outputs, *part.given):
            if model.at(href) is None:
                yield Finding("dmn.missing", "error", part.name, part.id, f"所需的“{href}”不存在。")


def _table(table: Table) -> Iterator[Finding]:
    yield from _outputs(table)
    if not table.inputs or not table.rules:
        return
    sampled = columns(table)
    if table.policy == "UNIQUE":
        yield from _overlaps(table, sampled)
    yield from _idle(table, sampled)
    if table.policy in ("UNIQUE", "ANY", "PRIORITY", "FIRST") and not any(o.default for o in table.outputs):
        yield from _gaps(table, sampled)


def _finding(check_id: str, severity: str, table: Table, element: str, sentence: str) -> Finding:
    return Finding(check_id, severity, table.owner, element, sentence)


def _outputs(table: Table) -> Iterator[Finding]:
    for rule in table.rules:
        for output, cell in zip(table.outputs, rule.results, strict=True):
            if output.allowed is None or not _is_constant(cell.text):
                continue
            run = Run({})
            value = cell.ask(Env({}, None, run))
            if output.allowed(Env({"?": value}, None, run)) is not True:
                sentence = f"第{rule.number}条规则的结果{cell.text}不在输出“{output.name}”的取值之内。"
                yield _finding("dmn.output-value", "error", table, rule.id, sentence)


def _is_constant(text: str) -> bool:
    from workflows.feel.expression import parse  # noqa: PLC0415 - one use
    from workflows.feel.problems import FeelSyntaxError  # noqa: PLC0415

    try:
        return isinstance(parse(text).node, Literal)
    except FeelSyntaxError:
        return False


def _sets(sampled: list[Column], number: int) -> list[frozenset[int]] | None:
    """What a rule accepts in every column; None when one cell cannot be known beforehand."""
    sets = [column.accepted[number] for column in sampled]
    return None if any(accepted is None for accepted in sets) else [s for s in sets if s is not None]


def _overlaps(table: Table, sampled: list[Column]) -> Iterator[Finding]:
    reported = 0
    for later in range(len(table.rules)):
        for earlier in range(later):
            one, other = _sets(sampled, earlier), _sets(sampled, later)
            if one is None or other is None or reported >= _MAX_REPORTED:
                continue
            shared = [a & b for a, b in zip(one, other, strict=True)]
            if all(shared):
                reported += 1
                example = _example(sampled, [min(accepted) for accepted in shared])
                first, second = table.rules[earlier], table.rules[later]
                sentence = f"第{first.number}条与第{second.number}条规则可同时命中（{example}）。"
                yield _finding("dmn.overlap", "error", table, second.id, sentence)


def _example(sampled: list[Column], picks: list[int]) -> str:
    parts = [
        f"{column.label}为{shown(column.samples[pick])}"
        for column, pick in zip(sampled, picks, strict=True)
        if column.samples[pick] != ANYTHING
    ]
    return "，".join(parts) or "任何输入"


def _idle(table: Table, sampled: list[Column]) -> Iterator[Finding]:
    known: list[tuple[Rule, list[frozenset[int]]]] = []
    for number, rule in enumerate(table.rules):
        sets = _sets(sampled, number)
        if any(column.accepted[number] == frozenset() for column in sampled):
            yield _finding("dmn.never", "error", table, rule.id, f"第{rule.number}条规则没有输入可以命中。")
        elif sets is not None:
            if table.policy in _ORDERED and known and _uncovered(sampled, sets, [s for _, s in known]) == ():
                sentence = f"第{rule.number}条规则总被前面的规则抢先，不会命中。"
                yield _finding("dmn.never", "warning", table, rule.id, sentence)
            known.append((rule, sets))


def _gaps(table: Table, sampled: list[Column]) -> Iterator[Finding]:
    rules = [_sets(sampled, number) for number in range(len(table.rules))]
    if any(sets is None for sets in rules):
        return
    everything = [frozenset(range(len(column.samples))) for column in sampled]
    gap = _uncovered(sampled, everything, [sets for sets in rules if sets is not None])
    if gap:
        sentence = f"有输入不符合任何规则，例如{_example(sampled, list(gap))}。"
        yield _finding("dmn.gap", "warning", table, table.id, sentence)


def _uncovered(sampled: list[Column], region: list[Accepted], rules: list[list[Accepted]]) -> Picks | None:
    """Samples that no rule accepts; () when there are none, None when that takes too long to find."""
    return _Search(sampled, region).beyond(0, rules, ())


class _Search:
    """Goes through the columns one by one, keeping the rules that still accept what was picked so far."""

    def __init__(self, sampled: list[Column], region: list[Accepted]) -> None:
        self.sampled = sampled
        self.region = region
        self.left = _BUDGET

    def beyond(self, place: int, rules: list[list[Accepted]], picks: Picks) -> Picks | None:
        """What no rule accepts, from this column on."""
        self.left -= 1
        if self.left < 0:
            return None
        if not rules:
            return picks + tuple(min(part) for part in self.region[place:])
        if place == len(self.sampled):
            return ()
        return self._split(place, rules, picks)

    def _split(self, place: int, rules: list[list[Accepted]], picks: Picks) -> Picks | None:
        tried: set[tuple[bool, ...]] = set()
        for sample in sorted(self.region[place]):
            taken = tuple(sample in rule[place] for rule in rules)
            if taken in tried:
                continue
            tried.add(taken)
            kept = [rule for rule, takes in zip(rules, taken, strict=True) if takes]
            found = self.beyond(place + 1, kept, (*picks, sample))
            if found != ():
                return found
        return ()
