"""Sets of characters in XPath regular expressions: classes, escapes, categories, subtraction."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from workflows.feel.problems import Wrong
from workflows.feel.regex_blocks import BLOCKS

CharClass = Callable[[str], bool]

_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN: Final = frozenset("\\|.-^?*+{}()[]$")
_CATEGORIES: Final = frozenset(
    (
        "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn"
    ).split(),
)


def folded_char(char: str) -> str:
    """The same text for all case variants of a character, as `fn:matches` with flag `i` understands them."""
    return char.upper().lower()


def single(char: str, *, folded: bool) -> CharClass:
    """One character, in either case when folded."""
    if folded:
        wanted = folded_char(char)
        return lambda other: folded_char(other) == wanted
    return lambda other: other == char


def any_char(*, newlines: bool) -> CharClass:
    """The dot: any character, line ends only on demand."""
    if newlines:
        return lambda _char: True
    return lambda char: char not in "\n\r"


def _is_space(char: str) -> bool:
    return char in " \t\n\r"


def _is_digit(char: str) -> bool:
    return unicodedata.category(char) == "Nd"


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] not in "PZC"


def _is_initial(char: str) -> bool:
    return char in "_:" or unicodedata.category(char)[0] == "L"


def _is_name(char: str) -> bool:
    return char in "_:.-\u00b7" or unicodedata.category(char)[0] in "LMN"


_SHORT: Final[dict[str, CharClass]] = {
    "s": _is_space,
    "d": _is_digit,
    "w": _is_word,
    "i": _is_initial,
    "c": _is_name,
}


def _negated(accepts: CharClass) -> CharClass:
    return lambda char: not accepts(char)


def escape_class(text: str, at: int, *, folded: bool) -> tuple[CharClass, int]:
    """The characters an escape at the backslash stands for, and where it ends."""
    char = text[at + 1 : at + 2]
    if char in _CONTROLS:
        return single(_CONTROLS[char], folded=False), at + 2
    if char in _PLAIN and char:
        return single(char, folded=folded), at + 2
    if char.lower() in _SHORT:
        accepts = _SHORT[char.lower()]
        return (accepts if char.islower() else _negated(accepts)), at + 2
    if char in ("p", "P") and text[at + 2 : at + 3] == "{":
        end = text.find("}", at)
        accepts = _property(text[at + 3 : end] if end > 0 else "")
        return (accepts if char == "p" else _negated(accepts)), end + 1
    raise Wrong(f"模式中没有“\\{char}”这种写法")


def _property(name: str) -> CharClass:
    if name in _CATEGORIES:
        return lambda char: unicodedata.category(char).startswith(name)
    low, high = BLOCKS.get(name.removeprefix("Is"), (1, 0))
    if not name.startswith("Is") or low > high:
        raise Wrong(f"模式中没有名为“{name[:30]}”的字符类")
    return lambda char: low <= ord(char) <= high


def read_class(text: str, at: int, *, folded: bool, depth: int = 0) -> tuple[CharClass, int]:
    """The characters of a class such as `[a-z-[aeiou]]` at its opening bracket, and where it ends."""
    if depth > 20:
        raise Wrong("模式嵌套过深")
    at += 1
    inverse = text.startswith("^", at)
    at += inverse
    members: list[CharClass] = []
    without: CharClass | None = None
    while not text.startswith("]", at) or not members:
        if text.startswith("-[", at) and members:
            without, at = read_class(text, at + 1, folded=folded, depth=depth + 1)
            break
        member, at = _member(text, at, folded=folded)
        members.append(member)
    if not text.startswith("]", at):
        raise Wrong("模式中的“[”没有结束")
    return _combined(members, without, inverse=inverse), at + 1


def _combined(members: list[CharClass], without: CharClass | None, *, inverse: bool) -> CharClass:
    def accepts(char: str) -> bool:
        inside = any(member(char) for member in members) is not inverse
        return inside and (without is None or not without(char))

    return accepts


def _member(text: str, at: int, *, folded: bool) -> tuple[CharClass, int]:
    first, after = _class_char(text, at)
    if first is None:
        return escape_class(text, at, folded=folded)
    if text.startswith("-", after) and text[after + 1 : after + 2] not in ("]", "[", ""):
        last, end = _class_char(text, after + 1)
        if last is None or last < first:
            raise Wrong("模式中的字符范围颠倒")
        return _span(first, last, folded=folded), end
    return single(first, folded=folded), after


def _class_char(text: str, at: int) -> tuple[str | None, int]:
    """The single character at a place in a class and where it ends; None for an escape of many characters."""
    char = text[at : at + 1]
    if not char or char in "[]":
        raise Wrong("模式中的“[”没有结束")
    if char != "\\":
        return char, at + 1
    escaped = text[at + 1 : at + 2]
    if escaped in _CONTROLS:
        return _CONTROLS[escaped], at + 2
    return (escaped, at + 2) if escaped in _PLAIN and escaped else (None, at)


def _span(first: str, last: str, *, folded: bool) -> CharClass:
    if not folded:
        return lambda char: first <= char <= last

    def accepts(char: str) -> bool:
        same = folded_char(char)
        return any(first <= other <= last for other in (char, same, same.upper(), char.upper(), char.lower()))

    return accepts
