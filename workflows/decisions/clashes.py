"""Where kinds clash: a number set against a text, a result that is not what its decision declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.decisions.findings import ERROR, Finding
from workflows.decisions.inferring import WORDS, Inference
from workflows.decisions.model import Model, Part
from workflows.decisions.tables import Cell, Input, Rule, Table
from workflows.feel.nodes import Node, UnaryTests
from workflows.feel.problems import place
from workflows.feel.types import ANY, Type

Scope = Mapping[str, Type]


def clashes(model: Model) -> Iterator[Finding]:
    """All clashes of a model."""
    scopes = {part.title or part.name: scope_of(part) for part in model.parts.values()}
    for text in model.texts:
        if text.expression is None or text.unary:
            continue
        inference = Inference(scopes.get(text.owner, {}))
        inference.kind(text.expression.node)
        for at, sentence in inference.clashes:
            line, column = place(text.source, at)
            said = f"“{text.source[:60]}”中，{sentence}。"
            yield Finding("dmn.type", ERROR, text.owner, text.element, said, text.line + line - 1, column)
    for table in model.tables:
        yield from _of_table(table, scopes.get(table.owner, {}))
    for part in model.decisions():
        yield from _of_result(part)


def scope_of(part: Part) -> dict[str, Type]:
    """The types of the names a part's logic may use, as far as what it requires declares them."""
    needed = (part.model.at(href) for href in part.needs)
    return {
        other.name: kind_of(other)
        for other in needed
        if other is not None and other.model is part.model and other.kind in ("inputData", "decision")
    }


def kind_of(part: Part) -> Type:
    """The type of a part's value: what it declares, or what its only expression or column gives."""
    if part.type is not ANY or part.written is None or part.written.expression is None:
        return part.type
    found = Inference({}).kind(part.written.expression.node)
    return found if found.name in WORDS else ANY


def _of_table(table: Table, scope: Scope) -> Iterator[Finding]:
    kinds = [_kind_of_column(column, scope) for column in table.inputs]
    for column, kind in zip(table.inputs, kinds, strict=True):
        found = _inferred(column.tree, scope)
        if _differ(column.type, found):
            sentence = (
                f"输入“{column.label}”声明为{WORDS[column.type.name]}，表达式的结果却是{WORDS[found.name]}。"
            )
            yield Finding("dmn.type", ERROR, table.owner, table.id, sentence, column.line)
        for value in column.values:
            yield from _of_value(table, column, kind, value)
    for rule in table.rules:
        for column, kind, cell in zip(table.inputs, kinds, rule.tests, strict=True):
            yield from _of_cell(table, rule, column, kind, cell, scope)
        for output, cell in zip(table.outputs, rule.results, strict=True):
            yield from _of_output(table, rule, output.name, output.type, cell, scope)


def _kind_of_column(column: Input, scope: Scope) -> Type:
    return column.type if column.type is not ANY else _inferred(column.tree, scope)


def _inferred(tree: Node | None, scope: Scope) -> Type:
    return ANY if tree is None else Inference(scope).kind(tree)


def _differ(declared: Type, found: Type) -> bool:
    if declared.name not in WORDS or found.name not in WORDS or declared.name == found.name:
        return False
    return (declared.name, found.name) != ("date and time", "date")  # a date stands for its midnight


def _of_value(table: Table, column: Input, kind: Type, value: object) -> Iterator[Finding]:
    found = Inference({}).kind(_literal(value))
    if _differ(kind, found):
        sentence = f"输入“{column.label}”是{WORDS[kind.name]}，所列的取值却有{WORDS[found.name]}。"
        yield Finding("dmn.type", ERROR, table.owner, table.id, sentence, column.line)


def _literal(value: object) -> Node:
    from workflows.feel.nodes import Literal  # noqa: PLC0415 - one use

    return Literal(0, value)


def _of_cell(
    table: Table, rule: Rule, column: Input, kind: Type, cell: Cell, scope: Scope
) -> Iterator[Finding]:
    if not isinstance(cell.tests, UnaryTests):
        return
    inference = Inference({**scope, "?": kind})
    for test in cell.tests.tests:
        inference.test(test, kind)
    for _, sentence in inference.clashes[:1]:
        said = f"第{rule.number}条规则的“{cell.text[:60]}”：输入“{column.label}”，{sentence}，永远不会符合。"
        yield Finding("dmn.type", ERROR, table.owner, rule.id, said, cell.line)


def _of_output(
    table: Table, rule: Rule, name: str, kind: Type, cell: Cell, scope: Scope
) -> Iterator[Finding]:
    found = ANY if cell.text in ("-", "") else _inferred(cell.tests, scope)
    if _differ(kind, found):
        sentence = f"第{rule.number}条规则的结果{cell.text[:60]}是{WORDS[found.name]}"
        sentence += f"，输出“{name}”声明为{WORDS[kind.name]}。"
        yield Finding("dmn.type", ERROR, table.owner, rule.id, sentence, cell.line)


def _of_result(part: Part) -> Iterator[Finding]:
    """A decision whose only expression, or only output column, is of another kind than it declares."""
    found = ANY
    if part.written is not None and part.written.expression is not None:
        found = Inference(scope_of(part)).kind(part.written.expression.node)
    elif part.table is not None and len(part.table.outputs) == 1 and not _collects(part.table):
        found = part.table.outputs[0].type
    if _differ(part.type, found):
        sentence = f"决策“{part.name}”声明的结果是{WORDS[part.type.name]}，得出的却是{WORDS[found.name]}。"
        yield Finding("dmn.type", ERROR, part.name, part.id, sentence, part.line)


def _collects(table: Table) -> bool:
    return table.policy not in ("UNIQUE", "ANY", "PRIORITY", "FIRST")
