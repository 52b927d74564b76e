"""Reads XPath regular expressions and lays them out as small programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workflows.feel.problems import Wrong
from workflows.feel.regex_classes import CharClass, any_char, escape_class, read_class, single

_MAX_PROGRAM: Final = 4_000
_MAX_GROUPS: Final = 50
_MAX_NESTING: Final = 40
_QUANTIFIERS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def _never(_char: str) -> bool:
    return False


def _nowhere(_text: str, _at: int) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step: `one` character, `save` a place, `back` to a group, `look`, `split`, `jump` or `done`."""

    op: str
    accepts: CharClass = _never
    targets: tuple[int, ...] = ()
    slot: int = 0
    holds: Callable[[str, int], bool] = _nowhere
    folded: bool = False


Piece = Callable[[list[Instruction]], None]  # writes itself at the end of a program


def assemble(pattern: str, flags: frozenset[str]) -> tuple[tuple[Instruction, ...], int, bool]:
    """The program of a pattern, the number of its groups, and whether it refers back to one."""
    reader = _Reader(pattern, flags)
    piece = reader.literal() if "q" in flags else reader.whole()
    program: list[Instruction] = []
    piece(program)
    _put(program, Instruction("done"))
    return tuple(program), reader.groups, reader.refers_back


def _put(program: list[Instruction], instruction: Instruction) -> int:
    if len(program) >= _MAX_PROGRAM:
        raise Wrong("模式过于复杂")
    program.append(instruction)
    return len(program) - 1


def _emit(instruction: Instruction) -> Piece:
    return lambda program: (_put(program, instruction), None)[1]


def _sequence(pieces: list[Piece]) -> Piece:
    def write(program: list[Instruction]) -> None:
        for piece in pieces:
            piece(program)

    return write


def _choice(branches: list[Piece]) -> Piece:
    def write(program: list[Instruction]) -> None:
        ends = []
        for branch in branches[:-1]:
            split = _put(program, Instruction("split"))
            branch(program)
            ends.append(_put(program, Instruction("jump")))
            program[split] = Instruction("split", targets=(split + 1, len(program)))
        branches[-1](program)
        for end in ends:
            program[end] = Instruction("jump", targets=(len(program),))

    return write


def _repeat(piece: Piece, least: int, most: int | None, *, lazy: bool) -> Piece:
    def optional(program: list[Instruction], *, again: bool) -> None:
        split = _put(program, Instruction("split"))
        piece(program)
        if again:
            _put(program, Instruction("jump", targets=(split,)))
        ways = (split + 1, len(program))
        program[split] = Instruction("split", targets=ways[::-1] if lazy else ways)

    def write(program: list[Instruction]) -> None:
        for _ in range(least):
            piece(program)
        if most is None:
            optional(program, again=True)
        else:
            for _ in range(most - least):
                optional(program, again=False)

    return write


class _Reader:
    def __init__(self, pattern: str, flags: frozenset[str]) -> None:
        self.text = _without_gaps(pattern) if "x" in flags and "q" not in flags else pattern
        self.flags = flags
        self.folded = "i" in flags
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.refers_back = False
        self.nesting = 0

    def literal(self) -> Piece:
        return _sequence([_emit(Instruction("one", single(char, folded=self.folded))) for char in self.text])

    def whole(self) -> Piece:
        piece = self._alternatives()
        if self.at < len(self.text):
            raise Wrong("模式中的“)”没有对应的“(”")
        return piece

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _alternatives(self) -> Piece:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise Wrong("模式嵌套过深")
        branches = [self._branch()]
        while self._peek() == "|":
            self.at += 1
            branches.append(self._branch())
        self.nesting -= 1
        return branches[0] if len(branches) == 1 else _choice(branches)

    def _branch(self) -> Piece:
        pieces: list[Piece] = []
        while (char := self._peek()) and char not in "|)":
            pieces.append(self._quantified(self._atom()))
        return _sequence(pieces)

    def _quantified(self, piece: Piece) -> Piece:
        char = self._peek()
        if char in _QUANTIFIERS and char:
            self.at += 1
            least, most = _QUANTIFIERS[char]
        elif char == "{":
            least, most = self._counts()
        else:
            return piece
        lazy = self._peek() == "?"
        self.at += lazy
        if self._peek() in ("*", "+", "?", "{"):
            raise Wrong("模式中重复了量词")
        return _repeat(piece, least, most, lazy=lazy)

    def _counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : end].partition(",") if end > 0 else ("", "", "")
        if not _is_count(low) or (high and not _is_count(high)):
            raise Wrong("模式中的“{”后应为次数")
        self.at = end + 1
        most = int(high) if high else (None if comma else int(low))
        if most is not None and most < int(low):
            raise Wrong("模式中的次数颠倒")
        return int(low), most

    def _atom(self) -> Piece:
        char = self.text[self.at]
        if char in "*+?{}]":
            raise Wrong(f"模式中的“{char}”位置不对")
        if char == "(":
            return self._group()
        if char == "[":
            accepts, self.at = read_class(self.text, self.at, folded=self.folded)
            return _emit(Instruction("one", accepts))
        if char == "\\":
            return self._escaped()
        self.at += 1
        if char in "^$":
            return _emit(Instruction("look", holds=_anchor(char, multiline="m" in self.flags)))
        if char == ".":
            return _emit(Instruction("one", any_char(newlines="s" in self.flags)))
        return _emit(Instruction("one", single(char, folded=self.folded)))

    def _group(self) -> Piece:
        self.at += 1
        if self.text.startswith("?:", self.at):
            self.at += 2
            inner = self._alternatives()
            self._close()
            return inner
        if self._peek() == "?":
            raise Wrong("模式中不支持“(?”")
        self.groups += 1
        number = self.groups
        if number > _MAX_GROUPS:
            raise Wrong("模式中的分组过多")
        inner = self._alternatives()
        self._close()
        self.closed.add(number)
        opening, closing = Instruction("save", slot=2 * number), Instruction("save", slot=2 * number + 1)
        return _sequence([_emit(opening), inner, _emit(closing)])

    def _close(self) -> None:
        if self._peek() != ")":
            raise Wrong("模式中的“(”没有结束")
        self.at += 1

    def _escaped(self) -> Piece:
        following = self.text[self.at + 1 : self.at + 2]
        if following in "123456789" and following:
            self.at += 2
            number = int(following)
            while (
                self.text[self.at : self.at + 1].isdigit()
                and int(f"{number}{self.text[self.at]}") in self.closed
            ):
                number = int(f"{number}{self.text[self.at]}")
                self.at += 1
            if number not in self.closed:
                raise Wrong(f"模式引用了不存在的分组{number}")
            self.refers_back = True
            return _emit(Instruction("back", slot=number, folded=self.folded))
        accepts, self.at = escape_class(self.text, self.at, folded=self.folded)
        return _emit(Instruction("one", accepts))


def _without_gaps(pattern: str) -> str:
    """The pattern without white space, which flag `x` allows anywhere but in a class."""
    kept: list[str] = []
    depth, escaped = 0, False
    for char in pattern:
        if depth or char not in " \t\n\r":
            kept.append(char)
            depth += 0 if escaped else (char == "[") - (char == "]" and depth > 0)
            escaped = char == "\\" and not escaped
    return "".join(kept)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _anchor(char: str, *, multiline: bool) -> Callable[[str, int], bool]:
    if char == "^":
        return lambda text, at: at == 0 or (multiline and text[at - 1] == "\n" and at < len(text))
    return lambda text, at: at == len(text) or (multiline and text[at] == "\n")
