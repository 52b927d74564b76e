"""What a form asks of its host: the names behind codes, and the files behind numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, Protocol

from forms.definition import Option

Evaluate = Callable[[str, Mapping[str, object]], object]
"""Gives the value of a FEEL text; `today()` must be among its functions."""


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """What is known of an uploaded file."""

    type: str
    size: int
    name: str


class OnFile(NamedTuple):
    """An answer the office has already, and where and when it had it from."""

    value: object
    source: str
    on: date | None = None


class Lookups(Protocol):
    """Answers only for what the person filling in may see and use."""

    def division_name(self, code: str) -> str | None: ...

    def person_name(self, person_id: int) -> str | None: ...

    def attachment(self, attachment_id: int) -> AttachmentInfo | None: ...


class Pickers(Protocol):
    """Optional beside `Lookups`: what to offer, so that nobody has to type a code."""

    def divisions(self, within: str, level: str) -> Sequence[Option]: ...

    def people(self, which: str) -> Sequence[Option]: ...


class Sealing(Protocol):
    """Optional beside `Lookups`: whether a plain number is the sealed one that is on file."""

    def same(self, kind: str, plain: str, sealed: Mapping[str, object]) -> bool: ...


class Addressing(Protocol):
    """Optional beside `Lookups`: whether a household fills in its own form, and is spoken to as such."""

    @property
    def at_home(self) -> bool: ...


class NoLookups:
    """Knows nobody and nothing: for definitions that ask of neither."""

    def division_name(self, code: str) -> str | None:
        return None

    def person_name(self, person_id: int) -> str | None:
        return None

    def attachment(self, attachment_id: int) -> AttachmentInfo | None:
        return None


@dataclass(frozen=True)
class Surroundings:
    """Where a form is filled in: how to evaluate, what is known already, whom to ask."""

    evaluate: Evaluate
    scope: Mapping[str, object]
    lookups: Lookups

    @cached_property
    def today(self) -> str:
        """The local day as ISO text; empty where the evaluator does not know the day."""
        day = self.evaluate("today()", {})
        return day.isoformat() if hasattr(day, "isoformat") else ""

    def divisions(self, within: str, level: str) -> Sequence[Option]:
        offer = getattr(self.lookups, "divisions", None)
        return offer(within, level) if offer else ()

    def same(self, kind: str, plain: str, sealed: Mapping[str, object]) -> bool:
        compare = getattr(self.lookups, "same", None)
        return bool(compare and compare(kind, plain, sealed))

    @property
    def at_home(self) -> bool:
        return bool(getattr(self.lookups, "at_home", False))

    def people(self, which: str) -> Sequence[Option]:
        offer = getattr(self.lookups, "people", None)
        return offer(which) if offer else ()
