"""Item definitions: the types a model declares, and data made to fit them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from workflows.decisions.xml import Element, attribute, first, inner, kind, name_of, text_of
from workflows.feel.environment import Env, Run
from workflows.feel.expression import parse
from workflows.feel.nodes import TypeName
from workflows.feel.problems import FeelSyntaxError, Wrong
from workflows.feel.temporal import at_literal
from workflows.feel.types import ANY, Type, coerce, resolve
from workflows.feel.values import Value

_TEMPORAL: Final = frozenset(
    ("date", "time", "date and time", "days and time duration", "years and months duration"),
)
_MAX_DEPTH: Final = 30


class Types:
    """The types of one model, found by name; a type that contains itself ends in Any."""

    def __init__(self, root: Element, names: frozenset[str]) -> None:
        self._elements = {name_of(element): element for element in inner(root, "itemDefinition")}
        self._names = names
        self._made: dict[str, Type] = {}
        self._making: list[str] = []
        self.imported: list[tuple[str, Types]] = []  # under the name it is imported by, which may be empty
        self.unknown: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which types are declared here."""
        return tuple(self._elements)

    def find(self, name: str) -> Type | None:
        """The type a model declares under this name."""
        if name in self._made:
            return self._made[name]
        if name in self._elements:
            if name in self._making or len(self._making) > _MAX_DEPTH:
                return ANY
            self._making.append(name)
            made = replace(self._definition(self._elements[name]), label=name)
            self._making.pop()
            self._made[name] = made
            return made
        inside = ((types, _behind(prefix, name)) for prefix, types in self.imported)
        found = (types.find(rest) for types, rest in inside if rest)
        return next((each for each in found if each is not None), None)

    def named(self, reference: str) -> Type:
        """The type of a `typeRef`; Any for none and for an unknown one, which is remembered."""
        if not reference:
            return ANY
        for name in (reference, reference.rpartition(":")[2], reference.rpartition("}")[2]):
            declared = self.find(name)
            if declared is not None:
                return declared
            try:
                return resolve(TypeName(name), self.find)
            except Wrong:
                continue
        self.unknown.add(reference)
        return ANY

    def listed(self, reference: str) -> str:
        """The values that a declared type lists, as written; nothing where it lists none."""
        for name in (reference, reference.rpartition(":")[2]):
            if name in self._elements:
                return text_of(first(self._elements[name], "allowedValues"))
            inside = ((types, _behind(prefix, name)) for prefix, types in self.imported)
            found = next((said for types, rest in inside if rest and (said := types.listed(rest))), "")
            if found:
                return found
        return ""

    def _definition(self, element: Element) -> Type:
        base = self._base(element)
        allowed = self._constraint(first(element, "allowedValues"))
        base = _narrowed(base, allowed)
        if attribute(element, "isCollection") == "true":
            base = Type("list", (base,))
        return _narrowed(base, self._constraint(first(element, "typeConstraint")))

    def _base(self, element: Element) -> Type:
        components = list(inner(element, "itemComponent"))
        if components:
            fields = tuple(name_of(part) for part in components)
            return Type("context", tuple(self._definition(part) for part in components), fields)
        function = first(element, "functionItem")
        if function is not None:
            parts = [self.named(attribute(part, "typeRef")) for part in inner(function, "parameters")]
            return Type("function", (*parts, self.named(attribute(function, "outputTypeRef"))))
        written = first(element, "typeRef")
        return self.named((written.text or "").strip() if written is not None else "")

    def _constraint(self, element: Element | None) -> Callable[[Value], bool] | None:
        text = text_of(element)
        if not text:
            return None
        try:
            tests = parse(text, self._names, unary=True)
        except FeelSyntaxError:
            return None

        def allowed(value: Value) -> bool:
            run = Run({}, types=self.find)
            return tests.value_in(Env({"?": value}, None, run)) is True

        return allowed


def _behind(prefix: str, name: str) -> str:
    """A name without the import it is qualified by; nothing where it is qualified by another."""
    if not prefix:
        return name
    return name.removeprefix(prefix + ".") if name.startswith(prefix + ".") else ""


def _narrowed(base: Type, allowed: Callable[[Value], bool] | None) -> Type:
    if allowed is None:
        return base
    before = base.allowed
    if before is None:
        return replace(base, allowed=allowed)
    return replace(base, allowed=lambda value: before(value) and allowed(value))


def declared_type(types: Types, element: Element | None) -> Type:
    """The type of an element's variable, or of the element itself."""
    if element is None:
        return ANY
    variable = first(element, "variable") if kind(element) != "variable" else element
    return types.named(attribute(variable, "typeRef") or attribute(element, "typeRef"))


def adapted(value: Value, wanted: Type, depth: int = 0) -> Value:
    """The value with ISO strings made the dates and durations that the type asks for: JSON has none."""
    if depth > _MAX_DEPTH:
        return value
    if type(value) is str and wanted.name in _TEMPORAL:
        try:
            return at_literal(value)
        except Wrong:
            return value
    if wanted.name == "list" and wanted.parts:
        part = wanted.parts[0]
        if type(value) is list:
            return [adapted(item, part, depth + 1) for item in value]
        return adapted(value, part, depth + 1)
    if wanted.name == "context" and type(value) is dict:
        fields = dict(zip(wanted.fields, wanted.parts, strict=True))
        return {key: adapted(item, fields.get(key, ANY), depth + 1) for key, item in value.items()}
    return value


def fitted(value: Value, wanted: Type, run: Run, what: str) -> Value:
    """The value as the type asks, or null with a problem."""
    if wanted is ANY:
        return value
    try:
        return coerce(value, wanted)
    except Wrong as wrong:
        run.record((1, 1), f"{what}：{wrong}")
        return None
