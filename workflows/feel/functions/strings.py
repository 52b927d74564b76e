"""Functions of strings; positions count code points."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from workflows.feel.functions.registry import feel
from workflows.feel.problems import MAX_STRING, Wrong
from workflows.feel.regex import Pattern, compile_pattern, expand
from workflows.feel.values import Value

if TYPE_CHECKING:
    from workflows.feel.environment import Run


@feel("substring(string: string, start position: number, length?: number)")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    """The part from a position, counted from 1, or from the end when negative."""
    position = int(start) if abs(start) <= len(text) else 0
    if not position:
        raise Wrong("起始位置超出字符串")
    begin = position - 1 if position > 0 else len(text) + position
    if length is None:
        return text[begin:]
    if length < 1:
        raise Wrong("长度应不小于1")
    return text[begin : begin + int(min(length, Decimal(MAX_STRING)))]


@feel("string length(string: string)")
def string_length(text: str) -> Decimal:
    """How many characters there are."""
    return Decimal(len(text))


@feel("upper case(string: string)")
def upper_case(text: str) -> str:
    """In capitals."""
    return text.upper()


@feel("lower case(string: string)")
def lower_case(text: str) -> str:
    """In small letters."""
    return text.lower()


@feel("substring before(string: string, match: string)")
def substring_before(text: str, match: str) -> str:
    """What stands before the match, nothing where it does not occur."""
    return text[: max(0, text.find(match))]


@feel("substring after(string: string, match: string)")
def substring_after(text: str, match: str) -> str:
    """What stands behind the match, nothing where it does not occur."""
    return text[text.find(match) + len(match) :] if match in text else ""


@feel("contains(string: string, match: string)")
def contains(text: str, match: str) -> bool:
    """Whether the match occurs."""
    return match in text


@feel("starts with(string: string, match: string)")
def starts_with(text: str, match: str) -> bool:
    """Whether the text begins so."""
    return text.startswith(match)


@feel("ends with(string: string, match: string)")
def ends_with(text: str, match: str) -> bool:
    """Whether the text ends so."""
    return text.endswith(match)


@feel("trim(string: string)")
def trim(text: str) -> str:
    """Without white space at both ends; an addition of the modelling tools."""
    return text.strip()


@feel("string join(list: list, delimiter?: string)")
def string_join(parts: list[Value], delimiter: str | None = None) -> str:
    """The strings of a list in one, nulls left out."""
    if not all(part is None or type(part) is str for part in parts):
        raise Wrong("列表中应全是字符串")
    kept = [part for part in parts if part is not None]
    if sum(map(len, kept)) + len(kept) * len(delimiter or "") > MAX_STRING:
        raise Wrong("字符串过长")
    return (delimiter or "").join(kept)


# -- patterns ----------------------------------------------------------------------------------------


def _pattern(run: Run, text: str, pattern: str, flags: str | None) -> Pattern:
    run.spend(20 + len(text) // 50)
    return compile_pattern(pattern, flags or "")


@feel("matches(input: string, pattern: string, flags?: string)", with_run=True)
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    """Whether the pattern occurs anywhere in the text."""
    return _pattern(run, text, pattern, flags).search(text, 0) is not None


@feel("replace(input: string, pattern: string, replacement: string, flags?: string)", with_run=True)
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """The text with every occurrence replaced; `$1` stands for the first group."""
    regex = _pattern(run, text, pattern, flags)
    if regex.search("", 0) is not None:
        raise Wrong("模式不能匹配空字符串")
    pieces: list[str] = []
    done = length = 0
    for found in regex.find_all(text):
        new = replacement if "q" in (flags or "") else expand(replacement, text, found)
        length += len(new) + found[0] - done
        if length > MAX_STRING:
            raise Wrong("字符串过长")
        pieces += (text[done : found[0]], new)
        done = found[1]
    return "".join((*pieces, text[done:]))


@feel("split(string: string, delimiter: string)", with_run=True)
def split(run: Run, text: str, delimiter: str) -> list[Value]:
    """The pieces between occurrences of the pattern."""
    regex = _pattern(run, text, delimiter, None)
    if regex.search("", 0) is not None:
        raise Wrong("模式不能匹配空字符串")
    pieces: list[Value] = []
    done = 0
    for found in regex.find_all(text):
        pieces.append(text[done : found[0]])
        done = found[1]
    return [*pieces, text[done:]]


@feel("extract(string: string, pattern: string)", with_run=True)
def extract(run: Run, text: str, pattern: str) -> list[Value]:
    """Everything in the text that fits the pattern; an addition of the modelling tools."""
    return [text[found[0] : found[1]] for found in _pattern(run, text, pattern, None).find_all(text)]
