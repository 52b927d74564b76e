"""Papers made of filled-in forms: where a step's property ``paper`` names one, its answers are kept as it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from app.attachments.shelf import Lookups
from app.organisation.models import Unit
from app.papers import numbering, sheet
from app.papers.models import Document
from workflows import catalogue
from workflows.acting import signed
from workflows.cases import Case
from workflows.clock import local_date
from workflows.journal import StepRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.commands import Context


def keep(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Make the paper of one journal row: numbered, hashed, with what was answered and nothing unmasked.

    Delivered after the step: the row is what was decided, the paper is how it reads. Its PDF is made when
    somebody asks, for hardly any of these sheets is ever printed.
    """
    record = ctx.session.get_one(StepRecord, (int(payload["case"]), int(payload["seq"])))
    case = ctx.session.get_one(Case, record.case_id)
    unit = ctx.session.scalar(select(Unit).where(Unit.id == record.unit_id))
    if unit is None or record.answers is None:
        return
    title, number = str(payload["title"]), numbering.next_sheet(ctx, unit, unit.office)
    html = _html(ctx, case, record, title=title, number=number, unit=unit.name)
    document = Document(
        number=number,
        case_id=case.id,
        case_number=case.number,
        kind=title,
        title=title,
        html=html,
        sha256=sheet.digest(html),
        issued_at=ctx.now,
        unit_id=unit.id,
        unit=unit.name,
    )
    ctx.session.add(document)


def _html(ctx: Context, case: Case, record: StepRecord, **head: str) -> str:
    release = catalogue.release(ctx.session, case.version_id)
    element = release.specification.elements[record.step]
    definition = forms.parse(release.forms[element.form or ""])
    return sheet.filled(
        lines=definition.present(record.answers or {}, Lookups(ctx.session, ctx.actor)),
        concerning=case.subject_name,
        by=signed(record),
        on=numbering.paper_day(local_date(record.at)),
        case_number=case.number,
        procedure=case.procedure_name,
        step=record.name,
        basis=element.basis.partition("｜")[2],
        **head,
    )
