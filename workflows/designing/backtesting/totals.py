"""What all cases together say: how many went which way, where, and the change in work and in waiting."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflows.designing.backtesting.verdicts import INCOMPARABLE, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


METHOD = (
    "工作量和等待只计到每件第一次不同为止。新增环节按其办理期限计入工作日，未设期限的不计；"
    "删去的环节按当时实际停留的工作日扣除；定时和公示按草稿与当时到期的天数之差计。不可比的办件不计入。"
)
"""How work and waiting are reckoned, as the page says it."""


@dataclass(slots=True)
class Totals:
    """The sums over all cases."""

    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)
    """How many cases diverge first at each element, or stop at it where it is new."""
    names: dict[str, str] = field(default_factory=dict)
    roles: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Items done by each role: in the record, in the draft."""
    working_days: int = 0
    days: int = 0

    def by_kind(self) -> list[tuple[str, str, int]]:
        """Kind, words and number, without the kinds nobody is of."""
        return [(kind, words, self.kinds[kind]) for kind, words in KINDS.items() if self.kinds[kind]]


def totalled(outcomes: Iterable[Mapping[str, Any]]) -> Totals:
    """The sums over outcomes as they are stored."""
    found, then, now = Totals(), Counter[str](), Counter[str]()
    for one in outcomes:
        found.cases += 1
        found.kinds[one["kind"]] += 1
        first = one["first"]
        if first:
            found.elements[first["element"]] += 1
            found.names[first["element"]] = first["name"]
        if one["kind"] == INCOMPARABLE:
            continue
        then.update(one["then"])
        now.update(one["now"])
        found.working_days += one["working_days"]
        found.days += one["days"]
    found.roles = {role: (then[role], now[role]) for role in sorted({*then, *now})}
    return found
