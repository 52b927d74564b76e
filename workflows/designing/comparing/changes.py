"""One change in words, and all of them: what was so, what is to be so, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Kind = Literal["added", "removed", "changed", "moved"]
ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
MOVED: Final = "moved"

STEPS, FLOWS, FORMS, TABLES = "steps", "flows", "forms", "tables"
PARAMETERS, DESCRIPTION, LAYOUT = "parameters", "description", "layout"

PARTS = {
    STEPS: "环节和事件",
    FLOWS: "走向和条件",
    FORMS: "表单",
    TABLES: "决策表",
    PARAMETERS: "参数",
    DESCRIPTION: "事项说明",
    LAYOUT: "图的布局",
}
"""What a change is about, in the order they are told."""

LONGEST_REDLINE = 4_000
_STRAY = 2
"""So few characters left alone between two changes read better as changed with them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a redline: ``same``, ``old`` (struck) or ``new`` (marked)."""

    kind: Literal["same", "old", "new"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise. ``where`` names it in words, ``what`` the side of it that changed."""

    part: str
    kind: Kind
    subject: str
    """The element's id; for a field or a rule also what it belongs to."""
    where: str
    what: str = ""
    old: str = ""
    new: str = ""
    text: bool = False
    """Whether old and new are running text, best shown as one redline."""

    @property
    def sentence(self) -> str:
        """The whole change as somebody would say it."""
        if self.part == LAYOUT:
            return f"{self.where}{self.what}，不影响办理。"
        if self.kind == ADDED:
            return f"新增{self.where}{_said(self.what, self.new)}。"
        if self.kind == REMOVED:
            return f"删去{self.where}{_said(self.what, self.old)}。"
        if self.kind == MOVED:
            return f"{self.where}的{self.what}有变：原{self.old}，现{self.new}。"
        return f"{self.where}的{self.what}{_turned(self.old, self.new)}。"

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Old and new as one text with what was struck and what was put in."""
        return redline(self.old, self.new) if self.text and self.kind == CHANGED else ()


def _said(what: str, value: str) -> str:
    if not value:
        return ""
    return f"，{what}为{_quoted(value)}" if what else f"：{value}"


def _turned(old: str, new: str) -> str:
    if not old:
        return f"原来没有，现为{_quoted(new)}"
    if not new:
        return f"原为{_quoted(old)}，现已取消"
    return f"由{_quoted(old)}改为{_quoted(new)}"


def _quoted(text: str) -> str:
    """In quotation marks; those inside become single ones."""
    return f"“{text.translate(_INSIDE)}”"


_INSIDE = str.maketrans("“”", "‘’")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that changes, and how each element is marked in the old and in the new diagram."""

    changes: tuple[Change, ...]
    marks: tuple[Mapping[str, Mapping[str, Kind]], Mapping[str, Mapping[str, Kind]]]
    """By file and shape: in the old diagrams, in the new ones."""
    same_text: bool

    @property
    def layout_only(self) -> bool:
        """Whether nothing but the drawing is otherwise."""
        return bool(self.changes) and all(change.part == LAYOUT for change in self.changes)

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        if self.same_text:
            return "两个版本完全相同。"
        if not self.changes:
            return "两个版本的文件写法（注释、空格等）略有不同，办理内容和图形都没有变化。"
        if self.layout_only:
            return "只调整了图的布局，办理内容没有变化。"
        counts = [(words, len(self.of(part))) for part, words in PARTS.items()]
        return "共 {} 处变化：{}。".format(
            len(self.changes), "，".join(f"{words} {count} 处" for words, count in counts if count)
        )

    def told(self, shapes: Iterable[str]) -> dict[str, dict[str, str]]:
        """What is said of each of these elements: its name, and every change of it."""
        found = {}
        for shape in shapes:
            own = [change for change in self.changes if change.subject == shape]
            words = "".join(change.sentence for change in own) or "所用的表单有变化，见下表。"
            found[shape] = {"name": own[0].where if own else shape, "words": words}
        return found

    def of(self, part: str) -> tuple[Change, ...]:
        """The changes of one part."""
        return tuple(change for change in self.changes if change.part == part)


def redline(old: str, new: str) -> tuple[Piece, ...]:
    """Old and new as one text, character by character; the same backwards with the two exchanged."""
    if max(len(old), len(new)) > LONGEST_REDLINE:
        return _pieces([("replace", old, new)])
    first, second = sorted((old, new))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    steps: list[tuple[str, str, str]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        one, other = first[a:b], second[c:d]
        steps.append((tag, one, other) if first == old else (tag, other, one))
    return _pieces(_gathered(steps))


def _gathered(steps: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Neighbouring changes as one, with the stray characters between them."""
    found: list[tuple[str, str, str]] = []
    for place, (tag, old, new) in enumerate(steps):
        stray = tag == "equal" and len(old) < _STRAY and 0 < place < len(steps) - 1
        changed = tag != "equal" or stray
        if changed and found and found[-1][0] == "replace":
            found[-1] = ("replace", found[-1][1] + old, found[-1][2] + new)
        else:
            found.append(("replace" if changed else "equal", old, new))
    return found


def _pieces(steps: list[tuple[str, str, str]]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for tag, old, new in steps:
        if tag == "equal":
            found.append(Piece("same", old))
        else:
            found += [Piece("old", old)] if old else []
            found += [Piece("new", new)] if new else []
    return tuple(found)


def displaced(old: list[str], new: list[str]) -> list[str]:
    """The fewest of the names in both lists that have to be moved to make one order of the other."""
    before = [name for name in dict.fromkeys(old) if name in set(new)]
    after = [name for name in dict.fromkeys(new) if name in set(old)]
    first, second = sorted((before, after))
    place = {name: number for number, name in enumerate(second)}
    kept = _longest_rising([place[name] for name in first])
    return [name for name in after if place[name] not in kept]


def _longest_rising(numbers: list[int]) -> set[int]:
    """A longest run of rising numbers, as a set."""
    best: list[list[int]] = []
    for number in numbers:
        best.append([*_longest([run for run in best if run[-1] < number]), number])
    return set(_longest(best))


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=len) if runs else []
