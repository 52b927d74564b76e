"""Values as text: for people and `string()`, and as FEEL literals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.effort import spend
from workflows.feel.numbers import exponent_text, number_text
from workflows.feel.problems import MAX_STRING, Wrong
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.tokens import is_word
from workflows.feel.values import Function, Range, Value, to_feel
from workflows.feel.vocabulary import OPENERS, STOPS, is_special

_TEMPORAL: Final = (Date, Time, DateTime, YearsMonths, DaysTime)
_MAX_DEPTH: Final = 120  # a little more than what an evaluation may hand over
_MAX_LITERAL: Final = 50_000_000


def plain_text(value: Value) -> str:
    """The value as `string()` gives it: strings bare, dates in ISO 8601. Raises Wrong for a text too long."""
    return value if type(value) is str else _Writer(literal=False, room=MAX_STRING).text(value)


def to_literal(value: Any) -> str:
    """The value as FEEL text that evaluates to it again; a function, which has none, gives null."""
    return _Writer(literal=True, room=_MAX_LITERAL).text(to_feel(value))


def quoted(text: str) -> str:
    """A FEEL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


class _Writer:
    """Writes one value; what is built of the same lists over and over must not unfold without end."""

    def __init__(self, *, literal: bool, room: int) -> None:
        self.literal = literal
        self.room = room

    def text(self, value: Value, depth: int = 0) -> str:
        if depth > _MAX_DEPTH:
            raise Wrong("数据嵌套过深")
        kind = type(value)
        if kind is list or kind is dict:
            spend(len(value))
        if kind is list:
            return self._taken("[" + ", ".join([self.text(item, depth + 1) for item in value]) + "]", value)
        if kind is dict:
            parts = [f"{_key(key)}: {self.text(item, depth + 1)}" for key, item in value.items()]
            return self._taken("{" + ", ".join(parts) + "}", value)
        if kind is Range:
            return self._range(value, depth)
        return self._taken(self._simple(value))

    def _taken(self, text: str, holder: list[Value] | dict[str, Value] | None = None) -> str:
        """The text, when there is room for what is new in it."""
        self.room -= len(text) if holder is None else 2 + 2 * len(holder)
        if self.room < 0:
            raise Wrong("文字过长")
        return text

    def _simple(self, value: Value) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal):
            return exponent_text(value) if self.literal else number_text(value)
        if isinstance(value, str):
            return quoted(value)
        if isinstance(value, _TEMPORAL):
            return f'@"{value}"' if self.literal else str(value)
        return "function" if isinstance(value, Function) and not self.literal else "null"

    def _range(self, value: Range, depth: int) -> str:
        start, end = ("" if part is None else self.text(part, depth + 1) for part in (value.start, value.end))
        if self.literal and value.start is None:
            return f"({'<=' if value.end_included else '<'} {end})"
        if self.literal and value.end is None:
            return f"({'>=' if value.start_included else '>'} {start})"
        opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
        return f"{opening}{start}..{end}{closing}"


def _key(key: str) -> str:
    words = key.split(" ")
    plain = all(is_word(word) for word in words) and not is_special(key)
    return key if plain and words[0] not in STOPS | OPENERS else quoted(key)
