"""A decision model: its inputs, decisions, business knowledge and services, and what requires what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from workflows.decisions.boxes import box, box_in
from workflows.decisions.definitions import Types, declared_type
from workflows.decisions.tables import Table
from workflows.decisions.texts import Text, Writing
from workflows.decisions.xml import (
    Element,
    Unreadable,
    attribute,
    first,
    inner,
    kind,
    line_of,
    name_of,
    open_document,
    reference,
)
from workflows.feel.environment import Compiled
from workflows.feel.types import Type
from workflows.feel.vocabulary import is_special, member

MAX_IMPORTS: Final = 20
Finder = Callable[[str, str], bytes | None]  # namespace, location → the imported file


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A named element of a model: inputData, decision, businessKnowledgeModel or decisionService."""

    kind: str
    id: str
    name: str
    type: Type
    model: Model
    needs: tuple[str, ...] = ()  # references to required decisions, inputs and knowledge
    logic: Compiled | None = None
    basis: tuple[str, ...] = ()  # the knowledge sources it cites
    outputs: tuple[str, ...] = ()  # of a service: its output decisions
    given: tuple[str, ...] = ()  # of a service: input data, then input decisions, which are its parameters
    title: str = ""  # its own name, where its variable has another
    line: int = 1
    written: Text | None = None  # of a decision: its expression, where it is nothing else
    table: Table | None = None  # of a decision: its table, where it is nothing else


@dataclass(eq=False)
class Model:
    """One DMN file, read and compiled."""

    name: str
    namespace: str
    types: Types
    parts: dict[str, Part] = field(default_factory=dict)  # by id
    imported: list[tuple[str, Model]] = field(default_factory=list)  # under names that may be empty
    texts: list[Text] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)  # ids that stand for more than one part

    def named(self, wanted: str, *kinds: str) -> Part | None:
        """The part with this id or name; decisions come before other kinds of the same name."""
        if wanted in self.parts and (not kinds or self.parts[wanted].kind in kinds):
            return self.parts[wanted]
        order = ("decision", "decisionService", "businessKnowledgeModel", "inputData")
        found = [
            part
            for part in self.parts.values()
            if wanted in (part.name, part.title) and (not kinds or part.kind in kinds)
        ]
        return min(found, key=lambda part: order.index(part.kind), default=None)

    def at(self, href: str) -> Part | None:
        """The part a reference points at, in this model or an imported one."""
        namespace, mark, identity = href.rpartition("#")
        if not mark or namespace == self.namespace:
            return self.parts.get(identity)
        models = (model for _, model in self.imported if model.namespace == namespace)
        return next((model.parts.get(identity) for model in models), None)

    def prefix(self, part: Part) -> str:
        """The name under which expressions here reach an imported part's model; empty for our own."""
        return next((name for name, model in self.imported if model is part.model), "")

    def decisions(self) -> Iterator[Part]:
        """The decisions, in the order of the file."""
        return (part for part in self.parts.values() if part.kind == "decision")


def read(xml: bytes, find: Finder | None = None) -> Model:
    """The model of a DMN file; raises Unreadable. `find` gives the files it imports."""
    return _read(xml, find, {})


def _read(xml: bytes, find: Finder | None, loaded: dict[str, Model]) -> Model:
    root = open_document(xml)
    names = frozenset(
        member(name) if kind(element) in _MEMBERS else name
        for element in root.iter()
        for key in ("name", "iteratorVariable")
        if (name := attribute(element, key)) and is_special(name)
    )
    model = Model(attribute(root, "name"), attribute(root, "namespace"), Types(root, names))
    loaded[model.namespace] = model
    for element in inner(root, "import"):
        # What an imported model names stands behind the import's name, or beside our own where it has none.
        names |= _import(model, element, find, loaded)
    by_id = {attribute(part, "id"): part for part in root if attribute(part, "id")}
    for element in root:
        if kind(element) in _PARTS and attribute(element, "id"):
            part = _part(element, model, names, by_id)
            if part.id in model.parts:
                model.twice.add(part.id)
            model.parts[part.id] = part
    return model


