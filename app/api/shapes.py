"""How procedures, cases, items, rows and entries look as JSON; personal values always masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from app import door
from app.attachments.shelf import masked
from app.catalogue.queries import steps
from app.lamps import lamp_of
from app.security.deeds import deed
from workflows import catalogue, lateness

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.cases.queries import CaseView, Entry
    from app.catalogue.queries import Offer
    from app.inbox.item import ItemView
    from app.registers.models import RegisterEvent, RegisterRow
    from app.security.queries import EntryView
    from workflows.cases import Case
    from workflows.catalogue import Release
    from workflows.work_items import WorkItem

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


def case(session: Session, seen: CaseView, now: datetime) -> dict[str, Any]:
    """A case with everything on record."""
    return {
        **case_line(session, seen.case),
        "variables": seen.variables,
        "open_items": [open_item(item, now) for item in seen.open_items],
        "waiting": seen.case.waiting,
        "history": [_entry(entry) for entry in seen.entries],
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


def _lamp(row: WorkItem, now: datetime) -> dict[str, str]:
    found = lamp_of(row.due_at, row.done_at or now, calendar=door.calendar()) or NO_LIMIT
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
        **_lamp(row, now),
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


def item_full(seen: ItemView, now: datetime) -> dict[str, Any]:
    """An item with its form and what is in it."""
    return {
        **item(seen.item, now),
        "form": orjson.loads(seen.form) if seen.form else None,
        "answers": masked(seen.stored or {}),
        "basis": seen.basis,
        "ways_back": [way._asdict() for way in seen.ways],
        "late_reason_needed": seen.may_act and lateness.is_asked(seen.item, now),
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
