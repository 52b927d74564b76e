"""Decision tables: asked which rules fire, what that gives, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workflows.decisions import explaining
from workflows.decisions.definitions import fitted
from workflows.decisions.hits import POLICIES, Hit, nothing_fired
from workflows.feel.environment import Compiled, Env
from workflows.feel.literals import plain_text
from workflows.feel.nodes import Node
from workflows.feel.operators import kind_name
from workflows.feel.problems import Wrong
from workflows.feel.types import ANY, Type
from workflows.feel.values import Value

_CONCLUSIONS: Final = ("conclusion", "result", "结论", "结果")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, how to ask it, and the tests it consists of where it could be read."""

    text: str
    ask: Compiled
    tests: Node | None = None
    line: int = 1  # of the file


@dataclass(frozen=True, slots=True)
class Input:
    """A condition column."""

    label: str
    source: str
    value: Compiled
    allowed: Compiled | None
    allowed_text: str
    type: Type
    unit: str = ""
    values: tuple[Value, ...] = ()  # all it may be, where its values or its type list them
    line: int = 1
    tree: Node | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A result column; `values` are what it may be, `ranks` ask for each from the most important on."""

    name: str
    label: str
    type: Type
    allowed: Compiled | None
    ranks: tuple[Callable[[Env, Value], bool], ...]
    default: Compiled | None
    values: tuple[Value, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row."""

    id: str
    number: int
    tests: tuple[Cell, ...]
    results: tuple[Cell, ...]
    annotations: tuple[tuple[str, str], ...]
    line: int = 1
    fits: bool = True  # has a cell for every column and none more


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired: where, with which inputs against which cells, and what it gave."""

    table: str
    id: str
    number: int
    annotations: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str, str], ...]  # column, value as text, cell
    output: str
    basis: str  # the clause it cites, as `file｜quotation`


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    owner: str
    id: str
    policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    known: frozenset[str]
    basis: str = ""  # the clause its decision cites
    line: int = 1

    @property
    def main(self) -> int:
        """Which output carries the conclusion: the one called so, else the first."""
        names = [output.name for output in self.outputs]
        return next((names.index(name) for name in _CONCLUSIONS if name in names), 0)

    def evaluate(self, env: Env) -> Value:
        """What the table gives for the names of the environment; the rules that fired go into the trace."""
        if self.policy not in POLICIES:
            env.run.record((1, 1), f"没有命中策略“{self.policy}”")
            return None
        values = [self._asked(env, column) for column in self.inputs]
        if not all(
            self._is_allowed(env, column, value) for column, value in zip(self.inputs, values, strict=True)
        ):
            return None
        hits = [self._hit(env, rule) for rule in self.rules if self._fires(env, rule, values)]
        kept, result = self._settle(env, hits)
        for hit in kept:
            env.run.trace += [self._fired(hit, values), explaining.fired(self, env, hit, values)]
        missing = explaining.missed(self, env, values, kept, result)
        if missing is not None:
            env.run.trace.append(missing)
        return result

    @staticmethod
    def _asked(env: Env, column: Input) -> Value:
        value = column.value(env)
        return value if column.type is ANY else fitted(value, column.type, env.run, f"输入“{column.label}”")

    def _is_allowed(self, env: Env, column: Input, value: Value) -> bool:
        if column.allowed is None or value is None or _within_values(env, column.allowed, value):
            return True
        env.run.record((1, 1), f"“{column.label}”的值{_shown(value)}不在允许的范围内")
        return False

    @staticmethod
    def _fires(env: Env, rule: Rule, values: list[Value]) -> bool:
        env.run.spend()
        return all(
            cell.text in ("-", "") or cell.ask(env.within({"?": value})) is True
            for cell, value in zip(rule.tests, values, strict=True)
        )

    def _hit(self, env: Env, rule: Rule) -> Hit:
        results = [
            self._result(env, output, cell) for output, cell in zip(self.outputs, rule.results, strict=True)
        ]
        ranks = tuple(_rank(env, output, value) for output, value in zip(self.outputs, results, strict=True))
        if len(results) == 1:
            return Hit(rule, results[0], ranks)
        return Hit(
            rule, {output.name: value for output, value in zip(self.outputs, results, strict=True)}, ranks
        )

    @staticmethod
    def _result(env: Env, output: Output, cell: Cell) -> Value:
        value = fitted(cell.ask(env), output.type, env.run, f"输出“{output.name}”")
        if (
            output.allowed is not None
            and value is not None
            and not _within_values(env, output.allowed, value)
        ):
            env.run.record((1, 1), f"输出{_shown(value)}不在允许的范围内")
        return value

    def _settle(self, env: Env, hits: list[Hit]) -> tuple[list[Hit], Value]:
        if hits:
            try:
                return POLICIES[self.policy](hits)
            except Wrong as wrong:
                env.run.record((1, 1), f"{self.owner}：{wrong}")
                return hits, None
        if any(output.default is not None for output in self.outputs):
            defaults = [output.default(env) if output.default else None for output in self.outputs]
            if len(defaults) == 1:
                return [], defaults[0]
            return [], {output.name: value for output, value in zip(self.outputs, defaults, strict=True)}
        return [], nothing_fired(self.policy)

    def _fired(self, hit: Hit, values: list[Value]) -> Fired:
        columns = zip(self.inputs, values, hit.rule.tests, strict=True)
        conditions = tuple(
            (c.label, _shown(v), cell.text) for c, v, cell in columns if cell.text not in ("-", "")
        )
        rule = hit.rule
        return Fired(
            self.owner,
            rule.id,
            rule.number,
            rule.annotations,
            conditions,
            _shown(hit.value),
            explaining.basis_of(self, rule),
        )


def _shown(value: Value) -> str:
    try:
        text = "空" if value is None else plain_text(value)
    except Wrong:
        return f"{kind_name(value)}（过长）"
    return text if len(text) <= 200 else text[:200] + "…"


def _within_values(env: Env, allowed: Compiled, value: Value) -> bool:
    parts = value if type(value) is list else [value]
    return (
        all(allowed(env.within({"?": part})) is True for part in parts)
        or allowed(env.within({"?": value})) is True
    )


def _rank(env: Env, output: Output, value: Value) -> int:
    for rank, fits in enumerate(output.ranks):
        if fits(env, value):
            return rank
    return len(output.ranks)
