"""Taking papers along as PDF: who took which, with the hash of what they got, stays on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.attachments import looking
from app.papers import queries
from app.scope import readable
from workflows.commands import Command, Context

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCasePdf(Command[None]):
    """Take a case, or one step of it, along as PDF. ``what`` says which; the hashes are of sheet and PDF."""

    number: str
    what: str
    sha256: str
    pdf_sha256: str

    def authorise(self, ctx: Context) -> None:
        """Whoever may read the case."""
        readable(ctx.session, ctx.actor, self.number)

    def run(self, ctx: Context) -> None:
        ctx.record(
            f"print:{self.number}",
            case=self.number,
            what=self.what,
            sha256=self.sha256,
            pdf_sha256=self.pdf_sha256,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePaperPdf(Command[None]):
    """Take an issued paper along as PDF."""

    document_id: int
    pdf_sha256: str

    def authorise(self, ctx: Context) -> None:
        """Whoever may read the paper."""
        ctx.memory["document"] = queries.document(ctx.session, ctx.actor, self.document_id)

    def run(self, ctx: Context) -> None:
        document: queries.DocumentView = ctx.memory["document"]
        ctx.record(
            f"print:{document.case_number}",
            case=document.case_number,
            document=document.id,
            what=document.title,
            sha256=document.sha256,
            pdf_sha256=self.pdf_sha256,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPaper(Command[None]):
    """看文书: an issued paper on its page; recorded once for each person, paper and day."""

    document_id: int

    def authorise(self, ctx: Context) -> None:
        """Whoever may read the paper."""
        ctx.memory["document"] = queries.document(ctx.session, ctx.actor, self.document_id)

    def run(self, ctx: Context) -> None:
        document: queries.DocumentView = ctx.memory["document"]
        if reads_anew(ctx.session, ctx.actor, document, ctx.now):
            stream, what = f"print:{document.case_number}", document.title
            ctx.record(
                stream, case=document.case_number, document=document.id, what=what, sha256=document.sha256
            )
        else:
            ctx.on_record = True


def reads_anew(session: Session, actor: Actor, document: queries.DocumentView, now: datetime) -> bool:
    """Whether reading the paper leaves an entry: not its second time today."""
    what, stream = f'"document":{document.id},', f"print:{document.case_number}"
    return not looking.seen_today(session, actor, stream=stream, command="ReadPaper", what=what, now=now)
