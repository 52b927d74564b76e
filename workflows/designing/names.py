"""Whether what an expression names can ever be there: steps, fields, options, results, parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workflows import feel
from workflows.designing import results, texts
from workflows.designing.findings import ERROR, WARNING, Finding, fix
from workflows.designing.results import Results, results_of
from workflows.feel import nodes
from workflows.feel.grammar import children

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workflows.catalogue import Bundle
    from workflows.designing.findings import Office
    from workflows.designing.texts import Use
    from workflows.spiff import Element, Specification

ALWAYS = frozenset(
    {
        "case",
        "subject",
        "param",
        "campaign",
        "end of notice",
        "total",
        "done",
        "yes",
        "no",
        "abstain",
        "loopCounter",
    }
)
"""Names that stand in every expression's scope."""

FUNCTIONS = frozenset({"workdays", "today", "now"})
"""Functions the engine lends to expressions."""

INNER = frozenset({"?", "item", "partial", "parent"})
"""Names that stand inside rows, filters and cells."""

VOTES = frozenset({"total", "done", "yes", "no", "abstain"})
"""What a step that several people answer adds to its own fields."""

_CASE = frozenset({"number", "division", "parent", "unit", "role"})
_CAMPAIGN = frozenset({"period", "from", "until", "late"})
_SUBJECT = frozenset({"name"})
Fields = Mapping[str, frozenset[str] | None]
"""Names under a variable, each with the values it may have; None where anything goes."""


@dataclass(frozen=True, slots=True)
class Known:
    """What can be in a case's scope: every name, and the fields of those names whose fields are known."""

    names: frozenset[str]
    fields: Mapping[str, Fields]
    parameters: frozenset[str]
    results: Results

    def with_fields(self, fields: Fields) -> Known:
        """The same where a form's own fields are names too."""
        return Known(
            self.names | fields.keys(),
            {k: v for k, v in self.fields.items() if k not in fields},
            self.parameters,
            self.results,
        )


def known_in(specification: Specification, subject: Bundle, office: Office) -> Known:
    """Everything a case of this draft can hold."""
    elements = specification.elements.values()
    named = {element.result_variable for element in elements if element.result_variable}
    written = {line.target.partition(".")[0] for element in elements for line in element.outputs}
    looped = {
        element.multi_instance.item
        for element in elements
        if element.multi_instance and element.multi_instance.item
    }
    fields: dict[str, Fields] = {"case": dict.fromkeys(_CASE), "subject": dict.fromkeys(_SUBJECT)}
    fields["campaign"] = dict.fromkeys(_CAMPAIGN)
    for element in elements:
        found = _fields_of(element, subject, office)
        if found is not None and element.id not in written:
            fields[element.id] = found
    gathered = {
        element.multi_instance.output
        for element in elements
        if element.multi_instance and element.multi_instance.output
    }
    names = frozenset({*specification.elements, *named, *written, *looped, *gathered})
    parameters = frozenset(parameter["name"] for parameter in subject.meta.get("parameters", ()))
    return Known(names, fields, parameters, results_of(specification, subject))


def _fields_of(element: Element, subject: Bundle, office: Office) -> Fields | None:
    """What stands under an element's name, where that is certain."""
    found: Fields | None = None
    if element.kind == "userTask":
        found = texts.fields(subject.forms.get(element.form or "", "{}")) if element.form else {}
    elif element.operation and element.operation in office.operations:
        found = dict.fromkeys(office.operations[element.operation].gives)
    if found is not None and element.multi_instance is not None:
        # Whose answers would they be? Each instance's are in the list that outputCollection names.
        return dict.fromkeys(VOTES) if element.kind == "userTask" else {**found, **dict.fromkeys(VOTES)}
    return found


def unknown(specification: Specification, subject: Bundle, office: Office) -> Iterator[Finding]:
    """One finding per name, field, option or parameter that will never be there."""
    known = known_in(specification, subject, office)
    for use in texts.of_diagrams(specification, subject):
        yield from _judged(use, known, ERROR)
    elsewhere = replace(known, names=known.names | office.steps)
    for key, form in subject.forms.items():
        inside = elsewhere.with_fields(texts.fields(form))
        for use in texts.of_form(key, form):
            # A form may be asked in several procedures, so what only another one knows is null here.
            yield from _judged(use, inside, WARNING)