def _import(model: Model, element: Element, find: Finder | None, loaded: dict[str, Model]) -> frozenset[str]:
    """Load an imported model; gives the special names it brings along."""
    if not attribute(element, "importType").startswith(
        ("http://www.omg.org/spec/DMN", "https://www.omg.org/spec/DMN")
    ):
        return frozenset()
    namespace, name = attribute(element, "namespace"), name_of(element)
    other = loaded.get(namespace)
    if other is None:
        xml = find(namespace, attribute(element, "locationURI")) if find is not None else None
        if xml is None or len(loaded) >= MAX_IMPORTS:
            raise Unreadable(why=f"没有找到引用的文件“{name or namespace}”")
        other = _read(xml, find, loaded)
    model.imported.append((name, other))
    model.types.imported.append((name, other.types))
    names = {name, *(part.name for part in other.parts.values())}
    return frozenset(made for name in names if is_special(name) for made in (name, member(name)))


def _part(element: Element, model: Model, names: frozenset[str], by_id: Mapping[str, Element]) -> Part:
    texts = len(model.texts)
    logic = _logic(element, model, names, by_id)
    is_literal, is_table = (
        kind(element) == "decision" and first(element, box) is not None
        for box in ("literalExpression", "decisionTable")
    )
    return Part(
        kind=kind(element),
        id=attribute(element, "id"),
        name=name_of(first(element, "variable")) or name_of(element),
        type=declared_type(model.types, element),
        model=model,
        needs=_needs(element),
        logic=logic,
        basis=_basis(element),
        outputs=tuple(reference(part) for part in inner(element, "outputDecision")),
        given=tuple(
            reference(part) for name in ("inputData", "inputDecision") for part in inner(element, name)
        ),
        title=name_of(element),
        line=line_of(element),
        written=model.texts[-1] if is_literal and len(model.texts) > texts else None,
        table=model.tables[-1] if is_table else None,
    )


def _needs(element: Element) -> tuple[str, ...]:
    return tuple(
        reference(target)
        for requirement in inner(element, "informationRequirement", "knowledgeRequirement")
        for target in inner(requirement, "requiredInput", "requiredDecision", "requiredKnowledge")
    )


def _basis(element: Element) -> tuple[str, ...]:
    return tuple(
        reference(target)
        for requirement in inner(element, "authorityRequirement")
        for target in inner(requirement, "requiredAuthority")
    )


def _logic(
    element: Element, model: Model, names: frozenset[str], by_id: Mapping[str, Element]
) -> Compiled | None:
    if kind(element) not in ("decision", "businessKnowledgeModel"):
        return None
    # Tables and texts fill the model's own lists while they are compiled.
    name = name_of(element)
    writing = Writing(model.types, names, name, model.texts, model.tables, _in_scope(element, by_id))
    if kind(element) == "decision":
        return box_in(element, writing)
    logic = first(element, "encapsulatedLogic")
    return box(logic, writing) if logic is not None else None


def _in_scope(element: Element, by_id: Mapping[str, Element]) -> frozenset[str]:
    """The names that requirements bring into scope, as far as this file alone tells."""
    known: set[str] = set()
    root = element.getroottree().getroot()
    for href in _needs(element):
        namespace, mark, identity = href.rpartition("#")
        if identity in by_id:
            part = by_id[identity]
            known.add(name_of(first(part, "variable")) or name_of(part))
        elif mark and namespace:
            known |= {name_of(imported) for imported in inner(root, "import")}
    return frozenset(known)


_MEMBERS: Final = frozenset(("itemComponent", "column", "output"))
_PARTS: Final = frozenset(("inputData", "decision", "businessKnowledgeModel", "decisionService"))


def inputs_of(part: Part, seen: Mapping[str, Part] | None = None) -> dict[str, Part]:
    """All input data a decision needs, also through other decisions, by name."""
    found: dict[str, Part] = {}
    visited = dict(seen or {})
    pending = [part]
    while pending:
        current = pending.pop()
        if current.id in visited:
            continue
        visited[current.id] = current
        if current.kind == "inputData":
            found[current.name] = current
        pending.extend(other for href in current.needs if (other := current.model.at(href)) is not None)
    return found
