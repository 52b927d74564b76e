"""By night: some cases are rebuilt from their records, and the audit officers hear of any that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from app.evidence.commands import NIGHT_STREAM, NoteRebuilt
from workflows import rebuilding
from workflows.audit import AuditEntry
from workflows.cases import Case
from workflows.clock import LOCAL
from workflows.commands import SYSTEM, Actor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Executor
    from workflows.rebuilding import Difference

A_NIGHT = 500
"""So many cases are rebuilt in one night, the next ones in the next; then from the first again."""

HOURS = range(1, 5)


def rebuild(executor: Executor) -> int:
    """Rebuild this night's share of the cases, if nobody has; gives how many there were."""
    now = executor.clock.now()
    if now.astimezone(LOCAL).hour not in HOURS:
        return 0
    with executor.database.reading() as session:
        last = _last(session)
        if last is not None and _night(last.at) == _night(now):
            return 0
        ids = _share(session, orjson.loads(last.body)["facts"]["through"] if last else 0)
        found = differing(session, ids)
    note(executor, len(ids), found, through=ids[-1] if ids else 0, by=SYSTEM, nightly=True)
    return len(ids)


def note(
    executor: Executor,
    checked: int,
    found: list[Difference],
    *,
    by: Actor,
    through: int = 0,
    nightly: bool = False,
) -> None:
    """Take the result down, and tell the audit officers what differs."""
    said = tuple((each.number, each.seq, each.sentence) for each in found)
    executor.execute(NoteRebuilt(checked=checked, found=said, through=through, nightly=nightly), by=by)


def differing(session: Session, ids: Iterable[int]) -> list[Difference]:
    """Where these cases stand otherwise than their records lead to; what cannot be played says nothing."""
    found: list[Difference] = []
    for case_id in ids:
        case = session.get_one(Case, case_id)
        try:
            found += rebuilding.differences(session, case)
        except rebuilding.Unplayable:
            continue
        finally:
            session.expunge(case)
    return found


def _night(at: datetime) -> object:
    return at.astimezone(LOCAL).date()


def _last(session: Session) -> AuditEntry | None:
    query = select(AuditEntry).where(AuditEntry.stream == NIGHT_STREAM)
    return session.scalars(query.order_by(AuditEntry.seq.desc()).limit(1)).first()


def _share(session: Session, after: int) -> list[int]:
    """The next cases behind one; from the first where there are no more."""
    query = select(Case.id).order_by(Case.id).limit(A_NIGHT)
    return list(session.scalars(query.where(Case.id > after))) or list(session.scalars(query))
