"""Reads of official papers, for those who may read their case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.organisation.models import Person
from app.papers import sheet
from app.papers.models import Document
from app.scope import readable_id
from workflows.cases import Case
from workflows.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor


class UnknownDocument(NotFound):
    """No such paper, or none the person may read."""

    code = "document.unknown"
    sentence = "没有找到该文书，或您没有查看权限。"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A paper with the answer whether it still is what was issued."""

    id: int
    number: str
    kind: str
    title: str
    case_number: str
    html: str
    sha256: str
    pdf_sha256: str | None
    issued_at: datetime
    unit: str
    unchanged: bool


def document(session: Session, actor: Actor, document_id: int) -> DocumentView:
    """The paper, for whoever may read its case or whom it is addressed to; raises UnknownDocument."""
    row = session.get(Document, document_id)
    if row is None or not _may_read(session, actor, row.case_id):
        raise UnknownDocument
    return _view(row)


def of_case(session: Session, case_id: int) -> list[DocumentView]:
    """The papers of a case in the order of issue; the caller has already decided that they may be shown."""
    rows = session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id))
    return [_view(row) for row in rows]


def _may_read(session: Session, actor: Actor, case_id: int) -> bool:
    return readable_id(session, actor, case_id) or _addressed(session, actor, case_id)


def _view(row: Document) -> DocumentView:
    return DocumentView(
        id=row.id,
        number=row.number,
        kind=row.kind,
        title=row.title,
        case_number=row.case_number,
        html=row.html,
        sha256=row.sha256,
        pdf_sha256=row.pdf_sha256,
        issued_at=row.issued_at,
        unit=row.unit,
        unchanged=sheet.digest(row.html) == row.sha256,
    )


def _addressed(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the case is about the household of this person, who may not have handed it in."""
    if actor.person_id is None or not actor.holds("household"):
        return False
    same = (
        select(Case.id)
        .join(Person, Person.identity_hash == Case.subject_key)
        .where(Case.id == case_id, Person.id == actor.person_id)
    )
    return session.scalar(same) is not None
