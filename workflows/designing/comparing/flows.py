"""Sequence flows compared: where they lead, and under which condition, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.comparing.changes import ADDED, CHANGED, FLOWS, REMOVED, Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.designing.comparing.wording import Words
    from workflows.spiff import Flow, Specification

_ORIGINS = {"source": "文件规定", "default": "本地设定"}


def changes(old: Specification, new: Specification, words: tuple[Words, Words]) -> Iterator[Change]:
    """Every change of a flow; flows are the same where their id is."""
    for key, flow in old.flows.items():
        if key not in new.flows:
            yield Change(
                part=FLOWS, kind=REMOVED, subject=key, where=called(flow, words[0]), what="条件",
                old=condition(flow, words[0]),
            )  # fmt: skip
    for key, flow in new.flows.items():
        before = old.flows.get(key)
        if before is None:
            yield Change(
                part=FLOWS, kind=ADDED, subject=key, where=called(flow, words[1]), what="条件",
                new=condition(flow, words[1]),
            )  # fmt: skip
        else:
            yield from _sides(before, flow, words)


def called(flow: Flow, words: Words) -> str:
    """A flow by the two it joins, and its id."""
    name = f"“{flow.name}”" if flow.name else ""
    return f"走向{name}：从“{words.step(flow.source)}”到“{words.step(flow.target)}”（{flow.shape}）"


def condition(flow: Flow, words: Words) -> str:
    """When the flow is taken; nothing where it always is."""
    if flow.default:
        return "其他情形"
    return words.feel(flow.condition)


def _sides(old: Flow, new: Flow, words: tuple[Words, Words]) -> Iterator[Change]:
    pairs = (
        ("起点", words[0].step(old.source), words[1].step(new.source), old.source != new.source),
        ("去向", words[0].step(old.target), words[1].step(new.target), old.target != new.target),
        ("条件", *_conditions(old, new, words)),
        ("名称", old.name, new.name, old.name != new.name),
        ("依据", old.basis, new.basis, old.basis != new.basis),
        ("依据来源", _origin(old), _origin(new), old.origin != new.origin),
    )
    for what, before, after, differs in pairs:
        if differs:
            yield Change(
                part=FLOWS, kind=CHANGED, subject=new.id, where=called(old, words[0]), what=what,
                old=before, new=after, text=what == "依据",
            )  # fmt: skip


def _conditions(old: Flow, new: Flow, words: tuple[Words, Words]) -> tuple[str, str, bool]:
    differs = (old.condition, old.default) != (new.condition, new.default)
    said = condition(old, words[0]), condition(new, words[1])
    if differs and said[0] == said[1]:
        said = str(old.condition or ""), str(new.condition or "")
    return *said, differs


def _origin(flow: Flow) -> str:
    return _ORIGINS.get(flow.origin, flow.origin)
