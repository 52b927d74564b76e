"""Expressions that have been read, kept by their text, and the ways to evaluate them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from workflows.feel import control  # noqa: F401 - registers how its kinds of node are compiled
from workflows.feel.compiling import Source, free_names
from workflows.feel.effort import spending
from workflows.feel.environment import Compiled, Env, Run
from workflows.feel.grammar import read_expression, read_unary_tests
from workflows.feel.nodes import Node
from workflows.feel.problems import Exhausted, FeelProblem, FeelSyntaxError, Wrong
from workflows.feel.values import Function, Value, from_feel, to_feel
from workflows.feel.vocabulary import may_be_special, special_names

_CACHED: Final = 4096
_LONG: Final = 400  # characters from which an expression counts as long
_CACHED_LONG: Final = 64  # so that texts of the greatest length cannot fill the memory
_HOST_CALL: Final = 100  # steps: what a host does is not counted by itself
HostFunctions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression or a cell of unary tests, read once and ready to run."""

    text: str
    node: Node
    compiled: Compiled

    def value_in(self, env: Env) -> Value:
        """The value among the names of the environment; limits reached become null and a problem."""
        under_way = spending.set(env.run.spend)
        try:
            return self.compiled(env)
        except (Exhausted, Wrong) as limit:
            env.run.record((1, 1), str(limit))
        except ArithmeticError:
            env.run.record((1, 1), "计算没有结果或超出数字范围")
        except RecursionError:
            env.run.record((1, 1), "计算层次过深")
        finally:
            spending.reset(under_way)
        return None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A value with the reasons why parts of it became null."""

    value: Any
    errors: tuple[FeelProblem, ...]


def _read(text: str, names: frozenset[str], unary: bool) -> Expression | FeelSyntaxError:  # noqa: FBT001 - a cache key
    try:
        node = (read_unary_tests if unary else read_expression)(text, names)
        return Expression(text, node, Source(text).compile(node))
    except FeelSyntaxError as error:
        return error
    except RecursionError:
        return FeelSyntaxError(1, 1, "表达式嵌套过深")


_read_short: Final = lru_cache(maxsize=_CACHED)(_read)
_read_long: Final = lru_cache(maxsize=_CACHED_LONG)(_read)


def parse(text: str, names: frozenset[str] = frozenset(), *, unary: bool = False) -> Expression:
    """The expression of a text; `names` are those in scope that look like operators, such as `a-b`."""
    found = (_read_short if len(text) < _LONG else _read_long)(text, names, unary)
    if isinstance(found, FeelSyntaxError):
        raise FeelSyntaxError(found.line, found.column, found.sentence)
    return found


def names(expression: Expression) -> frozenset[str]:
    """The variables an expression needs from its scope."""
    return frozenset(free_names(expression.node))


_may_be_special: Final = lru_cache(maxsize=_CACHED)(may_be_special)


def _parsed_for(text: str, scope: Mapping[str, Any], *, unary: bool) -> Expression:
    depends = _may_be_special(text) if len(text) < _LONG else may_be_special(text)
    special = special_names(scope, text) if depends else frozenset()
    return parse(text, special, unary=unary)


def host_function(name: str, function: Callable[..., Any]) -> Function:
    """A function the host lends to expressions."""

    def call(run: Run, arguments: list[Value], named: Mapping[str, Value] | None) -> Value:
        run.spend(_HOST_CALL)
        by_name = {key: from_feel(value) for key, value in (named or {}).items()}
        try:
            return to_feel(function(*(from_feel(value) for value in arguments), **by_name))
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            raise Wrong("参数不符，没有结果") from error

    return Function(name, (), call)


class Lent:
    """The host's functions, each made ours when an expression first asks for it: most ask for none."""

    __slots__ = ("host",)

    def __init__(self, host: HostFunctions) -> None:
        """Keep the host's functions."""
        self.host = host

    def get(self, name: str, default: Function | None) -> Function | None:
        """The function of that name, or the default."""
        found = self.host.get(name)
        return default if found is None else host_function(name, found)


def new_run(
    scope: Mapping[str, Any],
    functions: HostFunctions | None,
    at: datetime | None,
    types: Callable[[str], Any] | None = None,
) -> Run:
    """A fresh evaluation over the host's scope."""
    return Run(scope, Lent(functions) if functions else None, at, types)


def handed_over(run: Run, value: Value) -> Any:
    """The value as the host sees it; one too large for that is null with its reason."""
    if type(value) is bool:
        return value  # what conditions come to
    try:
        return from_feel(value)
    except Wrong as limit:
        run.record((1, 1), str(limit))
    except RecursionError:
        run.record((1, 1), "结果过大或嵌套过深")
    return None


def evaluate_recording(
    text: str,
    scope: Mapping[str, Any] | None = None,
    *,
    functions: HostFunctions | None = None,
    at: datetime | None = None,
) -> Evaluation:
    """The value of an expression and the problems met; an unreadable text is null with its problem."""
    names_in_scope = scope or {}
    run = new_run(names_in_scope, functions, at)
    try:
        expression = _parsed_for(text, names_in_scope, unary=False)
    except FeelSyntaxError as error:
        return Evaluation(None, (error.problem,))
    value = handed_over(run, expression.value_in(Env({}, None, run)))
    return Evaluation(value, tuple(run.problems))


def evaluate(
    text: str,
    scope: Mapping[str, Any] | None = None,
    *,
    functions: HostFunctions | None = None,
    at: datetime | None = None,
) -> Any:
    """The value of an expression; raises FeelSyntaxError for a text that cannot be read."""
    names_in_scope = scope or {}
    expression = _parsed_for(text, names_in_scope, unary=False)
    run = new_run(names_in_scope, functions, at)
    return handed_over(run, expression.value_in(Env({}, None, run)))


def unary(
    text: str,
    value: Any,
    scope: Mapping[str, Any] | None = None,
    *,
    functions: HostFunctions | None = None,
    at: datetime | None = None,
) -> bool | None:
    """Whether a value passes unary tests such as `< 5, [7..9]`; None when that cannot be said."""
    names_in_scope = scope or {}
    expression = _parsed_for(text, names_in_scope, unary=True)
    run = new_run(names_in_scope, functions, at)
    try:
        subject = to_feel(value)
    except Wrong:
        return None
    answer = expression.value_in(Env({"?": subject}, None, run))
    return answer if isinstance(answer, bool) else None
