"""Boxed expressions: each element of a decision's logic becomes one closure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from workflows.decisions.definitions import fitted
from workflows.decisions.rows import read_table
from workflows.decisions.texts import Writing
from workflows.decisions.xml import Element, attribute, first, inner, kind, name_of, text_of
from workflows.feel.compiling import bounded
from workflows.feel.control import bind, elements
from workflows.feel.environment import Compiled, Env, Run
from workflows.feel.logic import three_valued
from workflows.feel.problems import Wrong
from workflows.feel.types import ANY, coerce
from workflows.feel.values import Function, Value

Reader = Callable[[Element, Writing], Compiled]
_NOTHING: Final[Compiled] = lambda _env: None  # noqa: E731 - a box that was left empty


def box_in(element: Element | None, writing: Writing) -> Compiled:
    """The closure of the boxed expression directly inside an element; null where there is none."""
    if element is None:
        return _NOTHING
    found = next((part for part in element if kind(part) in BOXES), None)
    return _NOTHING if found is None else box(found, writing)


def box(element: Element, writing: Writing) -> Compiled:
    """The closure of one boxed expression, its result fitted to the type it declares."""
    compiled = BOXES[kind(element)](element, writing)
    wanted = writing.types.named(attribute(element, "typeRef"))
    if wanted is ANY or kind(element) == "functionDefinition":
        return compiled
    title = attribute(element, "label") or writing.owner
    return lambda env: fitted(compiled(env), wanted, env.run, title)


def _literal(element: Element, writing: Writing) -> Compiled:
    source, language = text_of(element), attribute(element, "expressionLanguage")
    if language and "feel" not in language.lower():
        return writing.refuse(element, source, f"不是FEEL的表达式（{language}）不能计算")
    return writing.compile(source, element) if source else _NOTHING


def _table(element: Element, writing: Writing) -> Compiled:
    return read_table(element, writing).evaluate


def _context(element: Element, writing: Writing) -> Compiled:
    entries: list[tuple[str, Compiled]] = []
    for entry in inner(element, "contextEntry"):
        variable = first(entry, "variable")
        name = name_of(variable)
        # The entry is known inside itself too, so that a function may call itself.
        writing = writing.knowing(name)
        compiled = box_in(entry, writing)
        wanted = writing.types.named(attribute(variable, "typeRef"))
        entries.append((name, _fitted(compiled, wanted, name)))

    def evaluate(env: Env) -> Value:
        context: dict[str, Value] = {}
        inside = env.within(context)
        for name, compiled in entries:
            value = compiled(inside)
            if not name:
                return value
            context[name] = value
        return context

    return evaluate


def _fitted(compiled: Compiled, wanted: object, name: str) -> Compiled:
    if wanted is ANY:
        return compiled
    return lambda env: fitted(compiled(env), wanted, env.run, name)  # type: ignore[arg-type]


def _list(element: Element, writing: Writing) -> Compiled:
    items = [box(part, writing) for part in element if kind(part) in BOXES]
    return lambda env: [item(env) for item in items]


def _relation(element: Element, writing: Writing) -> Compiled:
    names = [name_of(column) for column in inner(element, "column")]
    wanted = [writing.types.named(attribute(column, "typeRef")) for column in inner(element, "column")]
    rows = [
        [
            _fitted(box(part, writing), kind_, name)
            for part, kind_, name in zip(_boxes(row), wanted, names, strict=False)
        ]
        for row in inner(element, "row")
    ]
    return lambda env: [dict(zip(names, (cell(env) for cell in row), strict=False)) for row in rows]


def _boxes(element: Element) -> list[Element]:
    return [part for part in element if kind(part) in BOXES]


def _invocation(element: Element, writing: Writing) -> Compiled:
    target = box_in(element, writing)
    bindings = [
        (name_of(first(part, "parameter")), box_in(part, writing)) for part in inner(element, "binding")
    ]

    def evaluate(env: Env) -> Value:
        function = target(env)
        if type(function) is not Function:
            env.run.record((1, 1), "调用的不是函数")
            return None
        try:
            return function(env.run, [], {name: compiled(env) for name, compiled in bindings})
        except Wrong as wrong:
            env.run.record((1, 1), str(wrong))
            return None

    return evaluate


def _function(element: Element, writing: Writing) -> Compiled:
    parameters = list(inner(element, "formalParameter"))
    names = tuple(name_of(part) for part in parameters)
    wanted = tuple(writing.types.named(attribute(part, "typeRef")) for part in parameters)
    body = box_in(element, writing.knowing(*names))
    foreign = attribute(element, "kind") if attribute(element, "kind") not in ("", "FEEL") else ""
    if foreign:
        writing.refuse(element, text_of(element), f"不运行外部函数（{foreign}）")
    result = writing.types.named(attribute(element, "typeRef"))
    if result.name == "function":
        result = result.parts[-1] if result.parts else ANY

    def make(env: Env) -> Function:
        def call(run: Run, arguments: list[Value], named: Mapping[str, Value] | None) -> Value:
            if foreign:
                raise Wrong(f"不运行外部函数（{foreign}）")
            bound = bind(names, arguments, named)
            for name, kind_ in zip(names, wanted, strict=True):
                bound[name] = coerce(bound[name], kind_)
            return fitted(body(Env(bound, env, run)), result, run, writing.owner)

        return Function(writing.owner, names, call, wanted, result)

    return make


def _conditional(element: Element, writing: Writing) -> Compiled:
    condition, then, otherwise = (box_in(first(element, name), writing) for name in ("if", "then", "else"))
    return lambda env: then(env) if condition(env) is True else otherwise(env)


def _elements(run: Run, value: Value) -> list[Value]:
    if value is None:
        raise Wrong("没有可以逐个处理的列表")
    taken: list[Value] = []
    for element in elements(value):
        run.spend()
        taken.append(element)
        bounded(taken)
    return taken


def _iterator(element: Element, writing: Writing) -> Compiled:
    name = " ".join(attribute(element, "iteratorVariable").split())
    source = box_in(first(element, "in"), writing)
    body = box_in(first(element, "return", "satisfies"), writing.knowing(name, "partial"))
    form = kind(element)

    def evaluate(env: Env) -> Value:
        try:
            items = _elements(env.run, source(env))
        except Wrong as wrong:
            env.run.record((1, 1), str(wrong))
            return None
        results: list[Value] = []
        for item in items:
            results.append(body(env.within({name: item, "partial": results})))
        return results if form == "for" else three_valued(results, decisive=form == "some")

    return evaluate


def _filter(element: Element, writing: Writing) -> Compiled:
    source = box_in(first(element, "in"), writing)
    match = box_in(first(element, "match"), writing.knowing("item", "*"))

    def evaluate(env: Env) -> Value:
        value = source(env)
        items = value if type(value) is list else [] if value is None else [value]
        kept = []
        for item in items:
            env.run.spend()
            names = {"item": item, **item} if type(item) is dict else {"item": item}
            if match(env.within(names)) is True:
                kept.append(item)
        return kept

    return evaluate


BOXES: Final[dict[str, Reader]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "encapsulatedLogic": _function,
    "conditional": _conditional,
    "for": _iterator,
    "every": _iterator,
    "some": _iterator,
    "filter": _filter,
}
