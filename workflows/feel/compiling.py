"""Turns the tree of an expression into closures: literals, names, paths, filters, operators."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from workflows.feel import nodes
from workflows.feel.environment import NOTHING, Compiled, Env
from workflows.feel.functions import BUILT_IN
from workflows.feel.grammar import children
from workflows.feel.logic import three_valued
from workflows.feel.nodes import Node
from workflows.feel.numbers import whole
from workflows.feel.operators import OPERATIONS, calculate, compare, equal, kind_name, negate, ordered
from workflows.feel.problems import MAX_LIST, Exhausted, Wrong, place
from workflows.feel.properties import property_of
from workflows.feel.values import Function, Range, Value

Compiler = Callable[["Source", Any], Compiled]
COMPILERS: Final[dict[type[Node], Compiler]] = {}


class Source:
    """The text being compiled, so that problems know their place."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self.text = text

    def where(self, node: Node) -> tuple[int, int]:
        """Line and column of a node."""
        return place(self.text, node.at)

    def compile(self, node: Node) -> Compiled:
        """The closure that evaluates a node."""
        return COMPILERS[type(node)](self, node)


def compiles(kind: type[Node]) -> Callable[[Compiler], Compiler]:
    """Register how a kind of node is compiled."""

    def register(compiler: Compiler) -> Compiler:
        COMPILERS[kind] = compiler
        return compiler

    return register


@compiles(nodes.Literal)
def _literal(_source: Source, node: nodes.Literal) -> Compiled:
    value = node.value
    return lambda _env: value


@compiles(nodes.Unreadable)
def _unreadable(source: Source, node: nodes.Unreadable) -> Compiled:
    where, sentence = source.where(node), node.sentence
    return lambda env: env.run.record(where, sentence)


@compiles(nodes.Name)
def _name(source: Source, node: nodes.Name) -> Compiled:
    name, where = node.name, source.where(node)
    built_in = BUILT_IN.get(name)

    def evaluate(env: Env) -> Value:
        try:
            value = env.find(name)
        except Wrong as wrong:
            env.run.record(where, f"“{name}”{wrong}")
            return None
        if value is not NOTHING:
            return value
        function = env.run.functions.get(name, built_in)
        if function is None:
            env.run.record(where, f"未知名称“{name}”")
        return function

    return evaluate


def _trail(node: Node) -> tuple[str, ...]:
    """The names of a plain path `a.b.c`; empty for any other node."""
    names: list[str] = []
    while isinstance(node, nodes.Path):
        names.append(node.name)
        node = node.base
    if not isinstance(node, nodes.Name):
        return ()
    return (node.name, *reversed(names))


@compiles(nodes.Path)
def _path(source: Source, node: nodes.Path) -> Compiled:
    base, name, where = source.compile(node.base), node.name, source.where(node)
    trail = _trail(node)

    def step(env: Env) -> Value:
        try:
            return property_of(base(env), name)
        except Wrong as wrong:
            env.run.record(where, str(wrong))
            return None

    if not trail:
        return step

    def evaluate(env: Env) -> Value:
        # The way straight through the host's contexts converts only what is asked for.
        if not env.holds(trail[0]):
            try:
                value = env.run.look(trail)
            except Wrong as wrong:
                env.run.record(where, str(wrong))
                return None
            if value is not NOTHING:
                return value
        return step(env)

    return evaluate


@compiles(nodes.Filter)
def _filter(source: Source, node: nodes.Filter) -> Compiled:
    base, test, where = source.compile(node.base), source.compile(node.test), source.where(node)
    cost = weight(node.test)

    def evaluate(env: Env) -> Value:
        items = base(env)
        if type(items) is not list:
            items = [] if items is None else [items]
        kept = []
        for item in items:
            env.run.spend(cost)
            answer = test(_within_item(env, item))
            if type(answer) is Decimal:
                return _at_index(env, items, answer, where)
            if answer is True:
                kept.append(item)
            elif answer is not False and answer is not None:
                env.run.record(where, f"筛选条件不应是{kind_name(answer)}")
        if not items and type(test(_within_item(env, None))) is Decimal:
            return None
        return kept

    return evaluate