def _judged(use: Use, known: Known, severity: str) -> Iterator[Finding]:
    try:
        expression = feel.parse(use.text.removeprefix("="), ALWAYS)
    except feel.FeelSyntaxError as problem:
        sentence = f"写错了：第 {problem.line} 行第 {problem.column} 列，{problem.sentence}。"
        yield _finding(use, ERROR, "expression.syntax", sentence)
        return
    for part in _nodes(expression.node):
        if isinstance(part, nodes.Unreadable):
            yield _finding(use, ERROR, "expression.syntax", f"写错了：{part.sentence}。")
    for name in sorted(feel.names(expression) - known.names - ALWAYS - FUNCTIONS - INNER):
        yield _finding(use, severity, "expression.unknown_name", f"用了不存在的名称“{name}”。")
    for name, field in sorted(set(_paths(expression.node))):
        if name == "param" and field not in known.parameters:
            yield _finding(use, ERROR, "expression.unknown_parameter", f"用了没有定义的参数“{field}”。")
        elif field not in known.fields.get(name, {field: None}):
            yield _finding(use, severity, "expression.unknown_field", f"用了“{name}”没有的内容“{field}”。")
    yield from _options(use, known, expression.node)
    yield from _decided(use, known, expression.node)


def _decided(use: Use, known: Known, node: nodes.Node) -> Iterator[Finding]:
    """What an expression asks of decisions' results, against what these can be."""
    for part in _nodes(node):
        lacking = results.missing(part, known.results) if isinstance(part, nodes.Path) else ""
        if lacking:
            yield _finding(use, ERROR, "expression.unknown_field", lacking)
    for rule, sentence in results.clashes(node, known.results):
        yield _finding(use, ERROR, rule, sentence)
    pairs = ((f"{name}.{field}" if field else name, value) for name, field, value in _compared(node))
    for rule, sentence in results.strange(pairs, known.results):
        yield _finding(use, WARNING, rule, sentence)


def _options(use: Use, known: Known, node: nodes.Node) -> Iterator[Finding]:
    for name, field, value in sorted(set(_compared(node))):
        options = known.fields.get(name, {}).get(field)
        if options is not None and value not in options:
            sentence = f"把“{name}.{field}”与“{value}”比较，而它没有这个选项。"
            yield _finding(use, WARNING, "expression.unknown_option", sentence)


def _finding(use: Use, severity: str, rule: str, sentence: str) -> Finding:
    return Finding(severity, use.file, use.element, rule, f"{use.where}{sentence}", fix(rule))


def _nodes(node: nodes.Node, bound: frozenset[str] = frozenset()) -> Iterator[nodes.Node]:
    """Every part of an expression in which no loop has taken a name for its own."""
    if isinstance(node, nodes.Path) and isinstance(node.base, nodes.Name) and node.base.name in bound:
        return
    yield node
    if isinstance(node, nodes.Loop):
        bound |= {name for name, _ in node.iterators}
    elif isinstance(node, nodes.FunctionOf):
        bound |= {name for name, _ in node.parameters}
    elif isinstance(node, nodes.ContextOf):
        bound |= {name for name, _ in node.entries}
    for child in children(node):
        yield from _nodes(child, bound)


def _paths(node: nodes.Node) -> Iterator[tuple[str, str]]:
    """Each ``name.field``."""
    for part in _nodes(node):
        if isinstance(part, nodes.Path) and isinstance(part.base, nodes.Name):
            yield part.base.name, part.name


def _compared(node: nodes.Node) -> Iterator[tuple[str, str, str]]:
    """Each ``name.field``, or name alone, that is set against a text, with the text."""
    for part in _nodes(node):
        sides: Iterable[tuple[nodes.Node, nodes.Node]] = ()
        if isinstance(part, nodes.Compare) and part.op in {"=", "!="}:
            sides = ((part.left, part.right), (part.right, part.left))
        elif isinstance(part, nodes.In):
            sides = tuple((part.value, test) for test in part.tests)
        for path, literal in sides:
            if not isinstance(literal, nodes.Literal) or not isinstance(literal.value, str):
                continue
            if isinstance(path, nodes.Path) and isinstance(path.base, nodes.Name):
                yield path.base.name, path.name, literal.value
            elif isinstance(path, nodes.Name):
                yield path.name, "", literal.value


_PARAMETER = re.compile(r"\bparam\s*\.\s*([^\W\d]\w*)")


def unused_parameters(subject: Bundle) -> list[str]:
    """Parameters that no text of the draft mentions."""
    everything = [*subject.diagrams.values(), *subject.decisions.values(), *subject.forms.values()]
    everything.append(str(subject.meta.get("case", {}).get("due", "")))
    mentioned = {name for text in everything for name in _PARAMETER.findall(text)}
    if "campaign" in subject.meta:
        # Where a campaign runs is asked by whoever begins its cases, not by the draft.
        mentioned.add("campaign_divisions")
    return [p["name"] for p in subject.meta.get("parameters", ()) if p["name"] not in mentioned]
