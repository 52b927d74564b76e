"""The line in which a word was found, cut short around it, with the words marked."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.searching.words import lower

BEFORE, AFTER = 14, 46
"""So many characters are shown before the first word and from it on."""


class Part(NamedTuple):
    """A stretch of a line, and whether it is one of the words."""

    text: str
    marked: bool


def snippet(said: str, words: tuple[str, ...]) -> list[Part]:
    """The line that has most of the words, the earliest of several; nothing where it says what the row says.

    The first line is what the case is called: the row shows that anyway.
    """
    lines = said.split("\n")[1:]
    best = max(lines, key=lambda line: _hits(line, words), default="")
    if not words or not _hits(best, words):
        return []
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    first = pattern.search(lower(best))
    start = max(0, first.start() - BEFORE) if first else 0
    end = min(len(best), start + BEFORE + AFTER)
    cut = ("…" if start else "") + best[start:end] + ("…" if end < len(best) else "")
    return list(_parts(cut, pattern))


def _hits(line: str, words: tuple[str, ...]) -> int:
    small = lower(line)
    return sum(word in small for word in words)


def _parts(line: str, pattern: re.Pattern[str]) -> list[Part]:
    found, at = [], 0
    for hit in pattern.finditer(lower(line)):
        if hit.start() > at:
            found.append(Part(line[at : hit.start()], marked=False))
        found.append(Part(line[hit.start() : hit.end()], marked=True))
        at = hit.end()
    if at < len(line):
        found.append(Part(line[at:], marked=False))
    return found
