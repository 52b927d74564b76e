"""Which inputs a table's rules cover together: whom a rule meets, and what no rule accepts."""

from __future__ import annotations

from functools import cache
from typing import Final

from workflows.decisions.probing import ANYTHING, COMPARED, Column, Samples

_BUDGET: Final = 120_000  # steps of all searches through one table

Rules = int
"""A set of rules, one bit each."""

Picks = tuple[int, ...]
"""One sample of each column."""


class TooFar(Exception):
    """A search took more steps than a check may take."""


class Cover:
    """A table's cells as sets. What cannot be known is taken as everything or, when `surely`, as nothing."""

    def __init__(self, columns: list[Column]) -> None:
        self.columns = columns
        self.count = len(columns[0].accepted)
        self.left = _BUDGET
        self.unknown: Rules = sum(
            1 << rule for rule in range(self.count) if any(c.accepted[rule] is None for c in columns)
        )
        self._takers = {
            surely: [self._by_sample(c, surely=surely) for c in columns] for surely in (True, False)
        }
        self._meeting = cache(self._meeting_of)

    def _by_sample(self, column: Column, *, surely: bool) -> list[Rules]:
        """For each sample of a column the rules that accept it."""
        takers = [0] * len(column.words)
        by_set: dict[Samples, Rules] = {}
        for rule in range(self.count):
            samples = self._samples(column, rule, surely=surely)
            by_set[samples] = by_set.get(samples, 0) | 1 << rule
        for samples, rules in by_set.items():
            for place in _bits(samples):
                takers[place] |= rules
        return takers

    @staticmethod
    def _samples(column: Column, rule: int, *, surely: bool) -> Samples:
        accepted = column.accepted[rule]
        if accepted is None:
            return 0 if surely else column.valid
        return accepted

    def region(self, rule: int) -> list[Samples]:
        """What a rule accepts at most, column by column."""
        return [self._samples(column, rule, surely=False) for column in self.columns]

    def never_fires(self, rule: int) -> bool:
        """Whether some cell of the rule accepts nothing that may come."""
        return not all(self.region(rule))

    def meeting(self, rule: int, *, surely: bool) -> Rules:
        """The other rules that can fire together with this one."""
        if surely and self.unknown >> rule & 1:
            return 0
        found = (1 << self.count) - 1 & ~(1 << rule)
        for place, samples in enumerate(self.region(rule)):
            found &= self._meeting(place, samples, surely)
        return found

    def _meeting_of(self, place: int, samples: Samples, surely: bool) -> Rules:  # noqa: FBT001 - a cache's key
        takers, found = self._takers[surely][place], 0
        for sample in _bits(samples):
            found |= takers[sample]
        return found

    def shared(self, one: int, other: int) -> str:
        """An input for which both rules fire, in words."""
        both = [a & b for a, b in zip(self.region(one), self.region(other), strict=True)]
        return self.example(tuple(_lowest(samples) for samples in both))

    def example(self, picks: Picks) -> str:
        """An input in words."""
        said = [(column.label, column.words[pick]) for column, pick in zip(self.columns, picks, strict=True)]
        parts = [
            f"{label}{word}" if word.startswith(COMPARED) else f"{label}为{word}"
            for label, word in said
            if word != ANYTHING
        ]
        return "，".join(parts) or "任何输入"

    def uncovered(self, region: list[Samples], rules: Rules, *, surely: bool) -> Picks | None:
        """Samples in a region that none of these rules accepts; None where there are none. Raises TooFar."""
        dead: set[tuple[int, Rules]] = set()
        takers = self._takers[surely]

        def beyond(place: int, alive: Rules) -> Picks | None:
            if not alive:
                return tuple(_lowest(samples) for samples in region[place:])
            if place == len(region) or (place, alive) in dead:
                return None
            seen: set[Rules] = set()
            for sample in _bits(region[place]):
                kept = alive & takers[place][sample]
                if kept in seen:
                    continue
                seen.add(kept)
                self._spend()
                found = beyond(place + 1, kept)
                if found is not None:
                    return (sample, *found)
            dead.add((place, alive))
            return None

        return beyond(0, rules)

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooFar


def _bits(number: int) -> list[int]:
    found = []
    while number:
        low = number & -number
        found.append(low.bit_length() - 1)
        number ^= low
    return found


def _lowest(number: int) -> int:
    return (number & -number).bit_length() - 1


def rules_in(rules: Rules) -> list[int]:
    """The rules of a set, from the first row on."""
    return _bits(rules)