def _within_item(env: Env, item: Value) -> Env:
    within = env.within({"item": item})
    return within.within(item) if type(item) is dict else within


def _at_index(env: Env, items: list[Value], index: Decimal, where: tuple[int, int]) -> Value:
    position = whole(index)
    if position and 0 < abs(position) <= len(items):
        return items[position - 1 if position > 0 else position]
    env.run.record(where, f"列表没有第{index}项")
    return None


@compiles(nodes.ListOf)
def _list(source: Source, node: nodes.ListOf) -> Compiled:
    items = [source.compile(item) for item in node.items]
    return lambda env: [item(env) for item in items]


@compiles(nodes.ContextOf)
def _context(source: Source, node: nodes.ContextOf) -> Compiled:
    entries = [(key, source.compile(part)) for key, part in node.entries]
    where, twice = source.where(node), len({key for key, _ in entries}) < len(entries)

    def evaluate(env: Env) -> Value:
        if twice:
            env.run.record(where, "上下文中有重复的名称")
            return None
        context: dict[str, Value] = {}
        inside = env.within(context)
        for key, part in entries:
            context[key] = part(inside)
        return context

    return evaluate


@compiles(nodes.Arithmetic)
def _arithmetic(source: Source, node: nodes.Arithmetic) -> Compiled:
    left, right, where, op = (
        source.compile(node.left),
        source.compile(node.right),
        source.where(node),
        node.op,
    )
    of_numbers, plain = OPERATIONS[op, Decimal, Decimal], op not in ("/", "**")

    def evaluate(env: Env) -> Value:
        one, other = left(env), right(env)
        try:
            if type(one) is Decimal is type(other) and plain:
                return of_numbers(one, other)
            return calculate(op, one, other)
        except (Wrong, ArithmeticError) as wrong:
            env.run.record(where, str(wrong) if isinstance(wrong, Wrong) else "计算没有结果或超出数字范围")
            return None

    return evaluate


@compiles(nodes.Negate)
def _negate(source: Source, node: nodes.Negate) -> Compiled:
    operand, where = source.compile(node.operand), source.where(node)
    if isinstance(node.operand, nodes.Literal) and type(node.operand.value) is Decimal:
        constant = -node.operand.value
        return lambda _env: constant

    def evaluate(env: Env) -> Value:
        try:
            return negate(operand(env))
        except Wrong as wrong:
            env.run.record(where, str(wrong))
            return None

    return evaluate


@compiles(nodes.Compare)
def _compare(source: Source, node: nodes.Compare) -> Compiled:
    left, right, where, op = (
        source.compile(node.left),
        source.compile(node.right),
        source.where(node),
        node.op,
    )

    def evaluate(env: Env) -> bool | None:
        one, other = left(env), right(env)
        answer = equal(one, other) if op == "=" else compare(op, one, other)
        if answer is None and one is not None and other is not None:
            env.run.record(where, f"{kind_name(one)}与{kind_name(other)}不能用“{op}”比较")
        return answer

    return evaluate


@compiles(nodes.Logic)
def _logic(source: Source, node: nodes.Logic) -> Compiled:
    operands = [source.compile(operand) for operand in node.operands]
    decisive = node.op == "or"

    return lambda env: three_valued((operand(env) for operand in operands), decisive=decisive)


@compiles(nodes.Call)
def _call(source: Source, node: nodes.Call) -> Compiled:
    arguments = [(name, source.compile(part)) for name, part in node.arguments]
    where = source.where(node)
    named = bool(arguments) and arguments[0][0] is not None
    target = _callee(source, node.target)

    def evaluate(env: Env) -> Value:
        function = target(env)
        if function is None:
            return None
        try:
            if named:
                return function(env.run, [], {str(name): part(env) for name, part in arguments})
            return function(env.run, [part(env) for _, part in arguments])
        except Wrong as wrong:
            env.run.record(where, f"{function.name}：{wrong}" if function.name else str(wrong))
            return None

    return evaluate


