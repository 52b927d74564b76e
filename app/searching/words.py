"""What a text is looked up by: its characters and pairs of neighbours, the same on either database.

Chinese is written without blanks, so every two neighbouring characters are a term; a single character is
one too. Letters differ only by case, and only A to Z do: that is what both databases compare alike.
"""

from __future__ import annotations

import re
import string

MOST_WORDS, LONGEST_WORD = 8, 40
"""So many words are looked for, each of so many characters; the rest of what was typed is left out."""

_ALPHABET = string.ascii_letters + string.digits
_HALF_WIDTH = {ord(letter) + 0xFEE0: letter for letter in _ALPHABET}
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_BLANK = re.compile(r"[\s\0]+")
_INDEXED = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """One spelling: letters and digits in half width, one blank between words; signs stay as written."""
    return _BLANK.sub(" ", text.translate(_HALF_WIDTH)).strip()


def lower(text: str) -> str:
    """A to Z in small letters."""
    return text.translate(_LOWER)


def asked(typed: str | None) -> tuple[str, ...]:
    """The words of what somebody typed, each once; signs alone count only where there is nothing else."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in lower(plain(typed or "")).split(" ") if word)
    return tuple([word for word in found if needed(word)] or found)[:MOST_WORDS]


def terms(text: str) -> set[str]:
    """Every character and every two neighbours within the words of a text."""
    found: set[str] = set()
    for run in _INDEXED.findall(lower(text)):
        found.update(run)
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found


def needed(word: str) -> set[str]:
    """The terms that a text with this word certainly has; the pairs alone where there are any."""
    found: set[str] = set()
    for run in _INDEXED.findall(word):
        found.update({run} if len(run) == 1 else (run[at : at + 2] for at in range(len(run) - 1)))
    return found
