"""The tree of an expression: what was read, before it becomes something to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression and the character offset where it stands."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written down."""

    value: Value


@dataclass(frozen=True, slots=True)
class Unreadable(Node):
    """`@"…"` whose text is no date, time or duration: null with this reason."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or a function."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`base.name`."""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`base[test]`."""

    base: Node
    test: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`target(a, b)` or `target(x: a, y: b)`; the names are None when positional."""

    target: Node
    arguments: tuple[tuple[str | None, Node], ...]


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    """`{a: 1, "b c": 2}`."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    """`[a..b)`; in a for expression also the bare `a..b`."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """`< 5` on its own: everything on one side of a value."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a + b` and the like."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """`-a`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a <= b` and the like."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`a and b and c`, or the same with `or`."""

    op: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`a between b and c`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`a in (t1, t2)`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if a then b else c`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """`for`, `some` or `every` over one or more lists."""

    kind: str
    iterators: tuple[tuple[str, Node], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as written: `number`, `list<string>`, `context<a: number>`, `function<number> -> string`."""

    name: str
    parts: tuple[TypeName, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionOf(Node):
    """`function(a: number, b) body`; an external one is read but never run."""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: Node
    external: bool


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`a instance of number`."""

    value: Node
    type: TypeName


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The cell of a decision table: `< 5, [7..9]`, `not("a")` or `-`."""

    tests: tuple[Node, ...]
    negated: bool
