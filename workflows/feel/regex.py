"""XPath regular expressions, matched in bounded time.

Python's own matcher can hang on hostile patterns. This one visits each pair of pattern step and text position
at most once, except where the pattern refers back to a group, and counts its steps in any case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from workflows.feel.effort import spend
from workflows.feel.problems import Exhausted, Wrong
from workflows.feel.regex_grammar import Instruction, assemble

_MAX_STEPS: Final = 300_000
_PAID: Final = 100
_REFUSAL: Final = 2_000  # steps: a pattern may turn out to be too large only after much work
_MAX_INPUT: Final = 20_000
_MAX_PATTERN: Final = 1_000
_FLAGS: Final = frozenset("smixq")

Spans = tuple[int, ...]  # start and end of the whole match, then of each group; -1 where a group took no part


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A pattern ready to be looked for."""

    program: tuple[Instruction, ...]
    groups: int
    refers_back: bool

    def find_all(self, text: str) -> Iterator[Spans]:
        """All matches, one behind the other."""
        at = 0
        budget = _Budget()
        while at <= len(text):
            found = self.search(text, at, budget)
            if found is None:
                return
            yield found
            at = found[1] if found[1] > found[0] else found[1] + 1

    def search(self, text: str, at: int, budget: _Budget | None = None) -> Spans | None:
        """The first match from a position on."""
        if len(text) > _MAX_INPUT:
            raise Wrong("文本过长，不能用模式匹配")
        budget = budget or _Budget()
        seen: set[Any] = set()
        for start in range(at, len(text) + 1):
            found = self._match(text, start, seen, budget)
            if found is not None:
                return found
        return None

    def _match(self, text: str, start: int, seen: set[Any], budget: _Budget) -> Spans | None:
        """Try the ways through the program, the preferred first; what failed once is not tried again."""
        cost = 4 if self.refers_back else 1  # what was tried is then remembered with all its groups
        pending: list[tuple[int, int, Spans]] = [(0, start, (-1,) * (2 * self.groups + 2))]
        while pending:
            step, at, spans = pending.pop()
            key = (step, at, spans) if self.refers_back else step * (_MAX_INPUT + 1) + at
            if key in seen:
                continue
            seen.add(key)
            budget.spend(cost)
            instruction = self.program[step]
            if instruction.op == "done":
                return (start, at, *spans[2:])
            if instruction.op == "split":
                pending += ((other, at, spans) for other in reversed(instruction.targets))
                continue
            moved = _step(instruction, text, at, spans)
            if moved is not None:
                pending.append((step + 1 if not instruction.targets else instruction.targets[0], *moved))
        return None


class _Budget:
    """The steps left of one call of a function; every so often the evaluation pays for them."""

    def __init__(self) -> None:
        self.left = _MAX_STEPS
        self.owed = 0

    def spend(self, steps: int) -> None:
        self.owed += steps
        if self.owed >= _PAID:
            spend(self.owed // 2)
            self.left -= self.owed
            self.owed = 0
            if self.left <= 0:
                raise Wrong("模式匹配步数超过上限")


def _step(instruction: Instruction, text: str, at: int, spans: Spans) -> tuple[int, Spans] | None:
    """Where one instruction leads, or None where it fails."""
    op = instruction.op
    if op == "one":
        return (at + 1, spans) if at < len(text) and instruction.accepts(text[at]) else None
    if op == "save":
        slot = instruction.slot
        return at, (*spans[:slot], at, *spans[slot + 1 :])
    if op == "back":
        return _back(instruction, text, at, spans)
    if op == "look":
        return (at, spans) if instruction.holds(text, at) else None
    return at, spans


def _back(instruction: Instruction, text: str, at: int, spans: Spans) -> tuple[int, Spans] | None:
    start, end = spans[2 * instruction.slot], spans[2 * instruction.slot + 1]
    said = text[start:end] if start >= 0 <= end else ""
    here = text[at : at + len(said)]
    same = here.casefold() == said.casefold() if instruction.folded else here == said
    return (at + len(said), spans) if same else None


@lru_cache(maxsize=128)
def _compiled(pattern: str, flags: str) -> Pattern | str:
    if not set(flags) <= _FLAGS:
        return f"未知的匹配标志“{flags[:10]}”"
    if len(pattern) > _MAX_PATTERN:
        return "模式过长"
    try:
        program, groups, refers_back = assemble(pattern, frozenset(flags))
    except Wrong as wrong:
        return str(wrong)
    except (RecursionError, Exhausted):
        return "模式嵌套过深"
    return Pattern(program, groups, refers_back)


def compile_pattern(pattern: str, flags: str) -> Pattern:
    """The pattern ready to run; raises Wrong for one that is not a regular expression."""
    found = _compiled(pattern, "".join(sorted(set(flags))))
    if isinstance(found, str):
        spend(_REFUSAL)
        raise Wrong(found)
    spend(len(found.program) // 2)
    return found


def expand(replacement: str, text: str, found: Spans) -> str:
    """The replacement with `$1` and the like filled in."""
    pieces: list[str] = []
    index = 0
    while index < len(replacement):
        char = replacement[index]
        if char == "\\":
            if replacement[index + 1 : index + 2] not in ("\\", "$"):
                raise Wrong("替换文本中的“\\”只能写成“\\\\”或“\\$”")
            pieces.append(replacement[index + 1])
            index += 2
        elif char == "$":
            group, index = _group_number(replacement, index + 1, len(found) // 2 - 1)
            start, end = found[2 * group : 2 * group + 2] if 2 * group + 1 < len(found) else (-1, -1)
            pieces.append(text[start:end] if start >= 0 <= end else "")
        else:
            pieces.append(char)
            index += 1
    return "".join(pieces)


def _group_number(replacement: str, index: int, groups: int) -> tuple[int, int]:
    """The longest number that names a group, and where it ends."""
    end = index
    while end < len(replacement) and replacement[end] in "0123456789":
        end += 1
    if end == index:
        raise Wrong("替换文本中的“$”后应为数字")
    while end - index > 1 and int(replacement[index:end]) > groups:
        end -= 1
    return int(replacement[index:end]), end
