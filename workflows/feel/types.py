"""Types as expressions and models name them: whether a value conforms, and the few conversions allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.effort import spend
from workflows.feel.nodes import TypeName
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.values import Function, Range, Value

_SIMPLE: Final[dict[str, type]] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "time": Time,
    "date and time": DateTime,
    "dateTime": DateTime,
    "days and time duration": DaysTime,
    "dayTimeDuration": DaysTime,
    "years and months duration": YearsMonths,
    "yearMonthDuration": YearsMonths,
}
_NAMES: Final = {"dateTime": "date and time", "dayTimeDuration": "days and time duration"} | {
    "yearMonthDuration": "years and months duration",
}
_MAX_DEPTH: Final = 40


@dataclass(frozen=True, slots=True)
class Type:
    """A type: simple by its name, or list, range, context, function with the types of the parts."""

    name: str
    parts: tuple[Type, ...] = ()
    fields: tuple[str, ...] = ()
    allowed: Callable[[Value], bool] | None = None  # what an item definition further allows
    label: str = ""  # the name under which a model declares it


ANY: Final = Type("Any")
Finder = Callable[[str], Type | None]


def resolve(written: TypeName, find: Callable[[str], Any] | None = None) -> Type:
    """The type a written name means; raises Wrong for an unknown one."""
    name = _NAMES.get(written.name, written.name)
    if written.parts:
        if name not in ("list", "range", "context", "function"):
            raise Wrong(f"类型“{name}”没有组成部分")
        return Type(name, tuple(resolve(part, find) for part in written.parts), written.fields)
    declared = find(name) if find is not None else None
    if isinstance(declared, Type):
        return declared
    if name in _SIMPLE or name in ("Any", "Null", "list", "range", "context", "function"):
        return Type(name)
    raise Wrong(f"未知类型“{name}”")


def conforms(value: Value, kind: Type, *, strictly: bool = False) -> bool:
    """Whether the value is of the type; null is of every type, but an instance only of Null."""
    if value is None:
        return kind.name == "Null" or not strictly
    if kind.name == "Any":
        return True
    simple = _SIMPLE.get(kind.name)
    fits = type(value) is simple if simple is not None else _conforms_compound(value, kind)
    return fits and (kind.allowed is None or kind.allowed(value))


def _conforms_compound(value: Value, kind: Type) -> bool:
    check = _COMPOUND.get(kind.name)
    return check is not None and check(value, kind)


def _is_list(value: Value, kind: Type) -> bool:
    if type(value) is not list or not kind.parts:
        return type(value) is list
    spend(1 + len(value) // 4)
    return all(conforms(item, kind.parts[0]) for item in value)


def _is_context(value: Value, kind: Type) -> bool:
    if type(value) is not dict:
        return False
    spend(1)
    return all(
        name in value and conforms(value[name], part)
        for name, part in zip(kind.fields, kind.parts, strict=True)
    )


def _is_range(value: Value, kind: Type) -> bool:
    if type(value) is not Range:
        return False
    return not kind.parts or all(conforms(end, kind.parts[0]) for end in (value.start, value.end))


def _is_function(value: Value, kind: Type) -> bool:
    if type(value) is not Function:
        return False
    if not kind.parts:
        return True
    wanted = kind.parts[:-1]
    if value.types or value.parameters:
        declared = value.types or (None,) * len(value.parameters)
        return len(declared) == len(wanted) and all(
            mine is None or _accepts(theirs, mine) for mine, theirs in zip(declared, wanted, strict=True)
        )
    return not wanted


def _accepts(narrow: Type, wide: Any) -> bool:
    """Whether every value of the narrow type is one of the wide type."""
    if wide.name == "Any" or narrow.name == "Null":
        return True
    if narrow.name != wide.name:
        return False
    if narrow.name == "context":
        mine = dict(zip(narrow.fields, narrow.parts, strict=True))
        return all(
            name in mine and _accepts(mine[name], part)
            for name, part in zip(wide.fields, wide.parts, strict=True)
        )
    return not wide.parts or (
        len(narrow.parts) == len(wide.parts)
        and all(_accepts(one, other) for one, other in zip(narrow.parts, wide.parts, strict=True))
    )


_COMPOUND: Final[dict[str, Callable[[Value, Type], bool]]] = {
    "list": _is_list,
    "context": _is_context,
    "range": _is_range,
    "function": _is_function,
}


def coerce(value: Value, kind: Type) -> Value:
    """The value as one of the type: as it is, a list's only element, a list of one, a date's midnight."""
    if conforms(value, kind):
        return value
    if kind.name == "list" and type(value) is not list:
        alone = [value]
        if conforms(alone, kind):
            return alone
    if kind.name != "list" and type(value) is list and len(value) == 1 and conforms(value[0], kind):
        return value[0]
    if kind.name == "date and time" and type(value) is Date:
        moment = DateTime(value, Time(0, 0))
        if conforms(moment, kind):
            return moment
    raise Wrong(f"值不符合类型“{kind.label or kind.name}”")
