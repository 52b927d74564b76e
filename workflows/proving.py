"""Whether the record still says what the chain says it said: chains, journals and cases compared."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from workflows import audit, cases, facts, seal_proofs
from workflows.audit import AuditEntry, Break, Verification
from workflows.cases import Case
from workflows.journal import ERASING, StepRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from workflows.ports import Sealer

TOGETHER = 500
"""Cases read and compared at a time."""

ERASED_BY = "EraseCase"
"""The command that blanks the words of a case when the law has them erased."""

UNREADABLE = (OperationalError, UnicodeDecodeError, orjson.JSONDecodeError)


def verify(session: Session, number: str | None = None, *, sealer: Sealer | None = None) -> Verification:
    """Everything, or one case: recompute the hash chains, compare journals, cases and seals with them.

    Each broken stream is named once, by its first wrong entry. Signatures and the files of the seals are
    checked where a ``sealer`` is given.
    """
    if number is None:
        found = audit.verify(session, heads=cases.heads(session))
    else:
        case = cases.by_number(session, number)
        head = {f"case:{number}": audit.Head(case.revision, case.head)}
        found = audit.verify(session, stream=f"case:{number}", heads=head)
    known = {each.stream for each in found.breaks}
    for ids in _batches(session, number):
        found.breaks.extend(each for each in compared(session, ids) if each.stream not in known)
    known = {each.stream for each in found.breaks}
    stream = None if number is None else f"case:{number}"
    sealed = seal_proofs.verify(session, sealer, stream=stream)
    found.breaks.extend(each for each in sealed if each.stream not in known)
    return found


def erasures(session: Session, number: str | None = None) -> list[tuple[str, int]]:
    """Which cases were erased by law, and by which entry of their chains; the last one of each counts."""
    query = select(AuditEntry.stream, func.max(AuditEntry.seq)).where(
        AuditEntry.command == ERASED_BY, AuditEntry.stream.startswith("case:")
    )
    if number is not None:
        query = query.where(AuditEntry.stream == f"case:{number}")
    rows = session.execute(query.group_by(AuditEntry.stream).order_by(AuditEntry.stream))
    return [(stream.removeprefix("case:"), seq) for stream, seq in rows]


def _batches(session: Session, number: str | None) -> Iterator[list[int]]:
    query = select(Case.id).order_by(Case.id)
    if number is not None:
        query = query.where(Case.number == number)
    ids = list(session.scalars(query))
    for start in range(0, len(ids), TOGETHER):
        yield ids[start : start + TOGETHER]


def compared(session: Session, ids: Sequence[int]) -> list[Break]:
    """Where the journal or the row of these cases differs from their chains; one break per case."""
    try:
        return _compared(session, ids)
    except UNREADABLE:
        if len(ids) == 1:
            return [_unreadable(session, ids[0])]
        return [each for case_id in ids for each in compared(session, [case_id])]


def _unreadable(session: Session, case_id: int) -> Break:
    number = session.scalar(select(Case.number).where(Case.id == case_id))
    return Break(f"case:{number}", 0, "办件或流转记录中有内容已无法读取，被改动")


def _compared(session: Session, ids: Sequence[int]) -> list[Break]:
    columns = [getattr(Case, name) for name in ("id", "number", "engine_state", "undo", *facts.PROVEN)]
    rows = session.execute(select(*columns).where(Case.id.in_(ids)).order_by(Case.id)).all()
    journals, chains = _journals(session, ids), _chains(session, [f"case:{row.number}" for row in rows])
    found = []
    for row in rows:
        stream = f"case:{row.number}"
        fault = _fault(row, journals[row.id], chains[stream])
        if fault is not None:
            found.append(Break(stream, *fault))
    return found


def _journals(session: Session, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    query = select(StepRecord.__table__).where(StepRecord.case_id.in_(ids))
    for row in session.execute(query.order_by(StepRecord.case_id, StepRecord.seq)).mappings():
        found[row["case_id"]].append(dict(row))
    return found


def _chains(session: Session, streams: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The facts of each entry, oldest first; an entry without a case's facts belongs to no case."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    query = select(AuditEntry.stream, AuditEntry.body).where(AuditEntry.stream.in_(streams))
    for row in session.execute(query.order_by(AuditEntry.stream, AuditEntry.seq)):
        found[row.stream].append(_said(row.body))
    return found


def _said(body: str) -> dict[str, Any]:
    """An entry's facts; none where the entry is no record, which the chain itself has named already."""
    entry = orjson.loads(body)
    said = entry.get("facts") if isinstance(entry, dict) else None
    return said if isinstance(said, dict) else {}


def _fault(row: Any, journal: list[dict[str, Any]], chain: list[dict[str, Any]]) -> tuple[int, str] | None:
    """The first entry whose words the journal no longer bears out, or the last one for the case itself."""
    standing = iter(journal)
    erased = {seq for entry in chain for seq in entry.get(ERASING, ())}
    for seq, entry in enumerate(chain, start=1):
        for said in entry.get("steps", ()):
            record = next(standing, None)
            if record is None:
                return seq, f"流转记录第 {said['seq']} 条缺失"
            proven = facts.without_words(said) if said["seq"] in erased else said
            if facts.of_row(record, like=said) != proven:
                return seq, f"流转记录第 {said['seq']} 条（{record['name']}）与当时登记的内容不符，被改动"
    if next(standing, None) is not None:
        return len(chain), "流转记录中多出了没有登记过的内容"
    if chain and chain[-1].get("row") != facts.of_case(row):
        return len(chain), "办件当前的状态或内容与最后一次登记的不符，被改动"
    return None
