"""Reads a decision table: its columns, its rows, what each cell asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workflows.decisions.tables import Cell, Input, Output, Rule, Table
from workflows.decisions.texts import Writing
from workflows.decisions.words import labelled
from workflows.decisions.xml import (
    Element,
    Unreadable,
    attribute,
    first,
    inner,
    kind,
    line_of,
    name_of,
    text_of,
)
from workflows.feel.compiling import Source
from workflows.feel.control import belongs
from workflows.feel.environment import Compiled, Env
from workflows.feel.expression import parse
from workflows.feel.nodes import Literal, Node, UnaryTests
from workflows.feel.problems import FeelSyntaxError
from workflows.feel.values import Value

MAX_RULES: Final = 5_000


def read_table(element: Element, writing: Writing) -> Table:
    """The table an element describes; which way round it is drawn does not matter."""
    inputs = tuple(_input(part, writing) for part in inner(element, "input"))
    outputs = tuple(_output(part, element, writing) for part in inner(element, "output"))
    names = [attribute(part, "name") for part in inner(element, "annotation")]
    if sum(1 for _ in inner(element, "rule")) > MAX_RULES:
        raise Unreadable(why=f"决策表的规则超过{MAX_RULES}条")
    rules = tuple(
        _rule(part, number, len(inputs), len(outputs), names, writing)
        for number, part in enumerate(inner(element, "rule"), 1)
    )
    table = Table(
        writing.owner,
        attribute(element, "id"),
        policy_of(element),
        inputs,
        outputs,
        rules,
        writing.known,
        _basis(element),
        line_of(element),
    )
    writing.tables.append(table)
    return table


def policy_of(element: Element) -> str:
    """The hit policy as written, a collecting one with its aggregation; unique where none is."""
    policy = " ".join(attribute(element, "hitPolicy").split()) or "UNIQUE"
    if policy == "COLLECT":
        return ("COLLECT " + attribute(element, "aggregation")).strip()
    return policy


def _basis(element: Element) -> str:
    """The clause a decision cites in its description, as `file｜quotation`."""
    for outer in element.iterancestors():
        description = first(outer, "description")
        text = (description.text or "").strip() if description is not None else ""
        if "｜" in text:
            return text
    return ""


def _input(element: Element, writing: Writing) -> Input:
    expression = first(element, "inputExpression")
    source = text_of(expression)
    label, unit = labelled(element, source)
    allowed = text_of(first(element, "inputValues"))
    reference = attribute(expression, "typeRef")
    return Input(
        label,
        source,
        writing.compile(source or "null", element, label),
        writing.knowing("?").compile(allowed, element, label, unary=True)
        if allowed and allowed != "-"
        else None,
        allowed,
        writing.types.named(reference),
        unit,
        _all_values(allowed if allowed and allowed != "-" else writing.types.listed(reference), writing),
        line_of(element),
        _tests(source, writing, unary=False) if source else None,
    )


def _output(element: Element, table: Element, writing: Writing) -> Output:
    name = name_of(element) or attribute(element, "label") or attribute(table, "outputLabel")
    reference = attribute(element, "typeRef")
    allowed = text_of(first(element, "outputValues"))
    # What the column does not list itself, its type may.
    listed = allowed if allowed and allowed != "-" else writing.types.listed(reference or _result_type(table))
    default = text_of(first(element, "defaultOutputEntry"))
    label, unit = labelled(element, name if not name.isascii() else "")
    return Output(
        name,
        label,
        writing.types.named(reference),
        writing.compile(allowed, element, name, unary=True) if allowed and allowed != "-" else None,
        _ranks(listed, writing),
        writing.compile(default, element, name) if default else None,
        _values(listed, writing),
        unit,
    )


def _result_type(table: Element) -> str:
    """The type of the decision whose only output this may be."""
    outer = table.getparent()
    alone = len(list(inner(table, "output"))) == 1
    return attribute(first(outer, "variable"), "typeRef") if alone and outer is not None else ""


def _listed(text: str, writing: Writing) -> tuple[Node, ...]:
    try:
        tests = parse(text, writing.names, unary=True).node if text else None
    except FeelSyntaxError:
        return ()
    return tests.tests if isinstance(tests, UnaryTests) and not tests.negated else ()


def _all_values(text: str, writing: Writing) -> tuple[Value, ...]:
    """The values of a list that spells out every one; nothing where it also has ranges."""
    listed = _listed(text, writing)
    return _values(text, writing) if all(isinstance(test, Literal) for test in listed) else ()


def _values(text: str, writing: Writing) -> tuple[Value, ...]:
    """The values that a list spells out."""
    return tuple(test.value for test in _listed(text, writing) if isinstance(test, Literal))


def _ranks(text: str, writing: Writing) -> tuple[Callable[[Env, Value], bool], ...]:
    """One question per output value, in the order written, which is the order of priority."""
    source = Source(text)
    return tuple(_equals(source.compile(test)) for test in _listed(text, writing))


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
    fits = sum(1 for _ in inner(element, "inputEntry")) == inputs
    fits &= sum(1 for _ in inner(element, "outputEntry")) == outputs
    return Rule(
        identity,
        number,
        tuple(tests[:inputs]),
        tuple(results[:outputs]),
        tuple(annotations),
        line_of(element),
        fits,
    )


def _cell(element: Element, writing: Writing, label: str, *, unary: bool) -> Cell:
    text = text_of(element)
    if not text or (unary and text == "-"):
        return Cell("-" if unary else "", lambda _env: None)
    if text == "-" and kind(element) == "outputEntry":
        return Cell("-", lambda _env: None)
    inside = writing.knowing("?") if unary else writing
    compiled = inside.compile(text, element, label, unary=unary)
    return Cell(text, compiled, _tests(text, writing, unary=unary), line_of(element))


def _tests(text: str, writing: Writing, *, unary: bool) -> Node | None:
    try:
        return parse(text, writing.names, unary=unary).node
    except FeelSyntaxError:
        return None
