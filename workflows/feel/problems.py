"""What can go wrong with an expression, said in Chinese with its place, and the limits that hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_LENGTH: Final = 20_000  # characters of one expression
MAX_NESTING: Final = 60  # brackets within brackets while reading
MAX_DEPTH: Final = 220  # levels of the tree that was read, so that `1+1+1+…` cannot exhaust the stack
MAX_STEPS: Final = 250_000  # loop rounds and calls of one evaluation
MAX_CALLS: Final = 64  # calls within calls
MAX_LIST: Final = 100_000  # elements of one list
MAX_STRING: Final = 200_000  # characters of one string
MAX_PROBLEMS: Final = 100  # problems kept of one evaluation


@dataclass(frozen=True, slots=True)
class FeelProblem:
    """One reason why a value became null: where, and a sentence an official can read."""

    line: int
    column: int
    sentence: str
    element: str = ""  # which table, cell or box of a model it stands in


class FeelSyntaxError(Exception):
    """An expression that cannot be read."""

    def __init__(self, line: int, column: int, sentence: str) -> None:
        """Keep the place and the sentence."""
        super().__init__(f"第{line}行第{column}列：{sentence}")
        self.line = line
        self.column = column
        self.sentence = sentence

    @property
    def problem(self) -> FeelProblem:
        """The same fact in the form that evaluations record."""
        return FeelProblem(self.line, self.column, self.sentence)


class Wrong(Exception):
    """Raised by a function that has no answer; the call becomes null and the sentence is recorded."""


class Exhausted(Exception):
    """Raised when an evaluation reaches a hard limit."""


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character offset."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
