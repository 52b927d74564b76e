"""Decision tables: read once, then asked which rules fire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workflows.decisions.definitions import fitted
from workflows.decisions.hits import POLICIES, Hit, nothing_fired
from workflows.decisions.texts import Writing
from workflows.decisions.xml import Element, attribute, first, inner, kind, text_of
from workflows.feel.compiling import Source
from workflows.feel.control import belongs
from workflows.feel.environment import Compiled, Env
from workflows.feel.expression import parse
from workflows.feel.literals import plain_text
from workflows.feel.nodes import UnaryTests
from workflows.feel.problems import FeelSyntaxError, Wrong
from workflows.feel.types import Type
from workflows.feel.values import Value

MAX_RULES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text and how to ask it."""

    text: str
    ask: Compiled


@dataclass(frozen=True, slots=True)
class Input:
    """A condition column."""

    label: str
    source: str
    value: Compiled
    allowed: Compiled | None
    allowed_text: str
    type: Type


@dataclass(frozen=True, slots=True)
class Output:
    """A result column; `ranks` are its values from the most to the least important."""

    name: str
    type: Type
    allowed: Compiled | None
    ranks: tuple[Callable[[Env, Value], bool], ...]
    default: Compiled | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row."""

    id: str
    number: int
    tests: tuple[Cell, ...]
    results: tuple[Cell, ...]
    annotations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired: where, with which inputs against which cells, and what it gave."""

    table: str
    id: str
    number: int
    annotations: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str, str], ...]  # column, value as text, cell
    output: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A table none of whose rules fired, with its inputs."""

    table: str
    inputs: tuple[tuple[str, str], ...]


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

    def evaluate(self, env: Env) -> Value:
        """What the table gives for the names of the environment; the rules that fired go into the trace."""
        values = [column.value(env) for column in self.inputs]
        if not all(
            self._is_allowed(env, column, value) for column, value in zip(self.inputs, values, strict=True)
        ):
            return None
        hits = [self._hit(env, rule) for rule in self.rules if self._fires(env, rule, values)]
        kept, result = self._settle(env, hits)
        env.run.trace.extend(self._fired(hit, values) for hit in kept)
        if not kept:
            shown = zip(self.inputs, values, strict=True)
            env.run.trace.append(Missed(self.owner, tuple((c.label, _shown(value)) for c, value in shown)))
        return result

    def _is_allowed(self, env: Env, column: Input, value: Value) -> bool:
        if column.allowed is None or value is None or column.allowed(env.within({"?": value})) is True:
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
        return Fired(self.owner, rule.id, rule.number, rule.annotations, conditions, _shown(hit.value))


def _shown(value: Value) -> str:
    text = "空" if value is None else plain_text(value)
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


# -- reading -----------------------------------------------------------------------------------------


def read_table(element: Element, writing: Writing) -> Table:
    """The table an element describes."""
    inputs = tuple(_input(part, writing) for part in inner(element, "input"))
    outputs = tuple(_output(part, element, writing) for part in inner(element, "output"))
    names = [attribute(part, "name") for part in inner(element, "annotation")]
    rules = tuple(
        _rule(part, number, len(inputs), len(outputs), names, writing)
        for number, part in enumerate(list(inner(element, "rule"))[:MAX_RULES], 1)
    )
    policy = attribute(element, "hitPolicy") or "UNIQUE"
    if policy == "COLLECT":
        policy = ("COLLECT " + attribute(element, "aggregation")).strip()
    if policy not in POLICIES:
        policy = "UNIQUE"
    table = Table(writing.owner, attribute(element, "id"), policy, inputs, outputs, rules, writing.known)
    writing.tables.append(table)
    return table


def _input(element: Element, writing: Writing) -> Input:
    expression = first(element, "inputExpression")
    source = text_of(expression)
    label = attribute(element, "label") or source
    allowed = text_of(first(element, "inputValues"))
    return Input(
        label,
        source,
        writing.compile(source or "null", element, label),
        writing.knowing("?").compile(allowed, element, label, unary=True)
        if allowed and allowed != "-"
        else None,
        allowed,
        writing.types.named(attribute(expression, "typeRef")),
    )


def _output(element: Element, table: Element, writing: Writing) -> Output:
    name = attribute(element, "name") or attribute(element, "label") or attribute(table, "outputLabel")
    allowed = text_of(first(element, "outputValues"))
    default = text_of(first(element, "defaultOutputEntry"))
    return Output(
        name,
        writing.types.named(attribute(element, "typeRef")),
        writing.compile(allowed, element, name, unary=True) if allowed and allowed != "-" else None,
        _ranks(allowed, writing),
        writing.compile(default, element, name) if default else None,
    )


def _ranks(allowed: str, writing: Writing) -> tuple[Callable[[Env, Value], bool], ...]:
    """One question per output value, in the order written, which is the order of priority."""
    try:
        tests = parse(allowed, writing.names, unary=True).node if allowed else None
    except FeelSyntaxError:
        return ()
    if not isinstance(tests, UnaryTests):
        return ()
    source = Source(allowed)
    return tuple(_equals(source.compile(test)) for test in tests.tests)


def _equals(compiled: Compiled) -> Callable[[Env, Value], bool]:
    return lambda env, value: belongs(value, compiled(env)) is True


def _rule(
    element: Element,
    number: int,
    inputs: int,
    outputs: int,
    annotation_names: list[str],
    writing: Writing,
) -> Rule:
    tests = [_cell(part, writing, f"规则{number}", unary=True) for part in inner(element, "inputEntry")]
    results = [_cell(part, writing, f"规则{number}", unary=False) for part in inner(element, "outputEntry")]
    # A row may be shorter than the table while it is being written; what is missing counts as empty.
    blank = Cell("-", lambda _env: None)
    tests += [blank] * (inputs - len(tests))
    results += [blank] * (outputs - len(results))
    said = [text_of(part) for part in inner(element, "annotationEntry")]
    names = annotation_names + [""] * len(said)
    annotations = [(name, text) for name, text in zip(names, said, strict=False) if text]
    description = first(element, "description")
    if description is not None and (description.text or "").strip():
        annotations.append(("", (description.text or "").strip()))
    identity = attribute(element, "id") or str(number)
    return Rule(identity, number, tuple(tests[:inputs]), tuple(results[:outputs]), tuple(annotations))


def _cell(element: Element, writing: Writing, label: str, *, unary: bool) -> Cell:
    text = text_of(element)
    if not text or (unary and text == "-"):
        return Cell("-" if unary else "", lambda _env: None)
    if text == "-" and kind(element) == "outputEntry":
        return Cell("-", lambda _env: None)
    inside = writing.knowing("?") if unary else writing
    return Cell(text, inside.compile(text, element, label, unary=unary))
