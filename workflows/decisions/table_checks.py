"""Checks of one decision table: what overlaps, contradicts, is left open, never fires, or is not allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workflows.decisions.covering import Cover, TooFar, rules_in
from workflows.decisions.findings import ERROR, WARNING, Finding
from workflows.decisions.hits import POLICIES
from workflows.decisions.probing import columns
from workflows.decisions.tables import Cell, Rule, Table
from workflows.feel.compiling import free_names
from workflows.feel.environment import Env, Run
from workflows.feel.operators import equal
from workflows.feel.values import Value

_MAX_REPORTED: Final = 20
_MAX_NAMED: Final = 8
_RANKED: Final = frozenset(("PRIORITY", "OUTPUT ORDER"))
_SINGLE: Final = frozenset(("UNIQUE", "ANY", "PRIORITY", "FIRST"))
_UNSURE: Final = object()  # a result that only a case can tell


def table_findings(table: Table) -> Iterator[Finding]:
    """All findings of a table, in no particular order."""
    yield from _shape(table)
    yield from _outputs(table)
    if not table.inputs or not table.rules or table.policy not in POLICIES:
        return
    cover = Cover(columns(table))
    yield from _never(table, cover)
    undecided: set[int] = set()
    if table.policy in ("UNIQUE", "ANY"):
        yield from _together(table, cover, undecided)
    try:
        if table.policy in ("FIRST", "PRIORITY"):
            yield from _masked(table, cover)
        if table.policy in _SINGLE and not any(output.default for output in table.outputs):
            yield from _gaps(table, cover, undecided)
    except TooFar:
        yield _say(WARNING, table, "dmn.undecided", "条件过多，规则是否有遗漏、是否被抢先未能判定。")
    if undecided:
        yield _undecided(table, undecided)


def _say(severity: str, table: Table, check: str, sentence: str, rule: Rule | None = None) -> Finding:
    element, line = (rule.id, rule.line) if rule is not None else (table.id, table.line)
    return Finding(check, severity, table.owner, element, sentence, line)


def _undecided(table: Table, rules: set[int]) -> Finding:
    numbers = [str(table.rules[rule].number) for rule in sorted(rules)]
    named = "、".join(numbers[:_MAX_NAMED]) + ("等" if len(numbers) > _MAX_NAMED else "")
    sentence = f"第{named}条规则的条件要到办件中才知道，与其他规则是否重叠、是否有遗漏未能判定。"
    return _say(WARNING, table, "dmn.undecided", sentence)


# -- the table itself --------------------------------------------------------------------------------


def _shape(table: Table) -> Iterator[Finding]:
    if table.policy not in POLICIES:
        yield _say(ERROR, table, "dmn.hit-policy", f"没有命中策略“{table.policy}”。")
    elif table.policy.startswith("COLLECT ") and len(table.outputs) > 1:
        yield _say(ERROR, table, "dmn.aggregation", "有几个输出的表不能汇总为一个数。")
    if not table.outputs or not table.rules:
        yield _say(ERROR, table, "dmn.empty", "决策表没有输出或没有规则。")
    for rule in table.rules:
        if not rule.fits:
            sentence = f"第{rule.number}条规则的单元格数与表的列数不符。"
            yield _say(ERROR, table, "dmn.rule-size", sentence, rule)
    for output in table.outputs:
        if table.policy in _RANKED and not output.ranks:
            sentence = f"命中策略按优先级取结果，输出“{output.name or output.label}”却没有列出取值的先后。"
            yield _say(ERROR, table, "dmn.priority", sentence)


def _outputs(table: Table) -> Iterator[Finding]:
    for rule in table.rules:
        for output, cell in zip(table.outputs, rule.results, strict=True):
            value = _result(cell)
            if value is _UNSURE or value is None:
                continue
            run = Run({})
            strange = output.allowed is not None and not _fits(output.allowed(Env({"?": value}, None, run)))
            if strange or (output.type.allowed is not None and not output.type.allowed(value)):
                sentence = f"第{rule.number}条规则的结果{cell.text}不在输出“{output.name}”的取值之内。"
                yield Finding("dmn.output-value", ERROR, table.owner, rule.id, sentence, cell.line)


def _fits(answer: Value) -> bool:
    return answer is True


def _result(cell: Cell) -> Value:
    """What a cell gives, where that needs nothing of the case."""
    if cell.text in ("-", ""):
        return None
    if cell.tests is None or free_names(cell.tests):
        return _UNSURE
    return cell.ask(Env({}, None, Run({})))


# -- the rules together ------------------------------------------------------------------------------


def _never(table: Table, cover: Cover) -> Iterator[Finding]:
    for place, rule in enumerate(table.rules):
        if cover.never_fires(place):
            sentence = f"第{rule.number}条规则没有输入可以命中。"
            yield _say(ERROR, table, "dmn.never", sentence, rule)


def _together(table: Table, cover: Cover, undecided: set[int]) -> Iterator[Finding]:
    """Two rules for one input: never under UNIQUE; under ANY only with the same result."""
    results = [[_result(cell) for cell in rule.results] for rule in table.rules]
    reported = 0
    for later in range(len(table.rules)):
        before = (1 << later) - 1
        sure = cover.meeting(later, surely=True) & before
        perhaps = cover.meeting(later, surely=False) & before & ~sure
        for earlier in rules_in(sure | perhaps):
            differ = table.policy == "UNIQUE" or _differ(results[earlier], results[later])
            if differ is None or (differ and perhaps >> earlier & 1):
                undecided |= {each for each in (earlier, later) if cover.unknown >> each & 1} or {later}
            elif differ:
                reported += 1
                if reported <= _MAX_REPORTED:
                    yield _pair(table, cover, earlier, later)
    if reported > _MAX_REPORTED:
        sentence = f"另有{reported - _MAX_REPORTED}对规则可同时命中。"
        yield _say(ERROR, table, _PAIRS[table.policy][0], sentence)


_PAIRS: Final = {
    "UNIQUE": ("dmn.overlap", "可同时命中"),
    "ANY": ("dmn.contradiction", "可同时命中而结果不同"),
}


def _pair(table: Table, cover: Cover, earlier: int, later: int) -> Finding:
    check, words = _PAIRS[table.policy]
    first, second = table.rules[earlier], table.rules[later]
    sentence = f"第{first.number}条与第{second.number}条规则{words}（{cover.shared(earlier, later)}）。"
    return _say(ERROR, table, check, sentence, second)


def _differ(one: list[Value], other: list[Value]) -> bool | None:
    """Whether two results differ; None where only a case can tell."""
    pairs = list(zip(one, other, strict=True))
    if any(a is not _UNSURE and b is not _UNSURE and equal(a, b) is not True for a, b in pairs):
        return True
    return None if any(a is _UNSURE or b is _UNSURE for a, b in pairs) else False


def _masked(table: Table, cover: Cover) -> Iterator[Finding]:
    """Rules that always give way: to an earlier one under FIRST, to a weightier one under PRIORITY."""
    ranks = [_ranks(table, rule) for rule in table.rules]
    for place, rule in enumerate(table.rules):
        if cover.never_fires(place):
            continue
        rivals = cover.meeting(place, surely=False)
        if table.policy == "FIRST":
            rivals &= (1 << place) - 1
        else:
            rivals &= sum(1 << each for each, rank in enumerate(ranks) if _is_above(rank, ranks[place]))
        if rivals and cover.uncovered(cover.region(place), rivals, surely=True) is None:
            by = "前面" if table.policy == "FIRST" else "优先级更高"
            sentence = f"第{rule.number}条规则总被{by}的规则抢先，不会命中。"
            yield _say(WARNING, table, "dmn.never", sentence, rule)


def _ranks(table: Table, rule: Rule) -> tuple[int, ...] | None:
    found = []
    for output, cell in zip(table.outputs, rule.results, strict=True):
        value = _result(cell)
        if value is _UNSURE:
            return None
        env = Env({}, None, Run({}))
        found.append(next((n for n, fits in enumerate(output.ranks) if fits(env, value)), len(output.ranks)))
    return tuple(found)


def _is_above(rank: tuple[int, ...] | None, other: tuple[int, ...] | None) -> bool:
    return rank is not None and other is not None and rank < other


def _gaps(table: Table, cover: Cover, undecided: set[int]) -> Iterator[Finding]:
    everything = [column.valid for column in cover.columns]
    rules = (1 << cover.count) - 1
    gap = cover.uncovered(everything, rules, surely=False)
    if gap is not None:
        yield _say(WARNING, table, "dmn.gap", f"有输入不符合任何规则，例如{cover.example(gap)}。")
    elif cover.unknown and cover.uncovered(everything, rules, surely=True) is not None:
        undecided |= set(rules_in(cover.unknown))
