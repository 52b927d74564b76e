"""Taking records along: whoever does it says for what, and an entry says who took what, when and for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.filters import minute
from workflows.commands import Command
from workflows.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.commands import Actor, Context

STREAM = "exports"
LEAST, MOST = 4, 200


def watermark(actor: Actor, at: datetime, purpose: str, count: int) -> str:
    """What a list that was taken along says on itself: who took how many lines, when and for what."""
    unit = actor.grants[0].unit_name if actor.grants else ""
    return f"{unit} {actor.name} 于 {minute(at)} 导出，用途：{purpose}；共 {count} 条"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRecords(Command[None]):
    """Put on record that an event log or a stretch of the trail is taken along, before it is."""

    what: str
    """xes, or a list with its form: trail.csv, trail.xlsx, trail.pdf, orders.csv, orders.xlsx."""
    purpose: str
    narrowed: Mapping[str, Any] = field(default_factory=dict)

    def authorise(self, ctx: Context) -> None:
        """Who supervises; of the trail its own officer too."""
        officer = ctx.actor.holds("audit_officer") and self.what.startswith("trail.")
        ctx.require(officer or ctx.actor.holds("supervisor"))

    def run(self, ctx: Context) -> None:
        """The entry alone; what is taken is read afterwards."""
        said = self.purpose.strip()
        if not LEAST <= len(said) <= MOST:
            raise Invalid({"purpose": f"请写明导出的用途（{LEAST} 至 {MOST} 字）。"})
        ctx.record(STREAM, what=self.what, purpose=said, **self.narrowed)
