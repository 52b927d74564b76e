"""What kind of value an expression gives, as far as its writing tells, and where kinds in it clash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from workflows.feel import nodes
from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.grammar import children
from workflows.feel.nodes import Node
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.types import ANY, Type

WORDS: Final = {
    "number": "数字",
    "string": "文字",
    "boolean": "是否",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "天数时长",
    "years and months duration": "年月时长",
}
"""The simple kinds, as an official would call them."""

_OF_VALUES: Final[dict[type, str]] = {
    Decimal: "number",
    str: "string",
    bool: "boolean",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysTime: "days and time duration",
    YearsMonths: "years and months duration",
}
_OF_CALLS: Final = {
    **dict.fromkeys(("date", "today"), "date"),
    **dict.fromkeys(("date and time", "now"), "date and time"),
    "time": "time",
    "workdays": "date",
    "years and months duration": "years and months duration",
    **dict.fromkeys(
        "number abs floor ceiling decimal modulo sqrt count sum mean median stddev product round up".split(),
        "number",
    ),
    **dict.fromkeys(("string length", "day of year", "week of year"), "number"),
    **dict.fromkeys(
        ("string", "substring", "upper case", "lower case", "string join", "replace", "day of week"), "string"
    ),
    **dict.fromkeys(
        (
            "contains",
            "starts with",
            "ends with",
            "matches",
            "list contains",
            "not",
            "all",
            "any",
            "is defined",
        ),
        "boolean",
    ),
    **dict.fromkeys(("before", "after", "during", "includes", "coincides", "even", "odd"), "boolean"),
    **dict.fromkeys(
        ("append", "concatenate", "union", "distinct values", "flatten", "sort", "split"), "list"
    ),
}
_DATES: Final = ("date", "date and time")
_DATE_PARTS: Final = frozenset(("year", "month", "day", "weekday"))
_PLAIN: Final = frozenset(("number", "string", "boolean"))
_BOOLEAN: Final = Type("boolean")


@dataclass(slots=True)
class Inference:
    """One expression looked through: the kinds of the names in scope, the clashes met."""

    scope: Mapping[str, Type]
    clashes: list[tuple[int, str]] = field(default_factory=list)  # offset in the text, sentence

    def kind(self, node: Node) -> Type:
        """The type of what a node gives; Any where that cannot be told."""
        method = _METHODS.get(type(node))
        if method is not None:
            return method(self, node)
        for part in children(node):
            self.kind(part)
        return ANY

    def literal(self, node: nodes.Literal) -> Type:
        """A value that is written down."""
        return Type(_OF_VALUES[type(node.value)]) if type(node.value) in _OF_VALUES else ANY

    def name(self, node: nodes.Name) -> Type:
        """What the scope says."""
        return self.scope.get(node.name, ANY)

    def path(self, node: nodes.Path) -> Type:
        """A context's field; a part of a date."""
        base = self.kind(node.base)
        if base.name == "context" and node.name in base.fields:
            return base.parts[base.fields.index(node.name)]
        return Type("number") if base.name in _DATES and node.name in _DATE_PARTS else ANY

    def arithmetic(self, node: nodes.Arithmetic) -> Type:
        """Numbers give numbers, texts joined a text; a text and a number give nothing."""
        left, right = self.kind(node.left), self.kind(node.right)
        one, other = left.name, right.name
        joined = one == other == "string" and node.op == "+"
        if one in _PLAIN and other in _PLAIN and not joined and (one, other) != ("number", "number"):
            self._clash(node, f"{WORDS[one]}与{WORDS[other]}不能用“{node.op}”计算")
            return ANY
        return left if one == other and one in ("number", "string") else ANY

    def compare(self, node: nodes.Compare) -> Type:
        """Both sides must be of one kind."""
        self.same(node, self.kind(node.left), self.kind(node.right))
        return _BOOLEAN

    def same(self, node: Node, left: Type, right: Type) -> None:
        """Note where two kinds cannot be set against each other."""
        if left.name in WORDS and right.name in WORDS and left.name != right.name:
            self._clash(node, f"{WORDS[left.name]}与{WORDS[right.name]}不能比较")

    def logic(self, node: nodes.Logic) -> Type:
        """Every operand must be true or false."""
        for operand in node.operands:
            kind = self.kind(operand)
            if kind.name in WORDS and kind.name != "boolean":
                self._clash(operand, f"{WORDS[kind.name]}不能用于“{node.op}”")
        return _BOOLEAN

    def between(self, node: nodes.Between) -> Type:
        """As two comparisons."""
        value = self.kind(node.value)
        for end in (node.low, node.high):
            self.same(end, value, self.kind(end))
        return _BOOLEAN

    def membership(self, node: nodes.In) -> Type:
        """The value against each test."""
        value = self.kind(node.value)
        for test in node.tests:
            self.test(test, value)
        return _BOOLEAN

    def test(self, test: Node, value: Type) -> None:
        """One test of a cell against the kind of its column."""
        if isinstance(test, nodes.Bound):
            self.same(test, value, self.kind(test.operand))
        elif isinstance(test, nodes.RangeOf):
            for end in (test.start, test.end):
                self.same(test, value, self.kind(end))
        else:
            kind = self.kind(test)
            # A question that is answered yes or no is not set against the input.
            if isinstance(test, nodes.Literal) or kind.name != "boolean":
                self.same(test, value, kind)

    def choice(self, node: nodes.If) -> Type:
        """What both branches give."""
        self.kind(node.condition)
        then, otherwise = self.kind(node.then), self.kind(node.otherwise)
        return then if then.name == otherwise.name else ANY

    def negation(self, node: nodes.Negate) -> Type:
        """The same kind."""
        return self.kind(node.operand)

    def call(self, node: nodes.Call) -> Type:
        """What a standard function gives."""
        for _, argument in node.arguments:
            self.kind(argument)
        name = node.target.name if isinstance(node.target, nodes.Name) else ""
        known = name in _OF_CALLS and name not in self.scope
        return Type(_OF_CALLS[name]) if known else ANY

    def loop(self, node: nodes.Loop) -> Type:
        """A list, or yes or no; the loop's own names are not the scope's."""
        for _, source in node.iterators:
            self.kind(source)
        hidden = {name for name, _ in node.iterators}
        inside = Inference(
            {name: kind for name, kind in self.scope.items() if name not in hidden}, self.clashes
        )
        inside.kind(node.body)
        return Type("list") if node.kind == "for" else _BOOLEAN

    def inside(self, node: nodes.Filter | nodes.FunctionOf | nodes.ContextOf) -> Type:
        """Names in here may be those of elements, parameters or entries: nothing is said of them."""
        if isinstance(node, nodes.Filter):
            base = self.kind(node.base)
            return base if base.name == "list" else ANY
        return ANY

    def items(self, node: nodes.ListOf) -> Type:
        """A list."""
        for item in node.items:
            self.kind(item)
        return Type("list")

    def instance(self, node: nodes.InstanceOf) -> Type:
        """Yes or no."""
        self.kind(node.value)
        return _BOOLEAN

    def _clash(self, node: Node, sentence: str) -> None:
        self.clashes.append((node.at, sentence))


_METHODS: Final[dict[type[Node], Callable[[Inference, Any], Type]]] = {
    nodes.Literal: Inference.literal,
    nodes.Name: Inference.name,
    nodes.Path: Inference.path,
    nodes.Arithmetic: Inference.arithmetic,
    nodes.Compare: Inference.compare,
    nodes.Logic: Inference.logic,
    nodes.Between: Inference.between,
    nodes.In: Inference.membership,
    nodes.If: Inference.choice,
    nodes.Negate: Inference.negation,
    nodes.Call: Inference.call,
    nodes.Loop: Inference.loop,
    nodes.Filter: Inference.inside,
    nodes.FunctionOf: Inference.inside,
    nodes.ContextOf: Inference.inside,
    nodes.ListOf: Inference.items,
    nodes.InstanceOf: Inference.instance,
}
