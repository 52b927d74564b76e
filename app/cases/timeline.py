"""The timeline of a case: each step with who, when, the opinion, the papers and the clause it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import forms
from app.attachments.queries import by_ids
from app.attachments.shelf import file_ids
from app.cases.clauses import Basis, basis_of, cited
from app.cases.corrected import Correction, corrections_of
from workflows.acting import signed
from workflows.cases import BATCHED, SUSPENDED
from workflows.course import REASONS
from workflows.designing.replaying import MIGRATED
from workflows.handling import KIND as HANDLING
from workflows.returning import BACK
from workflows.work_items import until

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.attachments.models import Attachment
    from app.cases.queries import CaseView, Entry
    from forms import Lookups
    from workflows.journal import StepRecord
    from workflows.work_items import WorkItem

AFFIRMATIVE, RETURNING = "passed", "returned"

WAITS = {"held": "（已决定，待后加签）", "planned": "（待决定后签署）"}
"""What is said of open items that nobody can act on yet."""

PROXY = "代办"
"""Why someone else than the household acted for it, as the journal says."""

START, HUMAN = "start", "task"
"""Kinds of journal rows that people leave: the case was started, a step was done."""

DECIDED = "system"
"""The kind of journal rows that decisions leave, among others."""

SYSTEM = {DECIDED, "timer"}
"""Kinds of journal rows that no person caused."""

EXPLAINED = {BACK, HANDLING, MIGRATED}
"""Kinds of rows that say what follows from them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision table gave what it gave: one sentence, and the clause its rule cites."""

    sentence: str
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline, as components/timeline.html shows it."""

    step: str
    round: int
    state: str
    conclusion: str | None
    actor: str
    unit: str | None
    at: datetime | None
    opinion: str | None
    papers: list[Attachment]
    basis: Basis | None
    system: bool
    why: str | None
    took: str = ""
    due_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    void: bool = False
    """Whether it was taken back since."""
    rests: bool = False
    """Whether its limit does not run, because the case is suspended."""
    late_reason: str | None = None
    corrections: tuple[Correction, ...] = ()


def timeline_of(session: Session, case: CaseView, lookups: Lookups | None = None) -> list[Line]:
    """Everything that happened, oldest first, then what is open or awaited now."""
    papers = _papers(session, case)
    counts = {id(entry) for entry in case.standing_entries}
    taken = [
        line if id(entry) in counts else replace(line, void=True)
        for entry, line in ((entry, _line(case, entry, papers, lookups)) for entry in case.entries)
    ]
    return taken + [_open(case, item) for item in case.open_items] + awaited(case)


def awaited(case: CaseView) -> list[Line]:
    """The times the case waits for."""
    return [_awaited(case, wait) for wait in case.case.waiting if wait["due"]]


def _papers(session: Session, case: CaseView) -> dict[int, Attachment]:
    wanted = [number for entry in case.entries for number in _files(case, entry)]
    return by_ids(session, wanted)


def _files(case: CaseView, entry: Entry) -> list[int]:
    form = case.release.forms.get(entry.form or "")
    if form is None or not entry.record.answers:
        return []
    return list(file_ids(forms.parse(form), entry.record.answers))


def _line(
    case: CaseView, entry: Entry, papers: dict[int, Attachment], lookups: Lookups | None = None
) -> Line:
    record = entry.record
    system = record.kind in SYSTEM
    return Line(
        step=record.name,
        round=record.round,
        state=RETURNING if record.kind == BACK else state_of(case, entry.form, record.conclusion),
        conclusion=record.conclusion,
        actor=actor_of(record),
        unit=unit_of(case, record),
        at=record.at,
        opinion=record.opinion,
        papers=[papers[number] for number in _files(case, entry) if number in papers],
        basis=basis_of(case.release, record.step),
        system=system,
        why=record.why if system or record.kind in EXPLAINED else batch_of(record),
        took=_took(record.opened_at, record.at),
        reasons=reasons_of(case, record),
        late_reason=record.late_reason,
        corrections=corrections_of(
            case.release.forms.get(entry.form or ""), record.answers, lookups or forms.NoLookups()
        ),
    )


