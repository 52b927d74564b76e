"""What a draft's decisions give to its expressions: the kind of each result and the values it may have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows import decisions
from workflows.decisions.clashes import kind_of
from workflows.decisions.inferring import WORDS, Inference
from workflows.errors import Refusal
from workflows.feel import nodes
from workflows.feel.types import ANY, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue import Bundle
    from workflows.decisions import Model
    from workflows.decisions.model import Part
    from workflows.decisions.tables import Output, Table
    from workflows.spiff import Specification

_ONE_RESULT = frozenset(("UNIQUE", "ANY", "PRIORITY", "FIRST"))


@dataclass(frozen=True, slots=True)
class Results:
    """By result variable: its type, and the texts it (or, behind a dot, one of its outputs) may be."""

    types: dict[str, Type] = field(default_factory=dict)
    values: dict[str, frozenset[str]] = field(default_factory=dict)


def models_of(subject: Bundle) -> dict[str, Model]:
    """The decision models of a draft by the ids of their decisions; unreadable files give none."""
    found: dict[str, Model] = {}
    for text in subject.decisions.values():
        try:
            model = decisions.read(text.encode())
        except Refusal:
            continue
        found.update((part.id, model) for part in model.decisions())
    return found


def results_of(specification: Specification, subject: Bundle) -> Results:
    """What every business rule task of a draft leaves behind, as far as its decision tells."""
    models, found = models_of(subject), Results()
    for element in specification.elements.values():
        model = models.get(element.decision or "")
        part = model.named(element.decision or "", "decision") if model else None
        # Several instances of a task leave a list.
        if part is not None and element.multi_instance is None:
            _note(found, element.result_variable or element.id, part)
    return found


def _note(found: Results, name: str, part: Part) -> None:
    table = part.table
    if table is None:
        found.types[name] = kind_of(part)
    elif table.policy in _ONE_RESULT and len(table.outputs) == 1:
        output = table.outputs[0]
        found.types[name] = part.type if part.type is not ANY else output.type
        _note_values(found, name, output)
    elif table.policy in _ONE_RESULT:
        found.types[name] = _context(table)
        for output in table.outputs:
            _note_values(found, f"{name}.{output.name}", output)


def _context(table: Table) -> Type:
    fields = tuple(output.name for output in table.outputs)
    return Type("context", tuple(output.type for output in table.outputs), fields)


def _note_values(found: Results, path: str, output: Output) -> None:
    if output.values and all(isinstance(value, str) for value in output.values):
        found.values[path] = frozenset(output.values)


def clashes(node: nodes.Node, results: Results) -> Iterator[tuple[str, str]]:
    """Rule and sentence for each comparison of a decision's result that can never hold."""
    inference = Inference(results.types)
    inference.kind(node)
    for _, sentence in inference.clashes:
        yield "expression.type", f"写错了：{sentence}。"


def strange(paths: Iterator[tuple[str, str]], results: Results) -> Iterator[tuple[str, str]]:
    """Rule and sentence for each text that a result is compared with and never is."""
    for path, value in sorted(set(paths)):
        if path in results.values and value not in results.values[path]:
            yield "expression.unknown_option", f"把“{path}”与“{value}”比较，而决策没有这个结果。"


def missing(node: nodes.Path, results: Results) -> str:
    """What is asked of a result that it does not have; nothing where it has it, or may have it."""
    if not isinstance(node.base, nodes.Name):
        return ""
    kind = results.types.get(node.base.name, ANY)
    lacks = node.name not in kind.fields if kind.name == "context" and kind.fields else kind.name in _SCALARS
    return f"用了“{node.base.name}”没有的内容“{node.name}”。" if lacks else ""


_SCALARS = frozenset(WORDS) - {
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
}
