"""Hit policies: what a table gives when several rules fire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from workflows.feel.functions.statistics import greatest, least, total
from workflows.feel.operators import equal
from workflows.feel.problems import Wrong
from workflows.feel.values import Value

if TYPE_CHECKING:
    from workflows.decisions.tables import Rule


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired, what it gives, and how important each output is (0 is the most)."""

    rule: Rule
    value: Value
    ranks: tuple[int, ...]


Settled = tuple[list[Hit], Value]


def _unique(hits: list[Hit]) -> Settled:
    if len(hits) > 1:
        numbers = "、".join(str(hit.rule.number) for hit in hits)
        raise Wrong(f"唯一命中的表有多条规则同时命中（第{numbers}条）")
    return hits, hits[0].value


def _any(hits: list[Hit]) -> Settled:
    if not all(equal(hit.value, hits[0].value) for hit in hits):
        raise Wrong("同时命中的规则给出了不同的结果")
    return hits, hits[0].value


def _priority(hits: list[Hit]) -> Settled:
    best = min(hits, key=lambda hit: hit.ranks)
    return [best], best.value


def _first(hits: list[Hit]) -> Settled:
    return hits[:1], hits[0].value


def _all_in_order(hits: list[Hit]) -> Settled:
    return hits, [hit.value for hit in hits]


def _output_order(hits: list[Hit]) -> Settled:
    ordered = sorted(hits, key=lambda hit: hit.ranks)
    return ordered, [hit.value for hit in ordered]


def _aggregated(aggregate: Callable[[list[Value]], Value]) -> Callable[[list[Hit]], Settled]:
    def settle(hits: list[Hit]) -> Settled:
        values = [hit.value for hit in hits]
        if type(values[0]) is dict:
            return hits, {name: aggregate([value[name] for value in values]) for name in values[0]}
        return hits, aggregate(values)

    return settle


POLICIES: Final[dict[str, Callable[[list[Hit]], Settled]]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "PRIORITY": _priority,
    "FIRST": _first,
    "RULE ORDER": _all_in_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _all_in_order,
    "COLLECT SUM": _aggregated(total),
    "COLLECT MIN": _aggregated(least),
    "COLLECT MAX": _aggregated(greatest),
    "COLLECT COUNT": lambda hits: (hits, Decimal(len(hits))),
}


def nothing_fired(policy: str) -> Value:
    """What a table without defaults gives when no rule fires."""
    if policy == "COLLECT":
        return []
    return Decimal(0) if policy == "COLLECT COUNT" else None
