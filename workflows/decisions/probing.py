"""Samples of what an input can be, so that the checks see each cell as the set of samples it accepts.

Between two neighbouring values that a column's cells name, no cell can tell one value from another; so a
sample at each, one between and one beyond each end stand for everything there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, Final

from workflows.decisions.tables import Cell, Input, Table
from workflows.decisions.words import value_in_words
from workflows.feel import nodes
from workflows.feel.compiling import Source, free_names
from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.environment import Env, Run
from workflows.feel.grammar import children
from workflows.feel.nodes import Node
from workflows.feel.operators import calculate, identity, ordered
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date, DateTime, Time, at_literal
from workflows.feel.types import conforms
from workflows.feel.values import Value

_STEPS: Final[dict[type, Value]] = {
    Decimal: Decimal(1),
    Date: DaysTime(86_400 * 10**9),
    DateTime: DaysTime(10**9),
    DaysTime: DaysTime(10**9),
    YearsMonths: YearsMonths(1),
    Time: DaysTime(10**9),
}
_STAND_INS: Final[dict[str, Value]] = {
    "string": "",
    "date": at_literal("2000-01-01"),
    "date and time": at_literal("2000-01-01T00:00:00"),
    "time": at_literal("12:00:00"),
    "days and time duration": DaysTime(86_400 * 10**9 * 1000),
    "years and months duration": YearsMonths(1200),
}
_EQUAL_OR_NOT: Final = 2
_COMPOUND: Final = frozenset(("list", "context", "range", "function"))
_COMPARED: Final = (nodes.UnaryTests, nodes.Compare, nodes.Between, nodes.In, nodes.Logic, nodes.Bound)
OTHER = "其他值"
ANYTHING = "任何值"
COMPARED = ("低于", "等于", "高于")

Samples = int
"""A set of samples, one bit each."""


@dataclass(frozen=True, slots=True)
class Column:
    """A condition column: its samples in words, those that may come, and what each rule accepts of them.

    None where that cannot be known beforehand: the cell asks for what only a case has.
    """

    label: str
    words: tuple[str, ...]
    valid: Samples
    accepted: tuple[Samples | None, ...]


def columns(table: Table) -> list[Column]:
    """All condition columns of a table, sampled."""
    return [_column(table, place, column) for place, column in enumerate(table.inputs)]


def _column(table: Table, place: int, column: Input) -> Column:
    cells = {rule.tests[place].text: rule.tests[place] for rule in table.rules}
    trees = {text: cell.tests for text, cell in cells.items() if text not in ("-", "")}
    symbol = _only_symbol(trees.values())
    if symbol is not None:
        trees = {text: _standing_in(tree, symbol, column) for text, tree in trees.items()}
        cells = {text: _cell(text, trees.get(text), cell) for text, cell in cells.items()}
    sampled = _Sampled(
        column, [tree for tree in trees.values() if tree is not None], symbolic=symbol is not None
    )
    accepted = {text: sampled.taken(cell, trees.get(text)) for text, cell in cells.items()}
    words = sampled.words(f"“{_written(symbol)}”" if symbol is not None else "")
    return Column(
        column.label, words, sampled.valid, tuple(accepted[rule.tests[place].text] for rule in table.rules)
    )


def _cell(text: str, tree: Node | None, cell: Cell) -> Cell:
    return cell if tree is None or text in ("-", "") else Cell(text, Source(text).compile(tree), tree)


# -- one name of the case in a whole column: all its cells lie below, at or above it ------------------


def _only_symbol(trees: Any) -> Node | None:
    """The one name that all cells compare with, where no cell compares with anything else."""
    found: dict[Any, Node] = {}
    for tree in trees:
        if not isinstance(tree, nodes.UnaryTests) or "?" in free_names(tree):
            return None
        for test in tree.tests:
            for operand in _operands(test):
                if not isinstance(operand, nodes.Name | nodes.Path):
                    return None
                found[_key(operand)] = operand
    return next(iter(found.values())) if len(found) == 1 else None


def _operands(test: Node) -> tuple[Node, ...]:
    if isinstance(test, nodes.Bound):
        return (test.operand,)
    return (test.start, test.end) if isinstance(test, nodes.RangeOf) else (test,)


def _key(node: Any) -> Any:
    if not isinstance(node, Node):
        return node
    return (type(node), *(_key(getattr(node, one.name)) for one in fields(node) if one.name != "at"))


def _written(node: Node | None) -> str:
    if isinstance(node, nodes.Path):
        return f"{_written(node.base)}.{node.name}"
    return node.name if isinstance(node, nodes.Name) else ""


def _standing_in(tree: Node | None, symbol: Node, column: Input) -> Node | None:
    literal = nodes.Literal(symbol.at, _STAND_INS.get(column.type.name, Decimal(0)))

    def changed(test: Node) -> Node:
        if isinstance(test, nodes.Bound):
            return replace(test, operand=literal)
        if isinstance(test, nodes.RangeOf):
            return replace(test, start=literal, end=literal)
        return literal

    if not isinstance(tree, nodes.UnaryTests):
        return tree
    return replace(tree, tests=tuple(changed(test) for test in tree.tests))


# -- samples -----------------------------------------------------------------------------------------


class _Sampled:
    """The samples of one column, in order where their kind has one, and where each value stands."""

    def __init__(self, column: Input, trees: list[Node], *, symbolic: bool) -> None:
        self.column = column
        self.symbolic = symbolic
        literals = [value for tree in trees for value in _literals(tree)]
        # Listed values are all there is, so that whatever a cell says of them can be tried out.
        self.is_listed = bool(column.values) and not symbolic
        found = _samples([*literals, *column.values], column, listed=self.is_listed)
        self.places = {key: place for place, key in enumerate(found)}
        self.samples = [] if column.type.name in _COMPOUND else list(found.values())
        self.spans = self._spans()
        self.run = Run({})
        self.valid = sum(1 << place for place, value in enumerate(self.samples) if self._may_come(value))
        if not self.samples:
            self.valid = 1  # a column whose cells name nothing divides nothing

    def _spans(self) -> dict[type, tuple[int, int]]:
        found: dict[type, tuple[int, int]] = {}
        for place, value in enumerate(self.samples):
            kind = type(value)
            found[kind] = (found.get(kind, (place, place))[0], place)
        return found

    def _may_come(self, value: Value) -> bool:
        if self.symbolic or value is None:
            return True
        ask = self.column.allowed
        return conforms(value, self.column.type) and (
            ask is None or ask(Env({"?": value}, None, self.run)) is True
        )

    def words(self, symbol: str) -> tuple[str, ...]:
        """Each sample as a finding says it."""
        if not self.samples:
            return (ANYTHING,)
        if symbol:
            orders = len(self.samples) > _EQUAL_OR_NOT
            return (f"低于{symbol}", f"等于{symbol}", f"高于{symbol}") if orders else (f"等于{symbol}", OTHER)
        return tuple(v if v in (OTHER, ANYTHING) else value_in_words(v) for v in self.samples)

    def taken(self, cell: Cell, tree: Node | None) -> Samples | None:
        """The samples a cell accepts."""
        if cell.text in ("-", ""):
            return self.valid
        if tree is None or free_names(tree) - {"?"} or not self.samples:
            return None
        quick = self._placed(tree)
        if quick is not None:
            return quick & self.valid
        if not (self.is_listed or bool in self.spans or _is_comparing(tree)):
            return None
        hits = (1 << i for i, v in enumerate(self.samples) if cell.ask(Env({"?": v}, None, self.run)) is True)
        return sum(hits) & self.valid

    def _placed(self, tree: Node) -> Samples | None:
        """The same for the plain tests, by where their values stand: most cells are of this kind."""
        if not isinstance(tree, nodes.UnaryTests) or (tree.negated and len(self.spans) > 1):
            return None
        found = [self._test(test) for test in tree.tests]
        taken = 0
        for samples in found:
            if samples is None:
                return None
            taken |= samples
        return (1 << len(self.samples)) - 1 & ~taken if tree.negated else taken

    def _test(self, test: Node) -> Samples | None:
        if isinstance(test, nodes.Bound):
            return self._side(test.op, constant(test.operand))
        if isinstance(test, nodes.RangeOf):
            low = self._side(">=" if test.start_included else ">", constant(test.start))
            high = self._side("<=" if test.end_included else "<", constant(test.end))
            return None if low is None or high is None else low & high
        if isinstance(test, nodes.Literal):
            place = self.places.get(identity(test.value))
            return None if place is None else 1 << place
        return None

    def _side(self, op: str, value: Value) -> Samples | None:
        place = None if value is None else self.places.get(identity(value))
        if place is None or type(value) not in _STEPS:
            return None
        first, last = self.spans[type(value)]
        start, end = (first, place) if op[0] == "<" else (place, last)
        if op in ("<", ">"):
            start, end = (start, end - 1) if op == "<" else (start + 1, end)
        return ((1 << (end + 1)) - 1) & ~((1 << start) - 1) if end >= start else 0


def _is_comparing(node: Node) -> bool:
    """Whether an expression only sets the input against values, so that samples stand for all inputs."""
    if isinstance(node, nodes.Name):
        return node.name == "?"
    if isinstance(node, nodes.Literal | nodes.RangeOf) or constant(node) is not None:
        return True
    return isinstance(node, _COMPARED) and all(_is_comparing(part) for part in children(node))


def _literals(node: Node) -> Iterator[Value]:
    if isinstance(node, nodes.Literal):
        yield node.value
        return
    value = constant(node) if isinstance(node, nodes.Negate | nodes.Call | nodes.Arithmetic) else None
    if value is not None:
        yield value
        return
    for child in children(node):
        yield from _literals(child)


def constant(node: Node) -> Value:
    """The value of an expression that needs nothing of the case, such as -5 or date("2024-01-01")."""
    if isinstance(node, nodes.Literal):
        return node.value
    needed = free_names(node)
    if "?" in needed or needed - _KNOWN:
        return None
    run = Run({})
    value = Source("").compile(node)(Env({}, None, run))
    return None if run.problems else value


_KNOWN: Final = frozenset({"date", "time", "date and time", "duration", "number"})


def _samples(literals: list[Value], column: Input, *, listed: bool) -> dict[Any, Value]:
    kinds = list(dict.fromkeys(type(value) for value in literals if value is not None))
    if column.type.name == "boolean" and bool not in kinds:
        kinds.append(bool)
    found: dict[Any, Value] = {}
    for kind in kinds:
        values = [value for value in literals if type(value) is kind]
        for value in _of_kind(kind, values, listed=listed):
            found.setdefault(identity(value), value)
    if None in literals:
        found[identity(None)] = None
    return found


def _of_kind(kind: type, values: list[Value], *, listed: bool) -> list[Value]:
    if kind is bool:
        return [True, False]
    if kind is str:
        return values if listed else [*values, OTHER]
    if kind in _STEPS:
        return _points(values, _STEPS[kind])
    return values


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
