"""Taking in a file, and handing its content out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.attachments import looking, queries, scanning
from app.attachments.models import Attachment
from workflows.cases import Case
from workflows.commands import Command, Context
from workflows.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor


class Damaged(Conflict):
    """The stored content is gone or is not what was handed in."""

    code = "attachment.damaged"
    sentence = (
        "文件“{name}”与上传时登记的摘要（SHA-256）不一致或已丢失，不能打开。"
        "此事已记录，请告知系统管理员从备份恢复。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn(Command[Attachment]):
    """Register an upload whose content is already kept under its hash; it belongs to no case yet.

    ``scan`` is what the scanners said of it; what they found something in is refused, and that is recorded.
    """

    sha256: str
    name: str
    type: str
    size: int
    scan: str = scanning.NONE

    def authorise(self, ctx: Context) -> None:
        """Whoever is signed in."""
        ctx.require(ctx.actor.person_id is not None)
        ctx.require(self.scan != scanning.INFECTED, scanning.Infected, name=self.name)
        ctx.require(self.scan != scanning.AWAY, scanning.ScannerAway, name=self.name)

    def run(self, ctx: Context) -> Attachment:
        """One row."""
        row = Attachment(
            sha256=self.sha256,
            name=self.name,
            type=self.type,
            size=self.size,
            owner_id=ctx.actor.person_id or 0,
            created_at=ctx.now,
            scan=self.scan,
            scanned_at=ctx.now if self.scan == scanning.CLEAN else None,
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record(
            f"person:{ctx.actor.person_id}",
            attachment=row.id,
            sha256=self.sha256,
            size=self.size,
            scan=self.scan,
        )
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOut(Command[Attachment]):
    """查阅附件: whoever may open the file takes its content, and that they did is recorded.

    ``found`` is the SHA-256 of what lies on the disk now, None where nothing does; ``download`` tells taking
    it along from looking at it.
    """

    attachment_id: int
    found: str | None
    download: bool = False

    def authorise(self, ctx: Context) -> None:
        """Who handed it in, or may read its case; and it still is what was handed in."""
        row = queries.openable(ctx.session, ctx.actor, self.attachment_id)
        ctx.require(self.found == row.sha256, Damaged, name=row.name)
        ctx.memory["attachment"] = row

    def run(self, ctx: Context) -> Attachment:
        row: Attachment = ctx.memory["attachment"]
        case = ctx.session.get(Case, row.case_id) if row.case_id is not None else None
        stream = f"file:{case.number}" if case else f"person:{ctx.actor.person_id}"
        ctx.record(stream, attachment=row.id, sha256=row.sha256, download=self.download)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeFile(Command[None]):
    """看附件: the small picture or the page of a case's file; recorded once for each person, file and day."""

    attachment_id: int

    def authorise(self, ctx: Context) -> None:
        """Who may open it."""
        ctx.memory["attachment"] = queries.openable(ctx.session, ctx.actor, self.attachment_id)

    def run(self, ctx: Context) -> None:
        row: Attachment = ctx.memory["attachment"]
        if sees_anew(ctx.session, ctx.actor, row, ctx.now):
            number = ctx.session.get_one(Case, row.case_id).number
            ctx.record(f"file:{number}", attachment=row.id, name=row.name, sha256=row.sha256)
        else:
            ctx.on_record = True


def sees_anew(session: Session, actor: Actor, row: Attachment, now: datetime) -> bool:
    """Whether looking at the file leaves an entry: not its second time today, nor before it is of a case."""
    case = session.get(Case, row.case_id) if row.case_id is not None else None
    if case is None:
        return False
    what, stream = f'"attachment":{row.id},', f"file:{case.number}"
    return not looking.seen_today(session, actor, stream=stream, command="SeeFile", what=what, now=now)