def reasons_of(case: CaseView, record: StepRecord) -> tuple[Reason, ...]:
    """Why the system decided as it did, where the row is a decision's."""
    kept = (record.answers or {}).get(REASONS, ()) if record.kind == DECIDED else ()
    cites = [str(each["basis"]) for each in kept]
    # Sentences in a row that rest on one clause show it once, below the last of them.
    shown = [cite if cites[n + 1 : n + 2] != [cite] else "" for n, cite in enumerate(cites)]
    pairs = zip(kept, shown, strict=True)
    return tuple(Reason(str(each["sentence"]), _cited(case, cite)) for each, cite in pairs)


def _cited(case: CaseView, basis: str) -> Basis | None:
    quote, source = cited(case.release, basis)
    return Basis(quote, source, "source") if quote else None


def decided_before(case: CaseView, item: WorkItem) -> list[Line]:
    """What was decided by tables on the way from the step before to this item."""
    found: list[Line] = []
    for entry in reversed(case.entries):
        if entry.record.at > item.created_at:
            continue
        if entry.record.kind in {START, HUMAN}:
            break
        line = _line(case, entry, {})
        if line.reasons:
            found.append(line)
    return found[::-1]


def is_proxy(record: StepRecord) -> bool:
    """Whether somebody stood in for the household."""
    return PROXY in (record.why or "").split("；")


def batch_of(record: StepRecord) -> str | None:
    """In which batch a person's act was done, in words; None for one done by itself."""
    words = (record.why or "").removeprefix(f"{PROXY}；")
    return words if words.startswith(BATCHED.split("{}", maxsplit=1)[0]) else None


def actor_of(record: StepRecord) -> str:
    """Who acted, and that they stood in for somebody where they did."""
    return signed(record) + ("（代办）" if is_proxy(record) else "")


def unit_of(case: CaseView, record: StepRecord) -> str | None:
    """The unit that acted; a household acting for itself is no office, it stands in the lane of its own."""
    if record.kind == START:
        # A case is started together with its first step, by the same hands.
        record = next((entry.record for entry in case.entries if entry.record.kind == HUMAN), record)
    element = case.release.specification.elements.get(record.step)
    if element is not None and element.role == "household" and not is_proxy(record):
        return element.lane
    return record.unit


def state_of(case: CaseView, form: str | None, conclusion: str | None) -> str:
    """passed, returned or refused: the first option of a form is the affirmative one."""
    options = case.release.conclusions(form)
    if conclusion is None or conclusion not in options:
        return ""
    if "退回" in conclusion:
        return RETURNING
    return AFFIRMATIVE if options[0] == conclusion else "refused"


def _took(opened: datetime | None, done: datetime) -> str:
    """How long a step was open, in the largest units that say something."""
    if opened is None or opened >= done:
        return ""
    hours = int((done - opened).total_seconds() // 3600)
    if hours < 1:
        return "用时不到 1 小时"
    days, rest = divmod(hours, 24)
    parts = [f"{days} 天" if days else "", f"{rest} 小时" if rest else ""]
    return "用时 " + " ".join(filter(None, parts))


def _open(case: CaseView, item: WorkItem) -> Line:
    return Line(
        step=item.name,
        round=item.round,
        state="doing",
        conclusion=None,
        actor=(item.assignee or "尚未签收") + WAITS.get(item.state, ""),
        unit=item.unit,
        at=item.created_at,
        opinion=None,
        papers=[],
        basis=basis_of(case.release, item.step),
        system=False,
        why=None,
        due_at=item.due_at,
        rests=item.at_rest,
    )


def _awaited(case: CaseView, wait: dict[str, Any]) -> Line:
    """A time the case waits for: the publicity, mostly."""
    return Line(
        step=str(wait["name"]),
        round=1,
        state="doing",
        conclusion="等待中",
        actor="",
        unit=None,
        at=None,
        opinion=None,
        papers=[],
        basis=basis_of(case.release, str(wait["element"])),
        system=True,
        why="办件已挂起，恢复后按挂起的天数顺延"
        if case.case.state == SUSPENDED
        else f"到 {until(datetime.fromisoformat(wait['due']))} 由系统自动继续",
    )
