"""Taking a register out of the system is a recorded act."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.registers import queries, reach
from app.registers.definition import named
from app.registers.export import workbook
from app.registers.queries import Narrowed
from workflows.commands import Command, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRegister(Command[bytes]):
    """The register as an XLSX workbook; who took how many rows of what is on record."""

    register: str
    narrowed: Narrowed = field(default_factory=Narrowed)

    def authorise(self, ctx: Context) -> None:
        """Someone with a division to look after; the rows are cut to it."""
        ctx.require(bool(reach.areas(ctx.actor, named(self.register))))

    def run(self, ctx: Context) -> bytes:
        """Write the rows of the actor's scope."""
        found = queries.every_row(ctx.session, ctx.actor, self.register, self.narrowed)
        ctx.record(
            "exports",
            register=self.register,
            rows=len(found),
            q=self.narrowed.q,
            division=self.narrowed.division,
        )
        return workbook(named(self.register), found, taken_by=ctx.actor.name, at=ctx.now)
