"""Turning the demo clock, and filling the registers of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.demo.models import DemoClockOffset
from app.demo.registers import fill
from app.security import demo
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRegisters(Command[int]):
    """Enter the households that are not there yet in each village with demo accounts; gives how many."""

    def authorise(self, ctx: Context) -> None:
        ctx.require(ctx.actor.kind in {"console", "system"})

    def run(self, ctx: Context) -> int:
        new = 0
        for village in dict.fromkeys(one.division for one in demo.households()):
            new += fill(ctx, village)
        ctx.record("office", households=new)
        return new
