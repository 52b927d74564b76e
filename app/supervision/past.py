"""A case as it stood at an instant, what each round changed, and who knew what when: read from the record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import or_, select

import forms
from app.attachments.shelf import masked
from app.messages.models import Message
from app.organisation.models import Person
from app.security.deeds import deed
from workflows.audit import AuditEntry
from workflows.cases import CANCELLED, ENDED, RUNNING, SUSPENDED
from workflows.copies import CaseCopy
from workflows.handling import KIND as HANDLING
from workflows.returning import WITHDRAWN
from workflows.work_items import STEP, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.cases.queries import CaseView, Entry

_ACTS = {"挂起": SUSPENDED, "恢复": RUNNING, "终止": CANCELLED}


@dataclass(frozen=True, slots=True)
class Past:
    """A case at an instant: its state, what had been taken down, what stood open."""

    at: datetime
    state: str
    case: CaseView
    open: list[WorkItem]


def as_of(session: Session, case: CaseView, at: datetime) -> Past | None:
    """The case as it stood at ``at``; None before it was started.

    Journal rows up to the instant say its state and its answers, a step taken back since counts while it
    stood; what was open follows from when each item came and went.
    """
    if at < case.case.created_at:
        return None
    entries = [entry for entry in case.entries if entry.record.at <= at]
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.case_id == case.case.id, WorkItem.kind == STEP, WorkItem.created_at <= at)
        .where(or_(WorkItem.done_at.is_(None), WorkItem.done_at > at))
        .order_by(WorkItem.id)
    )
    return Past(at, _state(case, entries, at), replace(case, entries=entries, open_items=[]), list(items))


def _state(case: CaseView, entries: list[Entry], at: datetime) -> str:
    if case.case.state == ENDED and case.case.ended_at is not None and case.case.ended_at <= at:
        return ENDED
    acts = (entry.record.name for entry in reversed(entries) if entry.record.kind == HANDLING)
    return next((_ACTS[name[:2]] for name in acts if name[:2] in _ACTS), RUNNING)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a later round of a step answered otherwise."""

    step: str
    round: int
    at: datetime
    who: str
    label: str
    old: str
    new: str


def differences(case: CaseView) -> list[Difference]:
    """What each round of a step changed against the one before, field by field, oldest first."""
    found: list[Difference] = []
    before: dict[str, dict[str, Any]] = {}
    for entry in case.entries:
        record = entry.record
        if record.kind == WITHDRAWN or record.answers is None or entry.form is None:
            continue
        earlier = before.get(record.step)
        if earlier is not None:
            found.extend(_changed(case, entry, earlier))
        before[record.step] = record.answers
    return found


def _changed(case: CaseView, entry: Entry, earlier: dict[str, Any]) -> Iterator[Difference]:
    record, text = entry.record, case.release.forms.get(entry.form or "")
    fields = {field.key: field for field in forms.parse(text).fields} if text else {}
    now = record.answers or {}
    for key, field in fields.items():
        old, new = earlier.get(key), now.get(key)
        if old == new:
            continue
        words = [forms.brief(field, value, forms.NoLookups()) for value in (masked(old), masked(new))]
        # Two numbers may look alike once masked; that they differ is still said.
        hidden = "（隐去的部分已改）" if words[0] == words[1] else ""
        yield Difference(
            record.name, record.round, record.at, record.actor, field.label, words[0], words[1] + hidden
        )


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Somebody came to know something of a case."""

    at: datetime
    who: str
    what: str
    how: str


TOLD, SHOWN = "告知", "交办"

_LEARNS = {
    "ClaimWorkItem": "签收并打开待办",
    "CompleteWorkItem": "办理",
    "HandOut": "打开附件",
    "SeeFile": "看附件",
    "ReadPaper": "看文书",
    "TakeCasePdf": "打印办件",
    "TakePaperPdf": "下载文书",
    "RevealField": "查看隐去的号码",
    "ReadCopy": "阅抄送件",
    "TakeBundle": "取走证据包",
}


def known(session: Session, number: str, case_id: int) -> list[Knowledge]:
    """Who was told, was given, opened, uncovered or took along what of a case, oldest first."""
    found = [*_offered(session, case_id), *_told(session, number), *_copied(session, case_id)]
    found += _on_the_trail(session, number)
    return sorted(found, key=lambda one: (one.at, one.how, one.who))


def _offered(session: Session, case_id: int) -> Iterator[Knowledge]:
    for item in session.scalars(select(WorkItem).where(WorkItem.case_id == case_id)):
        yield Knowledge(item.created_at, item.unit, f"“{item.name}”的待办", SHOWN)


def _told(session: Session, number: str) -> Iterator[Knowledge]:
    asked = (
        select(Message.created_at, Message.read_at, Message.text, Person.name)
        .join(Person, Person.id == Message.person_id)
        .where(Message.case_number == number)
    )
    for row in session.execute(asked):
        yield Knowledge(row.created_at, row.name, row.text, TOLD)
        if row.read_at is not None:
            yield Knowledge(row.read_at, row.name, row.text, "阅读消息")


def _copied(session: Session, case_id: int) -> Iterator[Knowledge]:
    for copy in session.scalars(select(CaseCopy).where(CaseCopy.case_id == case_id)):
        yield Knowledge(copy.sent_at, copy.person, f"{copy.by}送来的办件", "抄送传阅")


def _on_the_trail(session: Session, number: str) -> Iterator[Knowledge]:
    streams = [f"{prefix}:{number}" for prefix in ("case", "reveal", "file", "print")]
    asked = select(AuditEntry).where(AuditEntry.stream.in_(streams))
    for row in session.scalars(asked):
        own = row.stream.partition(":")[0]
        if own == "case" and row.command not in _LEARNS:
            continue
        said = orjson.loads(row.body)
        facts = said["facts"]
        what = facts.get("field") or facts.get("name") or facts.get("what") or facts.get("step") or "本件"
        yield Knowledge(row.at, said["actor"]["name"], str(what), _LEARNS.get(row.command, deed(row.command)))
