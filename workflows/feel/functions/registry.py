"""How a standard function is declared: its signatures as text, its body as a plain Python function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.problems import MAX_LIST, MAX_STRING, Exhausted, Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.values import Function, Range, Value

if TYPE_CHECKING:
    from workflows.feel.environment import Run

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (Date,),
    "time": (Time,),
    "datetime": (DateTime,),
    "day": (Date, DateTime),
    "moment": (Date, Time, DateTime),
    "duration": (YearsMonths, DaysTime),
    "days": (DaysTime,),
    "range": (Range,),
    "function": (Function,),
    "any": (),
}
_SIGNATURE: Final = re.compile(r"(?P<name>[^(]+)\((?P<parameters>.*)\)")
_MISSING: Final = object()
Body = TypeVar("Body", bound=Callable[..., Value])

BUILT_IN: Final[dict[str, Function]] = {}
_overloads: Final[dict[str, list[Overload]]] = {}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, the kinds of value it takes, and whether it may be left out or be null."""

    name: str
    kinds: tuple[type, ...]
    optional: bool
    nullable: bool
    many: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way of calling a function."""

    parameters: tuple[Parameter, ...]
    body: Callable[..., Value]
    with_run: bool

    def fit(self, arguments: list[Value], named: Mapping[str, Value] | None) -> list[Value] | None:
        """The values to call the body with, or None when they do not fit."""
        given = self._in_order(arguments, named)
        if given is None:
            return None
        fitted: list[Value] = []
        for value, parameter in given:
            if value is _MISSING:
                continue
            suited = _suited(value, parameter)
            if suited is _MISSING:
                return None
            fitted.append(suited)
        return fitted

    def _in_order(
        self,
        arguments: list[Value],
        named: Mapping[str, Value] | None,
    ) -> list[tuple[Value, Parameter]] | None:
        if named is not None:
            return self._by_name(named)
        parameters = self.parameters
        if parameters and parameters[-1].many:
            extra = max(0, len(arguments) - len(parameters))
            parameters = parameters + (parameters[-1],) * extra
        if len(arguments) > len(parameters):
            return None
        if not all(parameter.optional for parameter in parameters[len(arguments) :]):
            return None
        return list(zip(arguments, parameters, strict=False))

    def _by_name(self, named: Mapping[str, Value]) -> list[tuple[Value, Parameter]] | None:
        if named.keys() - {parameter.name for parameter in self.parameters}:
            return None
        given = []
        for parameter in self.parameters:
            value = named.get(parameter.name, None if parameter.optional else _MISSING)
            if value is _MISSING:
                return None
            given.append((value, parameter))
        return given


def _suited(value: Value, parameter: Parameter) -> Value:
    kinds = parameter.kinds
    if not kinds or type(value) in kinds:
        return value
    if value is None:
        return value if parameter.nullable or parameter.optional else _MISSING
    if type(value) is list and len(value) == 1 and type(value[0]) in kinds:
        return value[0]
    if kinds == (list,):
        return [value]
    if kinds == (DateTime,) and type(value) is Date:
        return DateTime(value, Time(0, 0))
    return _MISSING


def _parameter(text: str) -> Parameter:
    """`name: kind`, with `?` after the name for optional, `*` for many, `|null` after the kind."""
    name, _, kind = text.partition(":")
    name, kind = name.strip(), kind.strip()
    nullable = kind.endswith("|null")
    kinds = tuple(t for part in kind.removesuffix("|null").split("|") for t in _KINDS[part])
    return Parameter(name.rstrip("?*"), kinds, name.endswith("?"), nullable, name.endswith("*"))


def feel(*signatures: str, with_run: bool = False) -> Callable[[Body], Body]:
    """Make a Python function a standard function under these signatures."""

    def register(body: Body) -> Body:
        for signature in signatures:
            match = _SIGNATURE.fullmatch(signature)
            if match is None:
                raise ValueError(signature)
            parts = [part for part in match["parameters"].split(",") if part.strip()]
            overload = Overload(tuple(_parameter(part) for part in parts), body, with_run)
            _add(match["name"], overload)
        return body

    return register


def _add(name: str, overload: Overload) -> None:
    ways = _overloads.setdefault(name, [])
    ways.append(overload)
    longest = max(ways, key=lambda way: len(way.parameters))
    BUILT_IN[name] = Function(name, tuple(p.name for p in longest.parameters), _dispatch(ways))


def _dispatch(ways: list[Overload]) -> Callable[[Run, list[Value], Mapping[str, Value] | None], Value]:
    def call(run: Run, arguments: list[Value], named: Mapping[str, Value] | None) -> Value:
        for value in arguments if named is None else named.values():
            _charge(run, value)
        for way in ways if named is None else _as_written(ways, named):
            fitted = way.fit(arguments, named)
            if fitted is not None:
                return _checked(run, way.body(run, *fitted) if way.with_run else way.body(*fitted))
        raise Wrong("参数的个数、名称或类型不符")

    return call


def _as_written(ways: list[Overload], named: Mapping[str, Value]) -> list[Overload]:
    """First the ways naming them in this order, which tells `before(range, point)` from its reverse."""
    written = list(named)
    return sorted(ways, key=lambda way: [parameter.name for parameter in way.parameters] != written)


def _charge(run: Run, value: Value) -> None:
    """What is long to go through costs steps."""
    kind = type(value)
    if kind is list or kind is dict:
        run.spend(len(value) // 4)
    elif kind is str:
        run.spend(len(value) // 200)


def _checked(run: Run, value: Value) -> Value:
    """The result, when it is not too large; what is large also costs steps."""
    kind = type(value)
    if kind is list:
        run.spend(len(value) // 10)
        if len(value) > MAX_LIST:
            raise Exhausted("列表过长")
    elif kind is str:
        run.spend(len(value) // 100)
        if len(value) > MAX_STRING:
            raise Wrong("字符串过长")
    return value


def integer(value: Any, sentence: str = "应为整数") -> int:
    """The Python int of a whole number; raises Wrong for a fraction."""
    if value != value.to_integral_value() or value.adjusted() > 18:
        raise Wrong(sentence)
    return int(value)
