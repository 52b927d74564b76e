"""Cuts expression text into tokens."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from workflows.feel.problems import MAX_LENGTH, FeelSyntaxError, place

# The character ranges are those of the standard's grammar rules 30 and 31.
_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
_WORD: Final = re.compile(f"[{_START}][{_PART}]*")
_TOKEN: Final = re.compile(
    rf"""
    (?P<gap>[\s\u00A0\uFEFF\u200B\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+|//[^\n]*|/\*.*?\*/)
  | (?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<name>[{_START}][{_PART}]*|\?)
  | (?P<op>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{{}},.:@|'])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'", "/": "/"}
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE: Final = re.compile("[\ud800-\udfff]")


class Token(NamedTuple):
    """A piece of text with its kind (number, string, name, op, end) and where it stands."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """All tokens of the text, the last of kind `end`; raises FeelSyntaxError for what is no token."""
    if len(text) > MAX_LENGTH:
        raise FeelSyntaxError(1, 1, f"表达式过长（{len(text)}个字符，最多{MAX_LENGTH}个）")
    found = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise FeelSyntaxError(*place(text, offset), _unreadable(text, offset))
        kind = str(match.lastgroup)
        if kind != "gap":
            found.append(Token(kind, match.group(), offset, match.end()))
        offset = match.end()
    found.append(Token("end", "", len(text), len(text)))
    return found


def _unreadable(text: str, offset: int) -> str:
    if text[offset] == '"':
        return "字符串没有结束的引号"
    if text.startswith("/*", offset):
        return "注释没有结束"
    return f"无法识别的字符“{text[offset]}”"


def _unescaped(match: re.Match[str]) -> str:
    short, long, plain = match.groups()
    if plain is not None:
        return _PLAIN_ESCAPES.get(plain, "\\" + plain)
    code = int(short or long, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def string_value(quoted: str) -> str:
    """The characters a quoted string stands for; halves of a surrogate pair become the one character."""
    inner = quoted[1:-1]
    if "\\" not in inner:
        return inner
    plain = _ESCAPE.sub(_unescaped, inner)
    if not _LONE.search(plain):
        return plain
    joined = _PAIR.sub(lambda m: m.group().encode("utf-16", "surrogatepass").decode("utf-16"), plain)
    return _LONE.sub("\ufffd", joined)


def is_word(text: str) -> bool:
    """Whether the text is one plain word of a name."""
    return _WORD.fullmatch(text) is not None
