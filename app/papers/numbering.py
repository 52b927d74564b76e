"""Numbers of papers (发文字号): the office's own word, the kind, the year, and a count without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from app.organisation.queries import division_name
from workflows import numbering

if TYPE_CHECKING:
    from datetime import date

    from workflows.commands import Context


class Signing(Protocol):
    """A unit as far as its numbers go."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def level(self) -> str:
        """Its level."""
        ...

    @property
    def division(self) -> str:
        """The 12-digit division it stands in."""
        ...


OFFICE_WORDS = {"rural_revitalisation": "乡振", "township_government": "政", "village_committee": "村"}
"""The part of a document number that names the office (机关代字)."""


def next_letter(ctx: Context, unit: Signing, office: str) -> str:
    """The number of a letter or notice, e.g. 东乡振告〔2026〕1号; ``office`` is the kind of unit."""
    return _next(ctx, unit, office, "paper", "告")


def next_sheet(ctx: Context, unit: Signing, office: str) -> str:
    """The number of a filled-in form kept as a paper, e.g. 折家梁村表〔2026〕1号."""
    return _next(ctx, unit, office, "sheet", "表")


def paper_day(day: date) -> str:
    """A day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _next(ctx: Context, unit: Signing, office: str, series: str, word: str) -> str:
    year, counted = numbering.next_number(ctx, f"{series}{unit.id}").split("-")[1:]
    return f"{_office(ctx, unit, office)}{word}〔{year}〕{int(counted)}号"


def _office(ctx: Context, unit: Signing, office: str) -> str:
    """First characters of county and township with the office's own word; a village in full."""
    words = OFFICE_WORDS.get(office, "")
    own = division_name(ctx.session, unit.division) or ""
    county = division_name(ctx.session, unit.division[:6] + "000000") or ""
    if unit.level == "village":
        return own if own.endswith(words) else own + words
    if unit.level in {"township", "farm"}:
        return county[:1] + own[:1] + words
    return county[:1] + words
