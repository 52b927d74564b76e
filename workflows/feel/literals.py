"""Values as text: for people and `string()`, and as FEEL literals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.numbers import number_text
from workflows.feel.problems import Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.tokens import is_word
from workflows.feel.values import Function, Range, Value, to_feel
from workflows.feel.vocabulary import OPENERS, STOPS, is_special

_TEMPORAL: Final = (Date, Time, DateTime, YearsMonths, DaysTime)
_MAX_DEPTH: Final = 100


def plain_text(value: Value) -> str:
    """The value as `string()` gives it: strings bare, dates in ISO 8601."""
    return value if type(value) is str else _text(value, literal=False)


def to_literal(value: Any) -> str:
    """The value as FEEL text that evaluates to it again; a function, which has none, gives null."""
    return _text(to_feel(value), literal=True)


def quoted(text: str) -> str:
    """A FEEL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _text(value: Value, *, literal: bool, depth: int = 0) -> str:
    if depth > _MAX_DEPTH:
        raise Wrong("数据嵌套过深")
    kind = type(value)
    if kind is list:
        return "[" + ", ".join(_text(item, literal=literal, depth=depth + 1) for item in value) + "]"
    if kind is dict:
        entries = (
            f"{_key(key)}: {_text(item, literal=literal, depth=depth + 1)}" for key, item in value.items()
        )
        return "{" + ", ".join(entries) + "}"
    if kind is Range:
        return _range_text(value, literal=literal, depth=depth)
    return _simple_text(value, literal=literal)


def _simple_text(value: Value, *, literal: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, _TEMPORAL):
        return f'@"{value}"' if literal else str(value)
    return "function" if isinstance(value, Function) and not literal else "null"


def _range_text(value: Range, *, literal: bool, depth: int) -> str:
    start, end = (
        "" if part is None else _text(part, literal=literal, depth=depth + 1)
        for part in (value.start, value.end)
    )
    if literal and value.start is None:
        return f"({'<=' if value.end_included else '<'} {end})"
    if literal and value.end is None:
        return f"({'>=' if value.start_included else '>'} {start})"
    return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"


def _key(key: str) -> str:
    words = key.split(" ")
    plain = all(is_word(word) for word in words) and not is_special(key)
    return key if plain and words[0] not in STOPS | OPENERS else quoted(key)
