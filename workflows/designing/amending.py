"""Writing an amendment: begin, save, give up. Nobody overwrites what they did not see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.administering import NotAdministrator, administers
from workflows.catalogue import Procedure, ProcedureVersion
from workflows.commands import Command, Context
from workflows.designing.amendments import (
    DISCARDED,
    DRAFTING,
    Amendment,
    files_of,
    move,
    newest_of,
    part_of,
    require_author,
    require_drafting,
    require_files,
    require_ruler,
    seen,
)
from workflows.designing.effective import version_of
from workflows.designing.parts import KEY
from workflows.errors import Conflict, Invalid
from workflows.work_items import moment


class Overtaken(Conflict):
    """Somebody saved since the person last looked; nothing is overwritten."""

    code = "amendment.overtaken"
    sentence = "{who}已于{when}保存了这份修订稿，您的改动未写入，以免盖掉对方的。请另存您的文件，刷新后再改。"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAmendment(Command[int]):
    """起草修订: begin from the version in force, or from ``files`` that were brought. Gives its id.

    With ``version`` it begins with the words of an earlier one: that is how a procedure goes back.
    """

    procedure: str
    title: str
    files: Mapping[str, str] | None = None
    version: int | None = None

    def authorise(self, ctx: Context) -> None:
        """An administrator of the procedure's division who takes no part in it."""
        if not KEY.fullmatch(self.procedure):
            raise Invalid({"procedure": "事项编号只能由字母、数字和下划线组成，最长 60 个字符。"})
        procedure = ctx.session.get(Procedure, self.procedure)
        version_id = newest_of(ctx.session, self.procedure) if procedure else None
        if procedure is not None and version_id is not None:
            ctx.memory["procedure"] = procedure
            require_ruler(ctx, procedure)
        else:
            division = part_of(self.procedure, self.files or {}).meta["division"]
            ctx.require(administers(ctx.actor, str(division)), NotAdministrator, name=self.title)

    def run(self, ctx: Context) -> int:
        """Keep the artefacts as they are; the lint speaks when asked."""
        if not self.title.strip():
            raise Invalid({"title": "请写明这次修订的名称，如“按某文件增加某环节”。"})
        procedure: Procedure | None = ctx.memory.get("procedure")
        files = dict(self.files or {}) or self._earlier(ctx, procedure)
        require_files(files)
        division = procedure.division if procedure else part_of(self.procedure, files).meta["division"]
        row = Amendment(
            procedure_key=self.procedure,
            division=division,
            base_id=procedure.current_version_id if procedure else None,
            title=self.title.strip()[:120],
            state=DRAFTING,
            revision=1,
            files=files,
            document={},
            authors=[ctx.actor.person_id],
            author_id=ctx.actor.person_id,
            author=ctx.actor.name,
            created_at=ctx.now,
            saved_by_id=ctx.actor.person_id,
            saved_by=ctx.actor.name,
            saved_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record("catalogue", procedure=self.procedure, amendment=row.id, title=row.title)
        if self.version is not None:
            ctx.facts["version"] = self.version
        return row.id

    def _earlier(self, ctx: Context, procedure: Procedure | None) -> dict[str, str]:
        """The files of the version asked for, else of the one in force, else of the newest."""
        if procedure is None:
            return {}
        if self.version is not None:
            return files_of(version_of(ctx.session, self.procedure, self.version))
        version_id = procedure.current_version_id or newest_of(ctx.session, procedure.key)
        return files_of(ctx.session.get_one(ProcedureVersion, version_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAmendment(Command[int]):
    """保存: write some of the files, by name; None takes one away. Gives the new revision."""

    amendment_id: int
    revision: int
    changes: Mapping[str, str | None] = field(default_factory=dict)
    title: str | None = None

    def authorise(self, ctx: Context) -> None:
        """Whoever administers the procedure and takes no part in it."""
        row = ctx.memory["amendment"] = seen(ctx.session, ctx.actor, self.amendment_id, lock=True)
        require_author(ctx, row)

    def run(self, ctx: Context) -> int:
        """Nothing is overwritten that the person did not see. Raises Overtaken or NotDrafting."""
        row: Amendment = ctx.memory["amendment"]
        require_drafting(row)
        if self.revision != row.revision:
            raise Overtaken(who=row.saved_by, when=moment(row.saved_at))
        files = {**row.files, **self.changes}
        row.files = {name: text for name, text in files.items() if text is not None}
        require_files(row.files)
        row.title = (self.title or row.title).strip()[:120]
        row.revision += 1
        row.saved_by_id, row.saved_by, row.saved_at = ctx.actor.person_id, ctx.actor.name, ctx.now
        if ctx.actor.person_id not in row.authors:
            row.authors = [*row.authors, ctx.actor.person_id]  # type: ignore[list-item]
        ctx.record(
            "catalogue",
            procedure=row.procedure_key,
            amendment=row.id,
            revision=row.revision,
            files=sorted(self.changes),
            digest=row.digest_now(),
        )
        return row.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardAmendment(Command[int]):
    """作废: an amendment that is not to become a version; it stays readable."""

    amendment_id: int

    def authorise(self, ctx: Context) -> None:
        """Whoever administers the procedure and takes no part in it."""
        row = ctx.memory["amendment"] = seen(ctx.session, ctx.actor, self.amendment_id, lock=True)
        require_author(ctx, row)

    def run(self, ctx: Context) -> int:
        """Close it."""
        row: Amendment = ctx.memory["amendment"]
        move(row, DISCARDED)
        ctx.record("catalogue", procedure=row.procedure_key, amendment=row.id)
        return row.id
