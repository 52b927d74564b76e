"""Reads expressions and unary tests: a Pratt parser over the tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workflows.feel import nodes
from workflows.feel.nodes import Node
from workflows.feel.numbers import number
from workflows.feel.problems import MAX_DEPTH, MAX_NESTING, Wrong
from workflows.feel.reading import Reader, opens
from workflows.feel.temporal import at_literal
from workflows.feel.tokens import string_value

_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER = 1, 2, 3, 4, 5, 6
_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_LEVELS: Final = {
    **dict.fromkeys(("or",), _OR),
    **dict.fromkeys(("and",), _AND),
    **dict.fromkeys((*_COMPARISONS, "between", "in", "instance"), _COMPARISON),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/"), _PRODUCT),
    "**": _POWER,
}
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_NO_OPERAND: Final = frozenset((")", "]", "}", ",", ":", ""))


def read_expression(text: str, names: frozenset[str] = frozenset()) -> Node:
    """The tree of an expression."""
    grammar = _Grammar(text, names)
    return grammar.finish(grammar.expression())


def read_unary_tests(text: str, names: frozenset[str] = frozenset()) -> Node:
    """The tree of a decision table's cell."""
    grammar = _Grammar(text, names)
    return grammar.finish(grammar.unary_tests())


def children(node: Node) -> Iterator[Node]:
    """The parts directly below a node."""
    pending: list[object] = [getattr(node, name) for name in node.__dataclass_fields__]
    while pending:
        part = pending.pop()
        if isinstance(part, Node):
            yield part
        elif isinstance(part, tuple):
            pending.extend(part)


