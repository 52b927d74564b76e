"""Turning the demo clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.demo.models import DemoClockOffset
from workflows.clock import SystemClock
from workflows.commands import Command, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnClock(Command[None]):
    """Set the application clock to ``to`` (aware instant). Demo mode only: the route exists nowhere else."""

    to: datetime

    def authorise(self, ctx: Context) -> None:
        """The console, or the public in demo mode."""
        ctx.require(ctx.actor.kind in ("console", "public", "person", "system"))

    def run(self, ctx: Context) -> None:
        """Keep the distance to the machine's time."""
        seconds = (self.to - SystemClock().now()).total_seconds()
        row = ctx.session.get(DemoClockOffset, 1)
        if row is None:
            ctx.session.add(DemoClockOffset(id=1, seconds=seconds))
        else:
            row.seconds = seconds
        ctx.record("demo", turned_to=self.to.isoformat())
