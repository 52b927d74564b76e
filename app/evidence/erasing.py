"""Where the personal data of a case lies beside its journal, and how each place is emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from app.attachments.models import Attachment
from app.messages.models import Message
from app.notices.models import Notice, Objection
from app.orders.models import SupervisionOrder
from app.papers.models import Document
from app.registers.models import RegisterEvent, RegisterRow, RegisterSubject, RegisterValue
from app.searching.models import CaseText
from workflows.cases import Case
from workflows.copies import CaseCopy
from workflows.journal import WORDS, StepRecord
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.cases import OpenCase

ERASED = "（已依法删除）"


def journal(session: Session, case: OpenCase) -> list[int]:
    """Blank every word of the journal; gives the rows that had any."""
    had = [getattr(StepRecord, name).is_not(None) for name in WORDS]
    query = select(StepRecord.seq).where(StepRecord.case_id == case.id, had[0] | had[1] | had[2])
    rows = list(session.scalars(query.order_by(StepRecord.seq)))
    blank = dict.fromkeys(WORDS)
    session.execute(update(StepRecord).where(StepRecord.case_id == case.id).values(blank))
    return rows


def row(session: Session, case: OpenCase) -> None:
    """Empty the case itself; where it came from and how it ended stays."""
    origin = case.subject.get("from")
    case.subject = {"name": ERASED, **({"from": origin} if origin else {})}
    case.subject_name, case.variables, case.undo = ERASED, {}, []
    said = {"subject": case.subject, "subject_name": ERASED, "subject_key": None}
    session.execute(update(Case).where(Case.id == case.id).values(said))


def beside(session: Session, case: OpenCase) -> None:
    """Items, copies, messages, notices with objections, papers and the text that is searched."""
    of_case: list[tuple[Any, dict[str, Any]]] = [
        (WorkItem, {"subject_name": ERASED, "draft": None, "member": None, "opinion": None}),
        (CaseCopy, {"words": None, "answer": None}),
        (Notice, {"name": ERASED, "content": ERASED}),
        (Document, {"html": ERASED}),
        (CaseText, {"said": ERASED}),
        (Attachment, {"name": ERASED}),
        (SupervisionOrder, {"why": ERASED}),
    ]
    for model, blank in of_case:
        session.execute(update(model).where(model.case_id == case.id).values(blank))
    notices = select(Notice.id).where(Notice.case_id == case.id)
    objector: dict[str, Any] = {"name": ERASED, "phone": {}, "reason": ERASED, "answer": None}
    session.execute(update(Objection).where(Objection.notice_id.in_(notices)).values(objector))
    session.execute(update(Message).where(Message.case_number == case.number).values(text=ERASED))


def registers(session: Session, case: OpenCase) -> None:
    """The rows this case entered, their history, and whom they are about where no other row is."""
    rows = select(RegisterRow.id).where(RegisterRow.case_number == case.number)
    ids, subjects = list(session.scalars(rows)), _subjects(session, case)
    blank: dict[str, Any] = {"subject_name": ERASED, "identity": None, "fields": {}}
    session.execute(update(RegisterRow).where(RegisterRow.id.in_(ids)).values(blank))
    history: dict[str, Any] = {"fields": {}, "before": {}, "reason": None}
    session.execute(update(RegisterEvent).where(RegisterEvent.row_id.in_(ids)).values(history))
    session.execute(delete(RegisterValue).where(RegisterValue.row_id.in_(ids)))
    nobody = {"name": ERASED, "identity": None}
    session.execute(update(RegisterSubject).where(RegisterSubject.id.in_(subjects)).values(nobody))


def _subjects(session: Session, case: OpenCase) -> list[int]:
    """Whom only this case's rows are about."""
    mine = select(RegisterRow.subject_id).where(RegisterRow.case_number == case.number)
    others = select(RegisterRow.subject_id).where(
        RegisterRow.subject_id.is_not(None), RegisterRow.case_number.is_distinct_from(case.number)
    )
    query = select(RegisterSubject.id).where(RegisterSubject.id.in_(mine), RegisterSubject.id.not_in(others))
    return list(session.scalars(query))


def contents(session: Session, case: OpenCase) -> list[str]:
    """The hashes under which bytes of this case lie that no other case keeps."""
    mine = set(session.scalars(select(Attachment.sha256).where(Attachment.case_id == case.id)))
    shared = select(Attachment.sha256).where(
        Attachment.sha256.in_(mine), Attachment.case_id.is_distinct_from(case.id)
    )
    # Locked, set or not: the PDF of one that is being set now is then taken off by who sets it.
    papers = select(Document.pdf_sha256).where(Document.case_id == case.id).with_for_update()
    gone = (mine - set(session.scalars(shared))) | set(session.scalars(papers))
    return sorted(each for each in gone if each)
