"""Names that cannot be told from operators by their looks, such as `a-b` or `date and time`.

A plain run of words is always one name, whatever the scope holds. Only names with operator characters or
keywords inside need to be known before an expression can be read; they are its vocabulary.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from workflows.feel.problems import FeelSyntaxError
from workflows.feel.tokens import tokenize

STOPS: Final = frozenset(
    ("and", "or", "in", "between", "then", "else", "return", "satisfies", "instance"),
)  # a plain name ends before these words
OPENERS: Final = frozenset(("if", "for", "some", "every", "function", "true", "false", "null"))
_SPECIAL: Final = re.compile(
    r"[-+*/.'‘’]|\b(?:and|or|in|between|then|else|return|satisfies|instance|if|for|some|every|function)\b",
)
# In a text only an operator or keyword right behind a word can belong to a name; this is asked often.
_SUSPECT: Final = re.compile(
    r"\w\s*[-+*/'‘’]\s*\w|[^\W\d]\s+(?:and|or|in|between|then|else|return|satisfies|instance)\b",
)
_MAX_WALK: Final = 2_000  # keys looked at in one scope
_LONG_NAME: Final = 200  # characters; what is longer is not remembered
_BUILT_IN: Final = ("date and time", "years and months duration", "days and time duration")

Vocabulary = dict[str, list[tuple[tuple[str, ...], str]]]
_known: dict[str, bool] = {}


def is_special(name: str) -> bool:
    """Whether a name needs to be in the vocabulary to be read as one name."""
    if len(name) > _LONG_NAME:
        return _SPECIAL.search(name) is not None
    answer = _known.get(name)
    if answer is None:
        if len(_known) > 20_000:  # names come from outside; the memory is bounded
            _known.clear()
        answer = _known[name] = _SPECIAL.search(name) is not None
    return answer


def special_names(scope: Any, text: str) -> frozenset[str]:
    """The special names of a scope that may occur in the text; one of an inner context begins with a dot."""
    found: set[str] = set()
    pending = [scope]
    left = _MAX_WALK
    while pending and left > 0:
        part = pending.pop()
        for key, value in part.items():
            left -= 1
            special = _known.get(key)  # asked of every name each time: a call more would be felt
            if special or (special is None and is_special(key)):
                found.add(key if part is scope else member(key))
            kind = type(value)
            if kind is dict:
                pending.append(value)
            elif kind is list and value and type(value[0]) is dict:
                pending.append(value[0])
    if not found:
        return frozenset()
    squeezed = "".join(text.split())
    return frozenset(name for name in found if "".join(name.removeprefix(".").split()) in squeezed)


def member(name: str) -> str:
    """The mark of a name that only follows a dot or stands in a filter's brackets."""
    return "." + name


@lru_cache(maxsize=64)
def vocabulary(names: frozenset[str], *, members: bool) -> Vocabulary:
    """The names by their first token, cut into tokens, the longest first; those of members on demand."""
    words: Vocabulary = {}
    known = [name.removeprefix(".") for name in names if members or not name.startswith(".")]
    for name in (*_BUILT_IN, *dict.fromkeys(known)):
        try:
            parts = tuple(token.text for token in tokenize(name)[:-1])
        except FeelSyntaxError:
            continue
        if parts:
            words.setdefault(parts[0], []).append((parts, " ".join(name.split())))
    for entries in words.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return words


def may_be_special(text: str) -> bool:
    """Whether reading the text can depend on the names in scope."""
    return _SUSPECT.search(text) is not None
