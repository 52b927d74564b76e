"""Checks a model before it is published: what cannot be read, is missing, clashes or overlaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from workflows.decisions.clashes import clashes
from workflows.decisions.findings import ERROR, Finding
from workflows.decisions.model import Model, Part
from workflows.decisions.table_checks import table_findings
from workflows.decisions.texts import Text
from workflows.feel.expression import names
from workflows.feel.grammar import children
from workflows.feel.nodes import Node, Unreadable

_MOST_GUESSED, _MOST_KNOWN = 50, 500

LENT = frozenset({"workdays"})
"""Functions that the office lends to decisions, beside the standard's own."""


def check(model: Model) -> list[Finding]:
    """All findings of a model, the grave ones first, then as they stand in the file."""
    near = _Near()
    found = [finding for text in model.texts for finding in _text(text, model, near)]
    found += _requirements(model)
    found += _names(model)
    found += clashes(model)
    for table in model.tables:
        found += table_findings(table)
    found += [
        Finding(
            "dmn.unknown-type", ERROR, model.name, "", f"未知类型“{name}”{near.to(name, model.types.names)}。"
        )
        for name in sorted(model.types.unknown)
    ]
    return sorted(found, key=lambda finding: (finding.severity != ERROR, finding.line))


def _text(text: Text, model: Model, near: _Near) -> Iterator[Finding]:
    if text.problem is not None:
        problem = text.problem
        where = (
            f"第{problem.line}行第{problem.column}列，" if (problem.line, problem.column) != (1, 1) else ""
        )
        yield Finding(
            "dmn.syntax",
            ERROR,
            text.owner,
            text.element,
            f"“{_short(text.source)}”写错了：{where}{problem.sentence}。",
            text.line + problem.line - 1,
            problem.column,
        )
        return
    if text.expression is None:
        return
    for sentence in _unreadable(text.expression.node):
        said = f"“{_short(text.source)}”写错了：{sentence}。"
        yield Finding("dmn.syntax", ERROR, text.owner, text.element, said, text.line)
    if "*" in text.known or any(not name for name, _ in model.imported):
        return
    for name in sorted(names(text.expression) - text.known - LENT):
        sentence = f"“{_short(text.source)}”中有未知名称“{name}”{near.to(name, text.known)}。"
        yield Finding("dmn.unknown-name", ERROR, text.owner, text.element, sentence, text.line)


def _unreadable(node: Node) -> Iterator[str]:
    if isinstance(node, Unreadable):
        yield node.sentence
    for part in children(node):
        yield from _unreadable(part)


def _short(source: str) -> str:
    return source if len(source) <= 60 else source[:60] + "…"


class _Near:
    """Says what may have been meant by an unknown name, for so many names and no more: it takes its time."""

    def __init__(self) -> None:
        self.left = _MOST_GUESSED

    def to(self, name: str, known: Collection[str]) -> str:
        """The names most like it, as a sentence goes on."""
        self.left -= 1
        if self.left < 0 or len(known) > _MOST_KNOWN:
            return ""
        close = get_close_matches(name, [each for each in known if each != "?"], n=2, cutoff=0.5)
        return "，是否为" + "或".join(f"“{each}”" for each in close) if close else ""


def _requirements(model: Model) -> Iterator[Finding]:
    for part in model.parts.values():
        for href in (*part.needs, *part.outputs, *part.given):
            if model.at(href) is None:
                yield _of(part, "dmn.missing", f"所需的“{href}”不存在。")
    for part in _in_circles(model):
        yield _of(part, "dmn.circle", f"“{part.name}”的依赖成环。")


def _of(part: Part, check_id: str, sentence: str) -> Finding:
    return Finding(check_id, ERROR, part.name, part.id, sentence, part.line)


def _in_circles(model: Model) -> Iterator[Part]:
    """Parts that require themselves, directly or through others; what lies between two circles counts too."""
    forth = {part.id: {other.id for other in _needed(model, part)} for part in model.parts.values()}
    back: dict[str, set[str]] = {identity: set() for identity in forth}
    for identity, others in forth.items():
        for other in others:
            back[other].add(identity)
    left = _without_ends(_without_ends(set(forth), forth, back), back, forth)
    yield from (part for part in model.parts.values() if part.id in left)


def _without_ends(left: set[str], forth: dict[str, set[str]], back: dict[str, set[str]]) -> set[str]:
    """What remains when everything that leads nowhere is taken off again and again."""
    left = set(left)
    leads = {identity: len(forth[identity] & left) for identity in left}
    ends = [identity for identity, count in leads.items() if not count]
    while ends:
        end = ends.pop()
        left.discard(end)
        for identity in back[end] & left:
            leads[identity] -= 1
            if not leads[identity]:
                ends.append(identity)
    return left


def _needed(model: Model, part: Part) -> Iterator[Part]:
    for href in part.needs:
        other = model.at(href)
        if other is not None and other.model is model:
            yield other


def _names(model: Model) -> Iterator[Finding]:
    """Names that mean two things: what an expression would find then depends on the order of the file."""
    counted = Counter(part.name for part in model.parts.values())
    told: set[str] = set()
    for part in model.parts.values():
        if counted[part.name] > 1 and part.name in told:
            yield _of(part, "dmn.name-twice", f"“{part.name}”这个名称用了不止一次。")
        told.add(part.name)
    for name in sorted(model.twice):
        yield Finding("dmn.id-twice", ERROR, model.name, name, f"编号“{name}”用了不止一次。")
