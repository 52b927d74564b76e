"""That a backup was made or restored, on the trail."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.commands import Command, Context

STREAM = "keeping"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBackup(Command[None]):
    """Say that everything was copied, and under which hash of its manifest."""

    digest: str
    files: int
    missing: int
    with_keys: bool

    def authorise(self, ctx: Context) -> None:
        """The console of the machine."""
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx: Context) -> None:
        """Nothing changes but the trail."""
        ctx.record(
            STREAM, manifest=self.digest, files=self.files, missing=self.missing, with_keys=self.with_keys
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRestore(Command[None]):
    """Say that what stands here now was put back from a backup of an earlier moment."""

    made_at: str
    files: int

    def authorise(self, ctx: Context) -> None:
        """The console of the machine."""
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx: Context) -> None:
        """Nothing changes but the trail."""
        ctx.record(STREAM, made_at=self.made_at, files=self.files)