class _Grammar(Reader):
    def __init__(self, text: str, names: frozenset[str]) -> None:
        super().__init__(text, names)
        self._nesting = 0
        self._endpoint = False  # while reading `]a..b[`, the last bracket closes and does not filter

    def finish(self, node: Node) -> Node:
        if self.token.kind != "end":
            raise self.unexpected()
        pending = [(node, 1)]
        while pending:
            part, depth = pending.pop()
            if depth > MAX_DEPTH:
                raise self.fail("表达式层次过多", part.at)
            pending.extend((child, depth + 1) for child in children(part))
        return node

    # -- expressions ---------------------------------------------------------------------------

    def expression(self, level: int = _OR, *, endpoint: bool = False) -> Node:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self.fail("表达式嵌套过深")
        outside, self._endpoint = self._endpoint, endpoint
        left = self._prefix()
        while (found := self._level()) >= level:
            left = self._infix(left, found)
        self._endpoint = outside
        self._nesting -= 1
        return left

    def _level(self) -> int:
        token = self.token
        return _LEVELS.get(token.text, 0) if token.kind in ("op", "name") else 0

    def _infix(self, left: Node, level: int) -> Node:
        op = self.token.text
        if level <= _AND:
            return self._logic(left, op, level)
        at = self.take().start
        if op == "between":
            low = self.expression(_SUM)
            self.expect("and")
            return nodes.Between(at, left, low, self.expression(_SUM))
        if op == "in":
            return nodes.In(at, left, self._in_tests())
        if op == "instance":
            self.expect("of")
            return nodes.InstanceOf(at, left, self.type_name())
        right = self.expression(level + 1, endpoint=self._endpoint)
        if level == _COMPARISON:
            return nodes.Compare(at, op, left, right)
        return nodes.Arithmetic(at, op, left, right)

    def _logic(self, left: Node, op: str, level: int) -> Node:
        at = self.token.start
        operands = [left]
        while self.accept(op):
            operands.append(self.expression(level + 1))
        return nodes.Logic(at, op, tuple(operands))

    def _in_tests(self) -> tuple[Node, ...]:
        if not self.at_op("("):
            return (self.expression(_SUM),)
        at = self.take().start
        first = self.expression()
        if self.at_op(".."):
            return (self._range(at, first, start_included=False),)
        tests = [first]
        while self.accept(","):
            tests.append(self.expression())
        self.expect(")")
        return tuple(tests)

    # -- what an expression begins with --------------------------------------------------------

    def _prefix(self) -> Node:
        token = self.token
        if token.kind == "op":
            return self._prefix_sign()
        if token.kind == "number":
            return self._postfix(self._number())
        if token.kind == "string":
            self.take()
            return self._postfix(nodes.Literal(token.start, string_value(token.text)))
        if opens(token) and not self.has_special():
            return self._keyword()
        return self._postfix(nodes.Name(token.start, self.name()))

    def _prefix_sign(self) -> Node:
        token = self.token
        if token.text == "-":
            self.take()
            self._nesting += 1
            if self._nesting > MAX_NESTING:
                raise self.fail("表达式嵌套过深")
            operand = self._prefix()
            self._nesting -= 1
            return nodes.Negate(token.start, operand)
        if token.text in _COMPARISONS:
            self.take()
            return nodes.Bound(token.start, token.text, self.expression(_SUM))
        if token.text == "@":
            return self._postfix(self._at_literal())
        if token.text in "([]{":
            return self._postfix(self._bracket())
        raise self.unexpected()

    def _number(self) -> Node:
        token = self.take()
        try:
            return nodes.Literal(token.start, number(token.text))
        except Wrong as wrong:
            raise self.fail(str(wrong), token.start) from wrong

    def _at_literal(self) -> Node:
        at = self.take().start
        if self.token.kind != "string":
            raise self.unexpected("带引号的日期、时间或时段")
        try:
            return nodes.Literal(at, at_literal(string_value(self.take().text)))
        except Wrong as wrong:
            return nodes.Unreadable(at, str(wrong))

    def _bracket(self) -> Node:
        opening = self.take()
        at = opening.start
        if opening.text == "{":
            return self._context(at)
        if opening.text == "[" and self.accept("]"):
            return nodes.ListOf(at, ())
        first = self.expression()
        if self.at_op(".."):
            return self._range(at, first, start_included=opening.text == "[")
        if opening.text == "]":
            raise self.unexpected("“..”")
        if opening.text == "(":
            self.expect(")")
            return first
        items = [first]
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return nodes.ListOf(at, tuple(items))

    def _range(self, at: int, start: Node, *, start_included: bool) -> Node:
        self.expect("..")
        end = self.expression(_SUM, endpoint=True)
        if not self.at_op(")", "]", "["):
            raise self.unexpected("“]”、“)”或“[”")
        return nodes.RangeOf(at, start, end, start_included, self.take().text == "]")

    def _context(self, at: int) -> Node:
        entries: list[tuple[str, Node]] = []
        while not self.accept("}"):
            if entries:
                self.expect(",")
            key = self._key()
            self.expect(":")
            entries.append((key, self.expression()))
        return nodes.ContextOf(at, tuple(entries))

    def _key(self) -> str:
        if self.token.kind != "string":
            return self.new_name(":")
        key = string_value(self.take().text)
        if len(key.split()) == 1 or key.strip() == key:
            try:
                self.learn(key)
            except Exception as error:  # noqa: BLE001 - a quoted key need not look like a name at all
                del error
        return key

    # -- what follows an operand ---------------------------------------------------------------

    def _postfix(self, base: Node) -> Node:
        while True:
            token = self.token
            if token.kind != "op":
                return base
            if token.text == "(":
                base = self._call(base)
            elif token.text == "[" and not self._closes_here():
                base = self._filter(base)
            elif token.text == ".":
                self.take()
                base = nodes.Path(token.start, base, self.name())
            else:
                return base

    def _filter(self, base: Node) -> Node:
        at = self.take().start
        self.among_members += 1
        test = self.expression()
        self.among_members -= 1
        self.expect("]")
        return nodes.Filter(at, base, test)

    def _closes_here(self) -> bool:
        if not self._endpoint:
            return False
        following = self.tokens[self.index + 1]
        return following.kind == "end" or following.text in _NO_OPERAND or following.text in _LEVELS

    def _call(self, target: Node) -> Node:
        at = self.take().start
        arguments: list[tuple[str | None, Node]] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            arguments.append((self._argument_name(), self.expression()))
        if len({name is None for name, _ in arguments}) > 1:
            raise self.fail("按名称传的参数与按位置传的参数不能混用", at)
        self._once([name for name, _ in arguments if name is not None], at)
        return nodes.Call(target.at if isinstance(target, nodes.Name) else at, target, tuple(arguments))

    def _once(self, names: list[str], at: int) -> None:
        """Refuse a parameter that is named twice."""
        twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
        if twice is not None:
            raise self.fail(f"参数“{twice}”重复", at)

    def _argument_name(self) -> str | None:
        """`name:` before an argument; a look ahead decides, because any name may also begin a value."""
        if self.token.kind != "name":
            return None
        index = self.index
        while self.tokens[index].kind in ("name", "number") or self.tokens[index].text in (
            "-",
            "+",
            "*",
            "/",
            "'",
        ):
            index += 1
        if self.tokens[index].text != ":" or self.tokens[index].kind != "op":
            return None
        first, last = self.token, self.tokens[index - 1]
        self.index = index + 1
        return " ".join(self.text[first.start : last.end].split())

    # -- keywords ------------------------------------------------------------------------------

    def _keyword(self) -> Node:
        token = self.token
        if token.text in _CONSTANTS:
            self.take()
            return self._postfix(nodes.Literal(token.start, _CONSTANTS[token.text]))
        self.take()
        if token.text == "if":
            return self._if(token.start)
        if token.text == "function":
            return self._postfix(self._function(token.start))
        return self._loop(token.start, token.text)

    def _if(self, at: int) -> Node:
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return nodes.If(at, condition, then, self.expression())

    def _loop(self, at: int, kind: str) -> Node:
        iterators: list[tuple[str, Node]] = []
        while True:
            name = self.new_name("in", ",", "")
            self.expect("in")
            start = self.token.start
            source = self.expression()
            if self.accept(".."):
                source = nodes.RangeOf(start, source, self.expression(_SUM), True, True)
            iterators.append((name, source))
            if not self.accept(","):
                break
        self.expect("return" if kind == "for" else "satisfies")
        return nodes.Loop(at, kind, tuple(iterators), self.expression())

    def _function(self, at: int) -> Node:
        self.expect("(")
        parameters: list[tuple[str, nodes.TypeName | None]] = []
        while not self.accept(")"):
            if parameters:
                self.expect(",")
            name = self.new_name(":", ",", ")", "")
            parameters.append((name, self.type_name() if self.accept(":") else None))
        self._once([name for name, _ in parameters], at)
        external = self.accept("external")
        return nodes.FunctionOf(at, tuple(parameters), self.expression(), external)

    # -- unary tests ---------------------------------------------------------------------------

    def unary_tests(self) -> Node:
        if self.at_op("-") and self.tokens[self.index + 1].kind == "end":
            self.take()
            return nodes.UnaryTests(0, (), False)
        if self.at_word("not") and self.follows("("):
            negated = self._negated_tests()
            if negated is not None:
                return negated
        tests = [self.expression()]
        while self.accept(","):
            tests.append(self.expression())
        return nodes.UnaryTests(0, tuple(tests), False)

    def _negated_tests(self) -> Node | None:
        """`not(…)` around the whole cell; None when the bracket closes earlier, as in `not(a) and b`."""
        before = self.index
        self.index += 2
        tests = [self.expression()]
        while self.accept(","):
            tests.append(self.expression())
        if self.accept(")") and self.token.kind == "end":
            return nodes.UnaryTests(0, tuple(tests), True)
        self.index = before
        return None
