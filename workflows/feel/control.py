"""Turns the rest of the tree into closures: if, loops, functions, in, between, instance of, unary tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from workflows.feel import nodes
from workflows.feel.compiling import Source, bounded, compiles, mentions, weight
from workflows.feel.effort import spend
from workflows.feel.environment import Compiled, Env, Run
from workflows.feel.grammar import children
from workflows.feel.logic import three_valued
from workflows.feel.nodes import Node
from workflows.feel.numbers import whole
from workflows.feel.operators import compare, equal, kind_name, within
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date
from workflows.feel.types import coerce, conforms, resolve
from workflows.feel.values import Function, Range, Value


@compiles(nodes.If)
def _if(source: Source, node: nodes.If) -> Compiled:
    condition, then, otherwise = (
        source.compile(part) for part in (node.condition, node.then, node.otherwise)
    )
    where = source.where(node)

    def evaluate(env: Env) -> Value:
        answer = condition(env)
        if answer is True:
            return then(env)
        if answer is not None and answer is not False:
            env.run.record(where, f"条件不应是{kind_name(answer)}")
        return otherwise(env)

    return evaluate


@compiles(nodes.Between)
def _between(source: Source, node: nodes.Between) -> Compiled:
    value, low, high = (source.compile(part) for part in (node.value, node.low, node.high))
    where = source.where(node)

    def evaluate(env: Env) -> bool | None:
        subject, start, end = value(env), low(env), high(env)
        above, below = compare(">=", subject, start), compare("<=", subject, end)
        if above is None or below is None:
            if None not in (subject, start, end):
                env.run.record(where, "between两侧的值不能比较")
            return False if above is False or below is False else None
        return above and below

    return evaluate


# -- belonging ---------------------------------------------------------------------------------------


def belongs(value: Value, test: Value) -> bool | None:
    """Whether a value equals, is among, or lies within what a test yields."""
    if type(test) is Range:
        return equal(value, test) if type(value) is Range else within(value, test)
    if type(test) is not list:
        return equal(value, test)
    if type(value) is list and equal(value, test):
        return True
    spend(len(test) // 4)
    return three_valued((_among(value, item) for item in test), decisive=True)


def _among(value: Value, item: Value) -> bool | None:
    if type(item) is Range and type(value) is not Range:
        return within(value, item)
    return equal(value, item) is True  # what is of another kind is not this element, as in `list contains`


Test = Callable[[Env, Value], bool | None]


def _test(source: Source, node: Node) -> Test:
    """A test that a value is put to; `< 5` is compared directly, so that no range is built."""
    if isinstance(node, nodes.Bound):
        operand, op = source.compile(node.operand), node.op
        return lambda env, value: compare(op, value, operand(env))
    compiled = source.compile(node)
    return lambda env, value: belongs(value, compiled(env))


@compiles(nodes.In)
def _in(source: Source, node: nodes.In) -> Compiled:
    value, tests = source.compile(node.value), [_test(source, test) for test in node.tests]

    def evaluate(env: Env) -> bool | None:
        subject = value(env)
        return three_valued((test(env, subject) for test in tests), decisive=True)

    return evaluate


@compiles(nodes.UnaryTests)
def _unary(source: Source, node: nodes.UnaryTests) -> Compiled:
    tests = [_cell(source, test) for test in node.tests]
    negated = node.negated

    def evaluate(env: Env) -> bool | None:
        if not tests:
            return True
        subject = env.find("?")
        answer = three_valued((test(env, subject) for test in tests), decisive=True)
        return (None if answer is None else not answer) if negated else answer

    return evaluate


def _cell(source: Source, node: Node) -> Test:
    if isinstance(node, nodes.Bound) or not mentions(node, "?"):
        if isinstance(node, nodes.Bound | nodes.Literal | nodes.RangeOf):
            return _test(source, node)
        return _free_cell(source.compile(node))
    compiled = source.compile(node)

    def evaluate(env: Env, value: Value) -> bool | None:
        answer = compiled(env)
        return answer if type(answer) is bool or answer is None else belongs(value, answer)

    return evaluate


def _free_cell(compiled: Compiled) -> Test:
    """A cell such as `limit` or `a > b` that does not mention the input."""

    def evaluate(env: Env, value: Value) -> bool | None:
        answer = compiled(env)
        if type(answer) is bool and type(value) is not bool:
            return answer
        return belongs(value, answer)

    return evaluate


# -- loops -------------------------------------------------------------------------------------------


def elements(source: Value) -> Iterator[Value]:
    """What a loop goes through: a list, the whole numbers or days of a range, or one value."""
    if type(source) is list:
        return iter(source)
    if type(source) is Range:
        return _through(source)
    if source is None:
        raise Wrong("没有可以逐个处理的列表")
    return iter((source,))


def _through(span: Range) -> Iterator[Value]:
    if type(span.start) is Date and type(span.end) is Date:
        return (Date.from_ordinal(day) for day in _whole_steps(span.start.ordinal, span.end.ordinal, span))
    if type(span.start) is Decimal and type(span.end) is Decimal:
        start, end = whole(span.start), whole(span.end)
        if start is not None and end is not None:
            return (Decimal(number) for number in _whole_steps(start, end, span))
    raise Wrong("只有整数或日期的区间可以逐个处理")


def _whole_steps(start: int, end: int, span: Range) -> range:
    step = 1 if start <= end else -1
    first = start if span.start_included else start + step
    return range(first, end + step if span.end_included else end, step)


def _keeps_partial(node: Node) -> bool:
    """Whether the results so far could be kept as a value, other than by an index as in `partial[-1]`."""
    if isinstance(node, nodes.Name):
        return node.name == "partial"
    if isinstance(node, nodes.Filter) and isinstance(node.base, nodes.Name):
        return _keeps_partial(node.test)
    return any(_keeps_partial(child) for child in children(node))


@compiles(nodes.Loop)
def _loop(source: Source, node: nodes.Loop) -> Compiled:
    iterators = [(name, source.compile(part)) for name, part in node.iterators]
    body, where, kind = source.compile(node.body), source.where(node), node.kind

    cost, keeps = weight(node), kind == "for" and _keeps_partial(node.body)

    def rounds(env: Env, index: int, partial: list[Value]) -> Iterator[Env]:
        name, part = iterators[index]
        for element in elements(part(env)):
            env.run.spend(cost + len(partial) // 32 if keeps else cost)
            so_far = list(partial) if keeps else partial
            inside = env.within({name: element, "partial": so_far} if kind == "for" else {name: element})
            if index + 1 < len(iterators):
                yield from rounds(inside, index + 1, partial)
            else:
                yield inside

    def evaluate(env: Env) -> Value:
        results: list[Value] = []
        try:
            if kind != "for":
                return three_valued(
                    (body(inside) for inside in rounds(env, 0, results)), decisive=kind == "some"
                )
            for inside in rounds(env, 0, results):
                results.append(body(inside))
                bounded(results)
        except Wrong as wrong:
            env.run.record(where, str(wrong))
            return None
        return results

    return evaluate


# -- functions and types -----------------------------------------------------------------------------


def bind(
    parameters: tuple[str, ...],
    arguments: list[Value],
    named: Mapping[str, Value] | None,
) -> dict[str, Value]:
    """The parameters with their values; raises Wrong when they do not fit."""
    if named is None:
        if len(arguments) != len(parameters):
            raise Wrong(f"应有{len(parameters)}个参数，却有{len(arguments)}个")
        return dict(zip(parameters, arguments, strict=True))
    strangers = named.keys() - set(parameters)
    if strangers:
        raise Wrong(f"没有名为“{min(strangers)}”的参数")
    missing = [name for name in parameters if name not in named]
    if missing:
        raise Wrong(f"缺少名为“{missing[0]}”的参数")
    return {name: named[name] for name in parameters}


@compiles(nodes.FunctionOf)
def _function(source: Source, node: nodes.FunctionOf) -> Compiled:
    names = tuple(name for name, _ in node.parameters)
    declared = tuple(written for _, written in node.parameters)
    body, cost, where = source.compile(node.body), weight(node.body), source.where(node)

    def make(env: Env) -> Function | None:
        def call(run: Run, arguments: list[Value], named: Mapping[str, Value] | None) -> Value:
            if node.external:
                raise Wrong("不运行外部函数")
            run.spend(cost)
            bound = bind(names, arguments, named)
            for name, written in zip(names, declared, strict=True):
                if written is not None:
                    bound[name] = coerce(bound[name], resolve(written, run.types))
            return body(Env(bound, env, run))

        try:
            types = tuple(
                None if written is None else resolve(written, env.run.types) for written in declared
            )
        except Wrong as wrong:
            env.run.record(where, str(wrong))
            return None
        return Function("", names, call, types)

    return make


@compiles(nodes.InstanceOf)
def _instance(source: Source, node: nodes.InstanceOf) -> Compiled:
    value, written, where = source.compile(node.value), node.type, source.where(node)

    def evaluate(env: Env) -> bool | None:
        try:
            return conforms(value(env), resolve(written, env.run.types), strictly=True)
        except Wrong as wrong:
            env.run.record(where, str(wrong))
            return None

    return evaluate