def _callee(source: Source, node: Node) -> Callable[[Env], Function | None]:
    value, where = source.compile(node), source.where(node)
    name = node.name if isinstance(node, nodes.Name) else ""
    built_in = BUILT_IN.get(name)

    def find(env: Env) -> Function | None:
        if name:
            found = env.find(name)
            if type(found) is not Function:
                found = env.run.functions.get(name, built_in)
        else:
            found = value(env)
        if type(found) is Function:
            return found
        env.run.record(where, f"没有名为“{name}”的函数" if name else "这里不是函数，不能调用")
        return None

    return find


@compiles(nodes.RangeOf)
def _range(source: Source, node: nodes.RangeOf) -> Compiled:
    start, end, where = source.compile(node.start), source.compile(node.end), source.where(node)
    sides = node.start_included, node.end_included

    def evaluate(env: Env) -> Value:
        low, high = start(env), end(env)
        if ordered(high if low is None else low, low if high is None else high) is None:
            env.run.record(where, "区间的两端不能比较")
            return None
        return Range(low, high, sides[0] and low is not None, sides[1] and high is not None)

    return evaluate


@compiles(nodes.Bound)
def _bound(source: Source, node: nodes.Bound) -> Compiled:
    operand, where, op = source.compile(node.operand), source.where(node), node.op

    def evaluate(env: Env) -> Value:
        value = operand(env)
        if op == "!=" or value is None:
            env.run.record(where, f"“{op}”在此不构成区间")
            return None
        if ordered(value, value) is None:
            env.run.record(where, f"{kind_name(value)}不分先后，不能作区间的端点")
            return None
        if op == "=":
            return Range(value, value)
        if op in ("<", "<="):
            return Range(None, value, False, op == "<=")
        return Range(value, None, op == ">=", False)

    return evaluate


def bounded(items: list[Value]) -> list[Value]:
    """The list, when it is not too long."""
    if len(items) > MAX_LIST:
        raise Exhausted("列表过长")
    return items


def weight(node: Node) -> int:
    """The steps that evaluating a body once costs, so that a long body counts as the work it is."""
    parts, pending = 0, [node]
    while pending:
        parts += 1
        pending.extend(children(pending.pop()))
    return 1 + parts // 4


def mentions(node: Node, name: str) -> bool:
    """Whether a name occurs anywhere in the tree."""
    if isinstance(node, nodes.Name) and node.name == name:
        return True
    return any(mentions(child, name) for child in children(node))


def free_names(node: Node, bound: frozenset[str] = frozenset()) -> set[str]:
    """The variables an expression takes from its scope, built-in functions left out."""
    if isinstance(node, nodes.Name):
        return set() if node.name in bound or node.name in BUILT_IN else {node.name}
    if isinstance(node, nodes.Loop):
        return _free_in_loop(node, bound)
    if isinstance(node, nodes.ContextOf):
        found: set[str] = set()
        for key, part in node.entries:
            found |= free_names(part, bound)
            bound |= {key}
        return found
    if isinstance(node, nodes.FunctionOf):
        return (
            set() if node.external else free_names(node.body, bound | {name for name, _ in node.parameters})
        )
    if isinstance(node, nodes.Filter):
        # An element's own entries are in scope inside the brackets; so none there is surely a stranger.
        return free_names(node.base, bound)
    return {name for child in children(node) for name in free_names(child, bound)}


def _free_in_loop(node: nodes.Loop, bound: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for name, part in node.iterators:
        found |= free_names(part, bound)
        bound |= {name, "partial"}
    return found | free_names(node.body, bound)
