"""Which steps changed places: A always came before B, and now B always comes before A."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from workflows.spiff import HUMAN

if TYPE_CHECKING:
    from workflows.spiff import Specification

_PEOPLE_AND_SYSTEM = HUMAN | {"serviceTask", "sendTask", "businessRuleTask", "callActivity", "subProcess"}


class Order:
    """The steps of two diagrams by what must have been passed before each.

    A way back changes nothing in what must come before what, nor does a step put in between.
    """

    def __init__(self, old: Specification, new: Specification) -> None:
        common = [
            key
            for key, element in new.elements.items()
            if element.kind in _PEOPLE_AND_SYSTEM and key in old.elements
        ]
        self._specifications = (old, new)
        self._must = (_needed(old, common), _needed(new, common))
        self.moved = self._displaced()

    def behind(self, which: int, key: str) -> str:
        """The step that comes last before this one on every way, in the old (0) or new (1) diagram."""
        needed = self._must[which]
        return max(needed[key], key=lambda each: (len(needed[each]), each), default="")

    def _displaced(self) -> frozenset[str]:
        """The fewest steps, about, without which nothing is the other way round."""
        old, new = self._must
        turned = {(a, b) for b in new for a in old[b] if b in new.get(a, ())}
        found: set[str] = set()
        while turned:
            counts = Counter(key for pair in turned for key in pair)
            most = max(counts, key=lambda key: (counts[key], key))
            found.add(most)
            turned = {pair for pair in turned if most not in pair}
        return frozenset(found)


def _needed(spec: Specification, common: list[str]) -> dict[str, frozenset[str]]:
    """For each step those of ``common`` that every way from a start to it passes."""
    following: dict[str, list[str]] = {}
    for flow in spec.flows.values():
        following.setdefault(flow.source, []).append(flow.target)
    for key, element in spec.elements.items():
        if element.attached_to:
            following.setdefault(element.attached_to, []).append(key)
    starts = [key for key, element in spec.elements.items() if element.kind == "startEvent"]
    everywhere = _reached(starts, following, None)
    found: dict[str, set[str]] = {key: set() for key in common}
    for key in common:
        without = _reached(starts, following, key)
        for other in common:
            if other != key and other in everywhere and other not in without:
                found[other].add(key)
    return {key: frozenset(before) for key, before in found.items()}


def _reached(starts: list[str], following: dict[str, list[str]], but: str | None) -> set[str]:
    seen, waiting = {but} if but else set(), [key for key in starts if key != but]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += following.get(key, ())
    return {key for key in seen if key is not None and key != but}
