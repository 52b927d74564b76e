"""Samples of what an input can be, so that the checks see each cell as the set of samples it accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from workflows.decisions.tables import Input, Table
from workflows.feel import nodes
from workflows.feel.compiling import free_names
from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.environment import Env, Run
from workflows.feel.expression import parse
from workflows.feel.grammar import children
from workflows.feel.literals import plain_text, quoted
from workflows.feel.nodes import Node
from workflows.feel.operators import calculate, identity, ordered
from workflows.feel.problems import FeelSyntaxError, Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.values import Value

_STEPS: dict[type, Value] = {
    Decimal: Decimal(1),
    Date: DaysTime(86_400 * 10**9),
    DateTime: DaysTime(10**9),
    DaysTime: DaysTime(10**9),
    YearsMonths: YearsMonths(1),
    Time: DaysTime(10**9),
}
OTHER = "其他值"
ANYTHING = "任何值"


@dataclass(frozen=True, slots=True)
class Column:
    """A condition column's samples, and for every rule the samples its cell accepts; None when unknowable."""

    label: str
    samples: tuple[Value, ...]
    accepted: tuple[frozenset[int] | None, ...]


def columns(table: Table) -> list[Column]:
    """All condition columns of a table, sampled."""
    return [_column(table, place, column) for place, column in enumerate(table.inputs)]


def _column(table: Table, place: int, column: Input) -> Column:
    trees = [_tree(rule.tests[place].text) for rule in table.rules]
    texts = [rule.tests[place].text for rule in table.rules]
    literals = [value for tree in trees if tree is not None for value in _literals(tree)]
    run = Run({})
    samples = [
        value
        for value in _samples(literals, column)
        if column.allowed is None or column.allowed(Env({"?": value}, None, run)) is True
    ] or [ANYTHING]  # a column without a single literal divides nothing
    accepted: list[frozenset[int] | None] = []
    for rule, tree, text in zip(table.rules, trees, texts, strict=True):
        if text in ("-", ""):
            accepted.append(frozenset(range(len(samples))))
        elif tree is None or free_names(tree) - {"?"} or samples == [ANYTHING]:
            accepted.append(None)
        else:
            ask = rule.tests[place].ask
            hits = (i for i, value in enumerate(samples) if ask(Env({"?": value}, None, run)) is True)
            accepted.append(frozenset(hits))
    return Column(column.label, tuple(samples), tuple(accepted))


def _tree(text: str) -> Node | None:
    try:
        return parse(text, unary=True).node
    except FeelSyntaxError:
        return None


def _literals(node: Node) -> Iterator[Value]:
    if isinstance(node, nodes.Literal):
        yield node.value
        return
    if isinstance(node, nodes.Negate | nodes.Call):
        value = _constant(node)
        if value is not None:
            yield value
            return
    for child in children(node):
        yield from _literals(child)


def _constant(node: Node) -> Value:
    from workflows.feel.compiling import Source  # noqa: PLC0415 - only for calls such as date("2024-01-01")

    return None if free_names(node) else Source("").compile(node)(Env({}, None, Run({})))


def _samples(literals: list[Value], column: Input) -> list[Value]:
    kinds = {type(value) for value in literals if value is not None}
    kinds |= {bool} if column.type.name == "boolean" else set()
    found: dict[Any, Value] = {}
    for kind in kinds:
        values = [value for value in literals if type(value) is kind]
        for value in _of_kind(kind, values, column):
            found.setdefault(identity(value), value)
    if None in literals:
        found[identity(None)] = None
    return list(found.values())


def _of_kind(kind: type, values: list[Value], column: Input) -> list[Value]:
    if kind is bool:
        return [True, False]
    if kind is str:
        return [*values, *_allowed_words(column), OTHER]
    if kind in _STEPS:
        return _points(values, _STEPS[kind])
    return values


def _allowed_words(column: Input) -> Iterator[Value]:
    """The strings that input values list, when they are written as a plain list."""
    if column.allowed_text:
        tree = _tree(column.allowed_text)
        if tree is not None:
            yield from (value for value in _literals(tree) if type(value) is str)


def _points(values: list[Value], step: Value) -> list[Value]:
    """Each value with a point between it and the next, and one beyond each end."""
    try:
        line = sorted(
            {identity(v): v for v in values}.values(), key=cmp_to_key(lambda a, b: ordered(a, b) or 0)
        )
        points = [calculate("-", line[0], step)]
        for value, following in zip(line, [*line[1:], None], strict=True):
            points.append(value)
            points.append(calculate("+", value, step) if following is None else _between(value, following))
    except Wrong:
        return values
    return points


def _between(low: Value, high: Value) -> Value:
    """A point strictly between two, or the lower one where the kind has none."""
    if isinstance(low, Decimal):
        return (low + high) / 2
    step = _STEPS[type(low)]
    following = calculate("+", low, step)
    return following if ordered(following, high) == -1 else low


def shown(value: Value) -> str:
    """A sample as the finding says it."""
    if value is None:
        return "空"
    if type(value) is str:
        return value if value in (OTHER, ANYTHING) else quoted(value)
    return plain_text(value)
