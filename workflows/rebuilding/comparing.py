"""Where a case stands otherwise than its record, played once more, leads to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import orjson
from sqlalchemy import select

from workflows import cases, spiff
from workflows.audit import AuditEntry
from workflows.designing.replaying import MIGRATED
from workflows.errors import Refusal
from workflows.journal import ERASING, StepRecord
from workflows.rebuilding.course import Differs
from workflows.rebuilding.playing import Entry, Playing, ruled
from workflows.work_items import OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from workflows.cases import Case


class Unplayable(Exception):
    """The chain was written before it said what moves an engine, or its words were erased by law."""


class Difference(NamedTuple):
    """Where a case stands otherwise than its record leads to."""

    number: str
    seq: int
    sentence: str


def differences(session: Session, case: Case) -> list[Difference]:
    """Where a case stands otherwise than its record leads to; raises Unplayable."""
    chain = _chain(session, case)
    playing = _playing(session, case)
    for entry in chain:
        try:
            playing.play(entry)
        except (Differs, Refusal, KeyError, IndexError, StopIteration) as fault:
            why = str(fault) if isinstance(fault, Differs | Refusal) else "所需内容在流转记录中缺失"
            return [Difference(case.number, entry.seq, f"重演到此中断：{why}")]
    last = chain[-1].seq if chain else 0
    return [
        Difference(case.number, last, f"{what}与由记录重演所得不符")
        for what in _compared(session, case, playing)
    ]


def _chain(session: Session, case: Case) -> list[Entry]:
    """The case's entries; raises Unplayable where they cannot be played."""
    query = select(AuditEntry.seq, AuditEntry.body).where(AuditEntry.stream == f"case:{case.number}")
    found = []
    for seq, body in session.execute(query.order_by(AuditEntry.seq)):
        said = orjson.loads(body)
        found.append(Entry(seq, datetime.fromisoformat(said["at"]), said["facts"]))
    if any(ERASING in entry.facts for entry in found):
        raise Unplayable("个人信息已依法删除，不能重演")
    if not found or "moves" not in found[0].facts:
        raise Unplayable("记录早于可重演的版本")
    return found


def _playing(session: Session, case: Case) -> Playing:
    blank = {"engine_state": b"", "state": cases.RUNNING, "outcome": None, "standing": "", "head": ""}
    fresh = {"variables": {}, "rounds": {}, "waiting": [], "undo": [], "steps": 0, "revision": 0}
    kept = {name: getattr(case, name) for name in cases.LOADED if name not in {**blank, **fresh}}
    opened = cases.OpenCase(**kept, **blank, **fresh)  # type: ignore[arg-type]
    query = select(StepRecord.__table__).where(StepRecord.case_id == case.id).order_by(StepRecord.seq)
    rows = {row["seq"]: dict(row) for row in session.execute(query).mappings()}
    migrated = (row["answers"]["from_id"] for row in rows.values() if row["kind"] == MIGRATED)
    opened.version_id = next(migrated, case.version_id)
    return Playing(session, ruled(session, opened, opened.version_id), opened, rows)


def _compared(session: Session, case: Case, playing: Playing) -> list[str]:
    """What differs, in words: states by the names on the way to each token, never by their ids."""
    played, items = playing.case, playing.standing.values()
    pairs = {
        "流程版本": (played.version_id, case.version_id),
        "引擎状态": (spiff.shape(played.engine_state), spiff.shape(case.engine_state)),
        "变量": (played.variables, case.variables),
        "办理次数": (played.rounds, case.rounds),
        "等待的事件": (played.waiting, case.waiting),
        "当前环节": (played.standing, case.standing),
        "办件状态": ((played.state, played.outcome), (case.state, case.outcome)),
        "步数": (played.steps, case.steps),
        "待办": (_named((item.step, item.round, item.place) for item in items), _items(session, case)),
    }
    return [what for what, (mine, stored) in pairs.items() if mine != stored]


def _items(session: Session, case: Case) -> list[tuple[str, int, int]]:
    query = select(WorkItem.step, WorkItem.round, WorkItem.place).where(
        WorkItem.case_id == case.id, WorkItem.kind == STEP, WorkItem.state.in_(OPEN)
    )
    return _named((row.step, row.round, row.place) for row in session.execute(query))


def _named(items: Iterable[tuple[str, int, int | None]]) -> list[tuple[str, int, int]]:
    return sorted((step, number, -1 if place is None else place) for step, number, place in items)
