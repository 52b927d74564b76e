"""Journals as an event log that process-mining tools open: XES (IEEE 1849-2016), written as it is read.

One trace a case, one event a row of its journal. No household and nothing anybody wrote is in it; who acted
is a sign that holds within one file, unless names of staff were asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from sqlalchemy import select

from app.cases.timeline import is_proxy
from app.supervision.counting import result_of
from workflows import catalogue
from workflows.cases import Case
from workflows.clock import LOCAL, end_of_day, start_of_day
from workflows.commands import division_span
from workflows.designing.replaying import MIGRATED
from workflows.handling import KIND as HANDLING
from workflows.journal import StepRecord
from workflows.pausing import HOUSEHOLD
from workflows.returning import BACK, WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.supervision.queries import Wanted

EXTENSIONS = {
    "Concept": "concept",
    "Time": "time",
    "Lifecycle": "lifecycle",
    "Organizational": "org",
    "Identity": "identity",
}

STEPS = {"task", "start", "system", "timer", "message", BACK}
"""Kinds of journal rows that bear the name of a step; others are called by their kind."""

WORDS = {
    WITHDRAWN: "撤回",
    MIGRATED: "换版",
    "aside": "旁办",
    "copy": "抄送传阅",
    "remind": "催办",
    "handover": "交接",
}

_TRANSITIONS = {BACK: "ate_abort", WITHDRAWN: "withdraw", "handover": "reassign", "start": "start"}
_ACTS = {"挂起": "suspend", "恢复": "resume", "终止": "pi_abort", "跳转": "manualskip"}

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Masking:
    """Whether people appear by name, and else under which signs; ``salt`` is a file's own."""

    named: bool
    salt: str

    def of(self, row: StepRecord, households: Container[int]) -> str:
        """Who acted, as the file says it; a household's own name never."""
        if row.actor_id is None:
            return row.actor if row.kind in {"system", "timer"} else "人员"
        if self.named and row.actor_id not in households:
            return row.actor
        return "人员" + hashlib.sha256(f"{self.salt}:{row.actor_id}".encode()).hexdigest()[:8]


def log(session: Session, wanted: Wanted, masking: Masking) -> Iterator[str]:
    """The file, piece by piece: the cases of a procedure and area that were started in these days."""
    yield _HEAD
    behind = 0
    while True:
        cases = list(session.scalars(_cases(wanted).where(Case.id > behind).order_by(Case.id).limit(AT_ONCE)))
        if not cases:
            break
        behind = cases[-1].id
        rows: dict[int, list[StepRecord]] = {case.id: [] for case in cases}
        journal = select(StepRecord).where(StepRecord.case_id.in_(list(rows)))
        for row in session.scalars(journal.order_by(StepRecord.case_id, StepRecord.seq)):
            rows[row.case_id].append(row)
        for case in cases:
            yield _trace(session, case, rows[case.id], masking)
        session.expunge_all()
    yield "</log>\n"


def _cases(wanted: Wanted) -> Any:
    query = select(Case).where(
        Case.division.between(*division_span(wanted.area)),
        Case.created_at >= start_of_day(wanted.since),
        Case.created_at < end_of_day(wanted.until),
        ~Case.kept,
    )
    if wanted.procedure is not None:
        query = query.where(Case.procedure_key == wanted.procedure)
    return query if wanted.version is None else query.where(Case.version_id == wanted.version)


def _trace(session: Session, case: Case, rows: Sequence[StepRecord], masking: Masking) -> str:
    release = catalogue.release(session, case.version_id)
    said = [
        _string("concept:name", case.number),
        _id(case.number),
        _string("procedure", case.procedure_key),
        _string("version", str(release.number)),
        _string("division", case.division),
        _string("state", case.state),
    ]
    elements = release.specification.elements
    households = {
        row.actor_id
        for row in rows
        if row.actor_id
        and row.step in elements
        and elements[row.step].role == HOUSEHOLD
        and not is_proxy(row)
    }
    events = []
    for row in rows:
        element = elements.get(row.step)
        form = element.form if element else None
        result = result_of(session, case.version_id, form, row.conclusion) if row.conclusion else ""
        role = element.role if element else None
        events.append(_event(case.number, row, role, result, masking.of(row, households)))
    return "<trace>" + "".join(said + events) + "</trace>\n"


def _event(number: str, row: StepRecord, role: str | None, result: str, who: str) -> str:
    said = [
        _string("concept:name", name_of(row)),
        _string("concept:instance", f"{row.step}#{row.round}"),
        _string("lifecycle:transition", transition_of(row)),
        _date("time:timestamp", row.at),
        _id(f"{number}/{row.seq}"),
        _string("org:resource", who),
        *([_string("org:group", row.unit)] if row.unit else []),
        *([_string("org:role", role)] if role else []),
        _string("kind", row.kind),
        *([_date("opened", row.opened_at)] if row.opened_at else []),
        *([_string("result", result)] if result else []),
        f'<boolean key="late" value="{"true" if row.late_reason is not None else "false"}"/>',
    ]
    return "<event>" + "".join(said) + "</event>"


def name_of(row: StepRecord) -> str:
    """What an event is called; rows that are no steps may name people in the journal, never here."""
    if row.kind in STEPS:
        return row.name
    if row.kind == HANDLING:
        return row.name[:2]
    return WORDS.get(row.kind, row.kind)


def transition_of(row: StepRecord) -> str:
    """Where an event stands in the standard's lifecycle of an activity."""
    if row.kind == HANDLING:
        return _ACTS.get(row.name[:2], "unknown")
    return _TRANSITIONS.get(row.kind, "complete" if row.kind in STEPS else "unknown")


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(_clean(value))}/>'


def _clean(value: str) -> str:
    """Without what XML 1.0 cannot say."""
    return "".join(each for each in value if each >= " " or each in "\t\n")


def _date(key: str, at: datetime) -> str:
    return f'<date key="{key}" value="{at.astimezone(LOCAL).isoformat(timespec="milliseconds")}"/>'


def _id(what: str) -> str:
    return f'<id key="identity:id" value="{uuid5(NAMESPACE_URL, f"xiangshen:{what}")}"/>'


_URI = "http://www.xes-standard.org/{}.xesext"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    + "".join(
        f'<extension name="{name}" prefix="{prefix}" uri="{_URI.format(prefix)}"/>\n'
        for name, prefix in EXTENSIONS.items()
    )
    + '<global scope="trace"><string key="concept:name" value=""/></global>\n'
    '<global scope="event"><string key="concept:name" value=""/>'
    '<string key="lifecycle:transition" value="complete"/>'
    '<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>\n'
    '<classifier name="环节" scope="event" keys="concept:name"/>\n'
    '<classifier name="环节与状态" scope="event" keys="concept:name lifecycle:transition"/>\n'
    '<string key="lifecycle:model" value="standard"/>\n'
)
