"""What became of a past case in a draft: the same way, or where first another, and why, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final

SAME: Final = "same"
OTHER: Final = "other"
NEW_STEP: Final = "new_step"
MISSING: Final = "missing"
ENDED: Final = "ended"
INCOMPARABLE: Final = "incomparable"

KINDS = {
    SAME: "走向相同",
    OTHER: "走向不同",
    NEW_STEP: "停在新增环节",
    MISSING: "缺填",
    ENDED: "结果不同",
    INCOMPARABLE: "不可比",
}
"""How a case came out of it, in the order they are told."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where a case first goes another way: the element, where it went then, where it would go now, why."""

    kind: str
    element: str
    name: str
    then: str
    now: str
    why: str


class Differs(Exception):
    """A replay ends here: what is different."""

    def __init__(self, what: Divergence) -> None:
        super().__init__(what.kind)
        self.what = what


@dataclass(slots=True)
class Outcome:
    """What became of one case."""

    number: str
    kind: str = SAME
    first: Divergence | None = None
    assumed: list[str] = field(default_factory=list)
    """New steps, by id, that were taken as answered in the affirmative to go on."""
    then: Counter[str] = field(default_factory=Counter)
    """Items done by each role in the record, as far as it was followed."""
    now: Counter[str] = field(default_factory=Counter)
    """The same in the draft."""
    working_days: int = 0
    """Working days more (or fewer) that the case would have waited for people."""
    days: int = 0
    """Calendar days more (or fewer) that it would have waited for timers."""

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        said = {name: getattr(self, name) for name in ("number", "kind", "assumed", "working_days", "days")}
        first = asdict(self.first) if self.first else None
        return {**said, "first": first, "then": dict(self.then), "now": dict(self.now)}
