"""Moving a running case to another version of its diagram: what stands against it, and the move itself.

A state holds tokens by the id of their element, so it may be read under another diagram as it is. It may
not wherever the record of the case would then say something that never happened: that is what
``hindrances`` looks for. Some of them, not all, fall away when the case is played once more from its
journal instead (``replayable``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from workflows.spiff import serializer
from workflows.spiff.loops import INSTANCE
from workflows.spiff.model import CONTAINERS, FORKS
from workflows.spiff.stepping import begin, finish
from workflows.spiff.tracks import Hop, Tracks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workflows.spiff.model import Element, Specification
    from workflows.spiff.scripting import Scope
    from workflows.spiff.stepping import Ask, Step

INSERTED = "migration.inserted_before"
REORDERED = "migration.reordered"
REMOVED_DONE = "migration.removed_done"
GONE = "migration.step_gone"
KIND = "migration.kind_changed"
BORDER = "migration.border_changed"
RULE = "migration.rule_changed"
BRANCHES = "migration.branches_changed"
BLOCK = "migration.block_changed"
SEVERAL = "migration.several_changed"
INSIDE = "migration.inside_changed"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a case cannot simply be read under the other diagram."""

    code: str
    sentence: str
    replayable: bool = False


class Passage(NamedTuple):
    """A stretch of a case's journal under one version: what the token passed, in order."""

    spec: Specification
    passed: Sequence[str]


def hindrances(
    old: Specification, new: Specification, state: bytes, history: Sequence[Passage]
) -> list[Hindrance]:
    """Everything that stands against reading a state of ``old`` under ``new``; the gravest first."""
    kept = serializer.upgraded(state)
    rows = [row for _, _, rows in kept["p"] for row in rows]
    look = _Look(old, new, rows, history)
    found = dict.fromkeys(
        [
            *look.done_steps(),
            *look.ways(),
            *look.branches(),
            *look.tokens(),
            *look.containers(),
            *look.borders(),
        ]
    )
    return sorted(found, key=lambda each: each.replayable)


class _Look:
    """One case looked at under two diagrams."""

    def __init__(
        self, old: Specification, new: Specification, rows: list[list[Any]], history: Sequence[Passage]
    ) -> None:
        self.old, self.new = old, new
        self.was, self.now = Tracks(old), Tracks(new)
        self.rows = rows
        self.live = {self._element(row): None for row in rows if row[3] != "c"}
        self.history = history

    @staticmethod
    def _element(row: list[Any]) -> str:
        return str(row[2]).removesuffix(INSTANCE)

    def _told(self, key: str) -> str:
        for spec in (self.new, self.old, *(each.spec for each in self.history)):
            if key in spec.elements:
                return spec.elements[key].name or key
        return key

    # What has been done

    def done_steps(self) -> Iterator[Hindrance]:
        """Every step that was done has to be there still, as the same kind of step."""
        for spec, passed in self.history:
            for key in dict.fromkeys(passed):
                before = spec.elements.get(key)
                if before is None or not Tracks(spec).counts(key):
                    continue
                after = self.new.elements.get(key)
                if after is None:
                    said = f"新版删去了本件已经办过的“{self._told(key)}”，迁移会使这一步的记录无从对应。"
                    yield Hindrance(REMOVED_DONE, said)
                elif _nature(before) != _nature(after):
                    said = f"新版把本件已经办过的“{self._told(key)}”改成了另一类环节，记录会与流程不符。"
                    yield Hindrance(KIND, said)

    def ways(self) -> Iterator[Hindrance]:
        """From each step that was done, the diagram leads straight to the next one, by the same rule."""
        for spec, passed in self.history:
            tracks = Tracks(spec)
            for hop in dict.fromkeys(tracks.hops(passed)):
                if hop.source not in self.new.elements:
                    continue
                if hop.target not in self.new.elements:
                    if hop.target not in self.live:
                        continue
                    said = f"新版没有本件现在所在的“{self._told(hop.target)}”。"
                    yield Hindrance(GONE, said, replayable=True)
                elif hop.target not in self.now.after(hop.source):
                    yield self._off_the_way(hop)
                elif tracks.choices(hop) != self.now.choices(hop):
                    said = (
                        f"新版改了“{self._told(hop.source)}”之后的走向条件，"
                        f"本件是按原条件到“{self._told(hop.target)}”的。"
                    )
                    yield Hindrance(RULE, said, replayable=True)

    def _off_the_way(self, hop: Hop) -> Hindrance:
        known = {key for spec, passed in self.history for key in passed}
        between = [
            key
            for key in self.now.after(hop.source)
            if key not in known and self.now.reaches(key, hop.target)
        ]
        names = "、".join(self._told(key) for key in between)
        if between and all(key in self.old.elements for key in between):
            said = (
                f"新版把本件没有办过的“{names}”移到了“{self._told(hop.target)}”之前，迁移会使记录看起来办过。"
            )
            return Hindrance(REORDERED, said)
        if between:
            said = f"新版在本件已办环节之前增加了“{names}”，迁移会使记录看起来办过。"
            return Hindrance(INSERTED, said)
        said = (
            f"新版改变了已办环节的先后：“{self._told(hop.source)}”之后不再是“{self._told(hop.target)}”，"
            "记录会与流程不符。"
        )
        return Hindrance(REORDERED, said)

    # Where it stands

    def branches(self) -> Iterator[Hindrance]:
        """A split that was passed keeps its branches: a new one would never begin, and its join never end."""
        passed = {key for _, keys in self.history for key in keys}
        for fork in self.was.forks():
            if fork not in passed or fork not in self.new.elements:
                continue
            before, after = set(self.was.after(fork)), set(self.now.after(fork))
            if more := after - before:
                names = "、".join(sorted(self._told(key) for key in more))
                said = f"新版给已经分开的“{self._told(fork)}”增加了“{names}”这一支，本件会一直停住。"
                yield Hindrance(BRANCHES, said)
            elif before != after:
                said = f"新版取消了已经分开的“{self._told(fork)}”中的一支，本件无法会合。"
                yield Hindrance(BRANCHES, said)

    def tokens(self) -> Iterator[Hindrance]:
        """What the case waits at is the same kind of step, in the same place, done by as many."""
        for row in self.rows:
            key = self._element(row)
            before, after = self.old.elements[key], self.new.elements.get(key)
            name = self._told(key)
            if after is None:
                replayable = row[3] != "c" and before.kind not in FORKS
                yield Hindrance(GONE, f"新版没有本件现在所在的“{name}”。", replayable=replayable)
            elif _nature(before) != _nature(after):
                yield Hindrance(KIND, f"新版把本件现在所在的“{name}”改成了另一类环节。")
            elif before.multi_instance != after.multi_instance:
                yield Hindrance(SEVERAL, f"新版改了正在办理的“{name}”由几人办、怎样算通过，须先办完这一步。")
            elif self._blocks(self.old, key) != self._blocks(self.new, key):
                yield Hindrance(BLOCK, f"新版把本件现在所在的“{name}”移入或移出了并行的分支。")
            elif not self._arrives(row):
                yield Hindrance(BLOCK, f"新版改了“{name}”由哪几支会合，本件已有一支到达，无法对应。")

    def _arrives(self, row: list[Any]) -> bool:
        """A token that waits at a join came by a flow that still leads there."""
        flow = row[4].get("by") if len(row) > 4 else None
        if flow is None or self.new.elements[self._element(row)].kind not in FORKS:
            return True
        known = self.new.flows.get(flow)
        return known is not None and known.target == self._element(row)

    @staticmethod
    def _blocks(spec: Specification, key: str) -> frozenset[str]:
        element = spec.elements[key]
        level = element.parent or element.process
        flow_spec = spec.engine.levels.get(level, spec.engine.main)
        nodes = flow_spec.task_specs.values()
        return frozenset(node.name for node in nodes if key in getattr(node, "block", ()))

    def containers(self) -> Iterator[Hindrance]:
        """A subprocess or called process under way is not rebuilt from inside."""
        for key in self.live:
            element = self.old.elements[key]
            after = self.new.elements.get(key)
            if element.kind not in CONTAINERS or after is None:
                continue
            if _contents(self.old, element) != _contents(self.new, after):
                said = f"新版改了“{self._told(key)}”里面的环节，本件正在其中，须先办完。"
                yield Hindrance(INSIDE, said)

    def borders(self) -> Iterator[Hindrance]:
        """What may interrupt an activity under way, a time limit above all, was set when it was opened."""
        for key in self.live:
            if key in self.new.elements and _border(self.old, key) != _border(self.new, key):
                said = f"新版改了“{self._told(key)}”上的到时或提醒，本件已在这一步，原来没有起算。"
                yield Hindrance(BORDER, said, replayable=True)


