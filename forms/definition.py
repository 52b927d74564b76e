"""What a form asks: read once, checked, hashed, and never changed afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from forms import presenting

if TYPE_CHECKING:
    from forms.lookups import Lookups

SENSITIVE = frozenset({"identity", "bank_account", "phone"})
"""Kinds whose answers are stored sealed and shown masked."""


class DefinitionError(ValueError):
    """A form definition that cannot be used; its text says where and why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Option(NamedTuple):
    """One thing that can be chosen; options with the same group stand together."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer must keep to, beyond being of the right kind."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: re.Pattern[str] | None = None
    pattern_message: str = ""
    past: bool = False
    max_files: int = 9
    accept: tuple[str, ...] = ()
    max_bytes: int = 20 * 1024 * 1024
    min_rows: int = 0
    max_rows: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. `type` says how it is asked, `kind` what the answer means."""

    key: str
    label: str
    type: str
    kind: str = ""
    hint: str = ""
    unit: str = ""
    required: bool = False
    required_if: str = ""
    hides: tuple[str, ...] = ()
    readonly: bool = False
    default: str = ""
    default_value: object = None
    options: tuple[Option, ...] = ()
    options_from: str = ""
    within: str = ""
    people: str = ""
    level: str = ""
    exemption: str = ""
    check: str = ""
    check_message: str = ""
    on_file: str = ""
    """What the office may know of it already, in the host's vocabulary."""
    steers: bool = False
    limits: Limits = field(default_factory=Limits)
    rows: tuple[Field, ...] = ()
    add_remove: bool = True
    first_rows: int = 1
    place: str = ""

    @property
    def is_sensitive(self) -> bool:
        return self.kind in SENSITIVE


@dataclass(frozen=True, slots=True)
class Note:
    """Words between the questions: its paragraphs, or headings where a line began with #."""

    key: str
    text: str
    hides: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[tuple[bool, str], ...]:
        """Each line, and whether it is a heading."""
        lines = (line.strip() for line in self.text.splitlines())
        return tuple((line.startswith("#"), line.strip("#* ")) for line in lines if line.strip("#* "))


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page."""

    key: str
    hides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together under one heading."""

    key: str
    label: str
    parts: tuple[Part, ...]
    hides: tuple[str, ...] = ()


Part = Field | Note | Rule | Group


class Expression(NamedTuple):
    """A FEEL text inside a definition and where it stands, for those who check it before publication."""

    place: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A whole form. Two texts that ask the same have the same digest."""

    id: str
    digest: str
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]
    verbs: Mapping[str, str]
    source: Mapping[str, object] = field(repr=False, compare=False, hash=False)

    def __hash__(self) -> int:
        return hash(self.digest)

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    def at(self, path: str) -> Field | None:
        """The question at a path such as members.0.name."""
        key, _, inside = path.partition(".")
        field = self.field(key)
        if field is None or not inside:
            return field
        return next((child for child in field.rows if child.key == inside.partition(".")[2]), None)

    @cached_property
    def wants(self) -> Mapping[str, str]:
        """Key of each question that what is on file may answer → the name it has there."""
        return {field.key: field.on_file for field in self.fields if field.on_file}

    def conclusions(self) -> tuple[Option, ...]:
        """What the step may conclude, the affirmative first; empty where nothing is decided."""
        conclusion = self.field("conclusion")
        return conclusion.options if conclusion else ()

    @property
    def sensitive(self) -> Mapping[tuple[str, ...], str]:
        """Kind by path of keys, for example ("members", "id_number") → identity."""
        return {(*above, field.key): field.kind for above, field in walk(self.fields) if field.is_sensitive}

    def present(self, answers: Mapping[str, Any], lookups: Lookups) -> tuple[presenting.Line, ...]:
        """Stored answers line by line, for a page or a paper."""
        return presenting.present(self.fields, answers, lookups)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(
            Expression(f"{field.place}.{name}", text)
            for _, field in walk(self.fields)
            for name, text in _texts(field)
            if text
        )


def walk(fields: tuple[Field, ...], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field with the keys above it, repeating rows included."""
    for one in fields:
        yield above, one
        yield from walk(one.rows, (*above, one.key))


def _texts(field: Field) -> Iterator[tuple[str, str]]:
    yield "required_if", field.required_if
    yield "default", field.default
    yield "check", field.check
    yield "valuesExpression", field.options_from
    yield "within", field.within
    yield from (("hide", text) for text in field.hides)
