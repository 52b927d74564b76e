"""How procedures, cases, items, rows and entries look as JSON; personal values always masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from app import door
from app.attachments.shelf import masked
from app.batches.models import OPEN, WHAT
from app.catalogue.queries import steps
from app.lamps import lamp_of
from app.security.deeds import deed
from workflows import catalogue, lateness

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.batches.queries import Line, Report
    from app.cases.queries import CaseView, Entry
    from app.catalogue.queries import Offer
    from app.copies.queries import Sent
    from app.handling.queries import Act, Handled, Jump, OpenStep
    from app.inbox.item import ItemView
    from app.registers.models import RegisterEvent, RegisterRow
    from app.security.queries import EntryView
    from forms import WholeForm
    from workflows.cases import Case
    from workflows.catalogue import Release
    from workflows.work_items import WorkItem

AT_REST = {"colour": "green", "words": "暂停计时"}
NO_LIMIT = {"colour": "green", "words": "未设时限"}


def instant(at: datetime | None) -> str | None:
    """An instant, in UTC with its zone."""
    return at.isoformat() if at else None


def procedure(offer: Offer) -> dict[str, Any]:
    """A procedure in force."""
    release = offer.release
    return {
        "key": release.key,
        "name": release.name,
        "locality": release.meta["locality"],
        "division": release.division,
        "category": release.meta["category"],
        "summary": release.meta.get("summary", ""),
        "version": release.number,
        "digest": release.digest,
        "startable": offer.startable,
        "start_roles": list(release.starters),
        "steps": steps(release),
        "start_form": _start_form(release),
        "parameters": list(release.meta.get("parameters", ())),
        "documents": list(release.meta.get("documents", ())),
    }


def _start_form(release: Release) -> Any:
    first = release.start_element()
    return orjson.loads(release.forms[first.form]) if first and first.form else None


def case_line(session: Session, row: Case) -> dict[str, Any]:
    """A case in a list."""
    identity = row.subject.get("identity")
    return {
        "number": row.number,
        "procedure": row.procedure_key,
        "procedure_name": row.procedure_name,
        "version": catalogue.release(session, row.version_id).number,
        "division": row.division,
        "division_name": row.division_name,
        "subject": {
            "name": row.subject_name,
            "kind": row.subject.get("kind", ""),
            "identity": masked(identity) if identity else None,
        },
        "state": row.state,
        "outcome": row.outcome,
        "standing": row.standing,
        "started_by": row.started_by,
        "parent": row.parent_number,
        "created_at": instant(row.created_at),
        "ended_at": instant(row.ended_at),
    }


def case(session: Session, seen: CaseView, now: datetime, may: tuple[str, ...]) -> dict[str, Any]:
    """A case with everything on record, and what the reader may do with all of it."""
    return {
        **case_line(session, seen.case),
        "variables": seen.variables,
        "open_items": [open_item(item, now) for item in seen.open_items],
        "waiting": seen.case.waiting,
        "history": [_entry(entry) for entry in seen.entries],
        "may": list(may),
    }


def handled(case: Handled, now: datetime) -> dict[str, Any]:
    """A case without anybody it is about or in it."""
    return {
        "number": case.number,
        "procedure": case.procedure_key,
        "procedure_name": case.procedure,
        "version": case.version,
        "division": case.division,
        "division_name": case.place,
        "state": case.state,
        "outcome": case.outcome,
        "standing": case.standing,
        "created_at": instant(case.started_at),
        "suspended_at": instant(case.suspended_at),
        "due_at": instant(case.due_at),
        "ended_at": instant(case.ended_at),
        "open_items": [_open_step(step, now) for step in case.steps],
        "may": list(case.may),
    }


def _open_step(step: OpenStep, now: datetime) -> dict[str, Any]:
    return {
        "id": step.id,
        "step": step.step,
        "name": step.name,
        "round": step.round,
        "unit": step.unit,
        "created_at": instant(step.created_at),
        "due_at": instant(step.due_at),
        **_lamp(step.due_at, now, rests=step.at_rest),
    }


def jump(item: int, way: Jump) -> dict[str, Any]:
    """A step a case may be put at, and what that leaves out."""
    left = [
        {"name": one.name, "demanded": one.demanded, "basis": one.basis.quote if one.basis else ""}
        for one in way.left_out
    ]
    return {"item": item, "step": way.step, "name": way.name, "left_out": left}


def act(one: Act) -> dict[str, Any]:
    """One act on a whole case."""
    return {**one._asdict(), "at": instant(one.at)}


def copy(sent: Sent) -> dict[str, Any]:
    """A case sent to somebody to know or to read."""
    row, case = sent
    return {
        "id": row.id,
        "kind": row.kind,
        "case": case.number,
        "procedure": case.procedure_key,
        "procedure_name": case.procedure_name,
        "division_name": case.division_name,
        "subject": case.subject_name,
        "state": case.state,
        "standing": case.standing,
        "by": row.by,
        "unit": row.unit,
        "words": row.words,
        "sent_at": instant(row.sent_at),
        "read_at": instant(row.read_at),
        "answer": row.answer,
    }


def standing(row: Any, items: list[WorkItem], now: datetime) -> dict[str, Any]:
    """Where a case stands; ``row`` has its state, outcome and what it waits for."""
    return {
        "state": row.state,
        "outcome": row.outcome,
        "open_items": [open_item(one, now) for one in items],
        "waiting": row.waiting,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        "seq": record.seq,
        "kind": record.kind,
        "step": record.step,
        "name": record.name,
        "round": record.round,
        "actor": record.actor,
        "for": {"id": record.for_id, "name": record.for_name} if record.for_id else None,
        "unit": record.unit,
        "opened_at": instant(record.opened_at),
        "at": instant(record.at),
        "conclusion": record.conclusion,
        "opinion": record.opinion,
        "why": record.why,
        "late_reason": record.late_reason,
        "basis": entry.basis,
        "answers": entry.answers,
    }


def _lamp(due_at: datetime | None, at: datetime, *, rests: bool) -> dict[str, str]:
    found = AT_REST if rests else lamp_of(due_at, at, calendar=door.calendar()) or NO_LIMIT
    return {"lamp": found["colour"], "lamp_words": found["words"]}


def open_item(row: WorkItem, now: datetime) -> dict[str, Any]:
    """An open item beside its case."""
    return {
        "id": row.id,
        "step": row.step,
        "name": row.name,
        "role": row.role,
        "unit": row.unit,
        "assignee": row.assignee,
        "round": row.round,
        "state": row.state,
        "kind": row.kind,
        "asked_by": row.asked_by,
        "created_at": instant(row.created_at),
        "due_at": instant(row.due_at),
        **_lamp(row.due_at, row.done_at or now, rests=row.at_rest and row.done_at is None),
    }


def item(row: WorkItem, now: datetime) -> dict[str, Any]:
    """An item in a list."""
    return {
        **open_item(row, now),
        "case": row.case_number,
        "procedure": row.procedure_key,
        "procedure_name": row.procedure_name,
        "unit_id": row.unit_id,
        "division": row.division,
        "division_name": row.division_name,
        "subject": row.subject_name,
        "assignee_id": row.assignee_id,
        "revision": row.revision,
        "done_at": instant(row.done_at),
        "done_by": row.done_by,
        "conclusion": row.conclusion,
        "opinion": row.opinion,
    }


def batch(report: Report, *, begun: bool = False) -> dict[str, Any]:
    """A batch as it stands, or as it was when it was ``begun``."""
    row, total = report.batch, report.batch.total
    state = "cancelled" if row.cancelled_at else "running" if report.open else "finished"
    counts = {"open": report.open, "done": report.done, "refused": report.refused, "dropped": report.dropped}
    return {
        "id": row.id,
        "action": row.action,
        "state": "running" if begun else state,
        WHAT: row.about,
        "conclusion": row.conclusion,
        "opinion": row.opinion,
        "to": row.to,
        "reason": row.reason,
        "created_at": instant(row.created_at),
        "total": total,
        **({"open": total, "done": 0, "refused": 0, "dropped": 0} if begun else counts),
        "items": [_batch_item(line, begun=begun) for line in report.lines],
    }


def _batch_item(line: Line, *, begun: bool) -> dict[str, Any]:
    row, known = line.row, line.item
    return {
        "id": row.item_id,
        "revision": row.revision,
        "state": OPEN if begun else row.state,
        "code": None if begun else row.code,
        "sentence": None if begun else row.sentence,
        "settled_at": None if begun else instant(row.settled_at),
        "case": known.case_number if known else None,
        "name": known.name if known else None,
        "subject": known.subject_name if known else None,
    }


def item_full(session: Session, seen: ItemView, now: datetime) -> dict[str, Any]:
    """An item with its form, what is in it, and what is on file for it."""
    return {
        **item(seen.item, now),
        "form": orjson.loads(seen.form) if seen.form else None,
        "answers": masked(seen.stored or {}),
        "on_file": _on_file(seen.bound(session, now) if seen.definition and seen.definition.wants else None),
        "basis": seen.basis,
        "ways_back": [way._asdict() for way in seen.ways],
        "late_reason_needed": seen.may_act and lateness.is_asked(seen.item, now),
    }


def _on_file(form: WholeForm | None) -> dict[str, Any]:
    return {
        field.path: {
            "value": masked(field.on_file.value),
            "source": field.on_file.source,
            "date": field.on_file.on.isoformat() if field.on_file.on else None,
        }
        for field in form or ()
        if field.on_file
    }


def register_row(row: RegisterRow, history: list[RegisterEvent]) -> dict[str, Any]:
    """A row of a register with its history."""
    return {
        "id": row.id,
        "number": row.number,
        "division": row.division,
        "division_name": row.division_name,
        "subject": row.subject_name,
        "identity": masked(row.identity) if row.identity else None,
        "status": row.status,
        "fields": masked(row.fields),
        "case": row.case_number,
        "entered_at": instant(row.entered_at),
        "changed_at": instant(row.changed_at),
        "ended_at": instant(row.ended_at),
        "history": [_event(event) for event in history],
    }


def _event(event: RegisterEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "event": event.event,
        "status": event.status,
        "fields": masked(event.fields),
        "before": masked(event.before),
        "status_before": event.status_before,
        "actor": event.actor,
        "unit": event.unit,
        "step": event.step,
        "clause": event.clause,
        "case": event.case_number,
        "reason": event.reason,
        "at": instant(event.at),
    }


def audit_entry(entry: EntryView) -> dict[str, Any]:
    """An entry of the audit."""
    return {
        "stream": entry.stream,
        "seq": entry.seq,
        "at": instant(entry.at),
        "command": entry.command,
        "deed": deed(entry.command),
        "actor": entry.actor,
        "facts": entry.facts,
        "hash": entry.hash,
    }