def _nature(element: Element) -> tuple[str, str | None, str, str | None, str | None, bool]:
    return (
        element.kind,
        element.parent,
        element.process,
        element.attached_to,
        element.called,
        element.multi_instance is not None,
    )


def _border(spec: Specification, key: str) -> frozenset[tuple[Any, ...]]:
    return frozenset(
        (each.id, each.timer, each.message, each.error, each.interrupting)
        for each in spec.elements.values()
        if each.attached_to == key
    )


def _contents(spec: Specification, holder: Element) -> frozenset[tuple[Any, ...]]:
    """Everything inside a container, to every depth: what there is, and where it leads."""
    inside = {
        key: each
        for key, each in spec.elements.items()
        if each.parent == holder.id or (holder.called is not None and each.process == holder.called)
    }
    found: set[tuple[Any, ...]] = {(key, each.kind, each.multi_instance) for key, each in inside.items()}
    found |= {
        (flow.source, flow.target, flow.condition, flow.default)
        for flow in spec.flows.values()
        if flow.source in inside
    }
    for each in inside.values():
        if each.kind in CONTAINERS:
            found |= _contents(spec, each)
    return frozenset(found)


def carried_over(spec: Specification, state: bytes, scope: Scope, ask: Ask) -> Step:
    """The state read under another diagram: same tokens, same tasks, same due instants."""
    return finish(begin(spec, state, scope, ask))


def settled(state: bytes, earlier: bytes) -> bytes:
    """A state that was played anew, told from the earlier one.

    No task has an id that one of the earlier state ever had, and events of the same name stay due when they
    were.
    """
    known, kept = serializer.upgraded(earlier), serializer.upgraded(state)
    due = {row[2]: row[4]["due"] for row in _rows(known) if len(row) > 4 and "due" in row[4]}
    by = known["n"]
    kept["n"] += by
    for part in kept["p"]:
        part[0] = part[0] and part[0] + by
    for row in _rows(kept):
        row[0] += by
        row[1] = row[1] and row[1] + by
        if len(row) > 4:
            row[4].update({name: row[4][name] + by for name in _TASKS if name in row[4]})
            if "due" in row[4]:
                row[4]["due"] = due.get(row[2], row[4]["due"])
    return orjson.dumps(kept)


_TASKS = ("on", "gate")
"""What a task keeps that is the id of another."""


def _rows(kept: dict[str, Any]) -> list[list[Any]]:
    return [row for _, _, rows in kept["p"] for row in rows]
