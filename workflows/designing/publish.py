"""Publishing: a bundle becomes an immutable, hashed version and is put in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import func, select

from workflows.catalogue import (
    PUBLISHED,
    RETIRED,
    SCHEDULED,
    VERSION_MOVES,
    VERSION_WORDS,
    Bundle,
    Procedure,
    ProcedureVersion,
    prepare,
)
from workflows.commands import Command, Context
from workflows.designing import lint
from workflows.designing.amendments import amended
from workflows.errors import Conflict, Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.designing.findings import Office


class VersionFrozen(Conflict):
    """A version's state does not allow this move."""

    code = "version.frozen"
    sentence = "事项“{key}”第 {number} 版{state}，不能再改动。"


class Unpublishable(Invalid):
    """The lint found what keeps a bundle from being published; ``errors`` says where and what, by file."""

    code = "version.unpublishable"
    sentence = "事项“{key}”有 {count} 处错误，不能发布：{first}"


class KeptByOffice(Conflict):
    """The office has amended or retired the procedure; what comes with the system does not undo that."""

    code = "version.kept_by_office"
    sentence = "事项“{key}”已由事项管理员修订或停用，随附的文件不再改动它；要改请在“事项修订”中起草。"


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
        """A broken bundle never becomes a version, nor does one that undoes what the office decided since.

        Raises Unpublishable or KeptByOffice.
        """
        procedure = locked(ctx, self.bundle)
        standing = ctx.session.get(ProcedureVersion, procedure.current_version_id or 0)
        ctx.record("catalogue", procedure=self.bundle.key, digest=self.bundle.digest())
        if standing is not None and standing.digest == self.bundle.digest():
            describe(procedure, self.bundle)
            return standing.number
        if (standing is None and _newest(ctx, self.bundle.key)) or amended(ctx.session, self.bundle.key):
            raise KeptByOffice(key=self.bundle.key)
        require_sound(self.bundle, ctx.host.office or lint.NO_OFFICE)
        version = add(ctx, self.bundle, self.sources, effective_at=ctx.now)
        put_in_force(ctx, procedure, version)
        ctx.facts["number"] = version.number
        return version.number


def require_sound(bundle: Bundle, office: Office) -> None:
    """Refuse a bundle in which the lint finds an error in this office; raises Unpublishable."""
    faults = lint.errors(bundle, office)
    if faults:
        said = {f"{each.file} {each.element or '-'} [{each.rule}]": each.sentence for each in faults}
        raise Unpublishable(said, key=bundle.key, count=len(faults), first=faults[0].told())


def locked(ctx: Context, bundle: Bundle) -> Procedure:
    """The procedure's row, locked; made where the procedure is new."""
    procedure = ctx.session.get(Procedure, bundle.key, with_for_update=True, populate_existing=True)
    if procedure is None:
        procedure = Procedure(key=bundle.key)
        describe(procedure, bundle)
        ctx.session.add(procedure)
        ctx.session.flush()
    return procedure


def describe(procedure: Procedure, bundle: Bundle) -> None:
    """Let the procedure's row say what its version in force says of it."""
    meta = bundle.meta
    procedure.name, procedure.locality = str(meta["name"]), str(meta["locality"])
    procedure.category, procedure.division = str(meta["category"]), str(meta["division"])


def add(
    ctx: Context, bundle: Bundle, sources: Mapping[str, str], *, effective_at: datetime
) -> ProcedureVersion:
    """The bundle as the next version of its procedure, waiting for its time (待生效)."""
    prepared = prepare(bundle)
    timer = prepared.start_event().timer
    version = ProcedureVersion(
        procedure_key=bundle.key,
        number=_newest(ctx, bundle.key) + 1,
        state=SCHEDULED,
        digest=prepared.digest,
        bundle=bundle.dump(),
        sources=orjson.dumps(dict(sources)).decode() if sources else None,
        schedule=timer.text if timer else None,
        keeps_apart=bool(prepared.apart),
        published_at=ctx.now,
        published_by=ctx.actor.name,
        effective_at=effective_at,
    )
    ctx.session.add(version)
    ctx.session.flush()
    return version


def _newest(ctx: Context, key: str) -> int:
    """The number of the procedure's newest version; 0 before the first."""
    versions = select(func.max(ProcedureVersion.number)).where(ProcedureVersion.procedure_key == key)
    return ctx.session.scalar(versions) or 0


def put_in_force(ctx: Context, procedure: Procedure, version: ProcedureVersion) -> None:
    """From now on the version is the one in force; the one before it retires."""
    standing = ctx.session.get(ProcedureVersion, procedure.current_version_id or 0)
    if standing is not None:
        move(standing, RETIRED)
    move(version, PUBLISHED)
    procedure.current_version_id = version.id
    describe(procedure, Bundle.load(version.bundle))


def move(version: ProcedureVersion, to: str) -> None:
    """Change a version's state along the table; raises VersionFrozen."""
    if to not in VERSION_MOVES[version.state]:
        raise VersionFrozen(
            key=version.procedure_key, number=version.number, state=VERSION_WORDS[version.state]
        )
    version.state = to
