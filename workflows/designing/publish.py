"""Publishing: a bundle becomes an immutable, hashed version and is put in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from sqlalchemy import func, select

from workflows.catalogue import (
    PUBLISHED,
    RETIRED,
    VERSION_MOVES,
    Bundle,
    Procedure,
    ProcedureVersion,
    prepare,
)
from workflows.commands import Command, Context
from workflows.designing import lint
from workflows.errors import Conflict, Invalid


class VersionFrozen(Conflict):
    """A version's state does not allow this move."""

    code = "version.frozen"
    sentence = "事项“{key}”第 {number} 版已{state}，不能再改动。"


class Unpublishable(Invalid):
    """The lint found what keeps a bundle from being published; ``errors`` says where and what, by file."""

    code = "version.unpublishable"
    sentence = "事项“{key}”有 {count} 处错误，不能发布：{first}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishVersion(Command[int]):
    """Put a bundle in force as the next version of its procedure. Gives the version's number.

    The same content again changes nothing: the number in force comes back. Running cases keep theirs.
    """

    bundle: Bundle
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The description and the scenarios as written, by file name: what an amendment starts from."""

    def authorise(self, ctx: Context) -> None:
        """The console publishes what a fresh installation starts with."""
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx: Context) -> int:
        """Look first: a broken bundle never becomes a version. Raises Unpublishable."""
        self._require_sound()
        prepared = prepare(self.bundle)
        procedure = self._procedure(ctx)
        standing = ctx.session.get(ProcedureVersion, procedure.current_version_id or 0)
        ctx.record("catalogue", procedure=self.bundle.key, digest=prepared.digest)
        if standing is not None and standing.digest == prepared.digest:
            return standing.number
        timer = prepared.start_event().timer
        version = self._next(ctx, prepared.digest, timer.text if timer else None)
        version.keeps_apart = bool(prepared.apart)
        if standing is not None:
            move(standing, RETIRED)
        procedure.current_version_id = version.id
        ctx.facts["number"] = version.number
        return version.number

    def _require_sound(self) -> None:
        faults = lint.errors(self.bundle)
        if faults:
            said = {f"{each.file} {each.element or '-'} [{each.rule}]": each.sentence for each in faults}
            first = faults[0].told()
            raise Unpublishable(said, key=self.bundle.key, count=len(faults), first=first)

    def _procedure(self, ctx: Context) -> Procedure:
        meta = self.bundle.meta
        procedure = ctx.session.get(Procedure, self.bundle.key, with_for_update=True)
        if procedure is None:
            procedure = Procedure(key=self.bundle.key)
            ctx.session.add(procedure)
        procedure.name, procedure.locality = str(meta["name"]), str(meta["locality"])
        procedure.category, procedure.division = str(meta["category"]), str(meta["division"])
        ctx.session.flush()
        return procedure

    def _next(self, ctx: Context, digest: str, schedule: str | None) -> ProcedureVersion:
        newest = ctx.session.scalar(
            select(func.max(ProcedureVersion.number)).where(ProcedureVersion.procedure_key == self.bundle.key)
        )
        version = ProcedureVersion(
            procedure_key=self.bundle.key,
            number=(newest or 0) + 1,
            state=PUBLISHED,
            digest=digest,
            bundle=self.bundle.dump(),
            sources=orjson.dumps(dict(self.sources)).decode() if self.sources else None,
            schedule=schedule,
            published_at=ctx.now,
            published_by=ctx.actor.name,
        )
        ctx.session.add(version)
        ctx.session.flush()
        return version


def move(version: ProcedureVersion, to: str) -> None:
    """Change a version's state along the table; raises VersionFrozen."""
    if to not in VERSION_MOVES[version.state]:
        raise VersionFrozen(key=version.procedure_key, number=version.number, state=version.state)
    version.state = to
