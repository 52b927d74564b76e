"""Taking in a file."""

from __future__ import annotations

from dataclasses import dataclass

from app.attachments.models import Attachment
from workflows.commands import Command, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn(Command[Attachment]):
    """Register an upload whose content is already kept under its hash; it belongs to no case yet."""

    sha256: str
    name: str
    type: str
    size: int

    def authorise(self, ctx: Context) -> None:
        """Whoever is signed in."""
        ctx.require(ctx.actor.person_id is not None)

    def run(self, ctx: Context) -> Attachment:
        """One row."""
        row = Attachment(
            sha256=self.sha256,
            name=self.name,
            type=self.type,
            size=self.size,
            owner_id=ctx.actor.person_id or 0,
            created_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record(f"person:{ctx.actor.person_id}", attachment=row.id, sha256=self.sha256, size=self.size)
        return row
