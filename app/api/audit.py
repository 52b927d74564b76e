"""The audit, for supervisors and audit officers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from app import door, policy
from app.api import asking, shapes
from app.api.answering import listed, said
from app.api.calls import PAGED, Call
from app.api.schema_parts import Query
from app.organisation.queries import account_named
from app.pages import decode_cursor, paged
from app.security import queries
from workflows import proving, seal_proofs
from workflows.cases import UnknownCase

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

NOBODY = 0
"""No person has this number."""


@Call(
    "GET",
    "/audit",
    policy.audits,
    summary="审计记录，新的在前；督导只见其范围内办件的记录",
    query=(
        Query("case", "word", "办件编号"),
        Query("actor", "word", "谁：人员编号或用户名"),
        Query("since", "day", "不早于此日期或时刻"),
        *PAGED,
    ),
    gives="AuditEntryPage",
)
def entries() -> ResponseReturnValue:
    """What was done and what was refused."""
    wanted = queries.AuditFilter(
        case=asking.asked("case"), person_id=_person(asking.asked("actor")), since=asking.asked("since")
    )
    values = decode_cursor(asking.cursor(asking.aware, str, asking.row_number))
    after = (datetime.fromisoformat(values[0]), str(values[1]), int(values[2])) if values else None
    rows = asking.limit()
    found = queries.audit_entries(door.reading(), door.current_actor(), wanted, after=after, limit=rows)
    page = paged(found, rows, lambda one: (one.at.isoformat(), one.stream, one.seq))
    return listed(page, shapes.audit_entry)


def _person(actor: str | None) -> int | None:
    if actor is None:
        return None
    if actor.isascii() and actor.isdigit() and len(actor) < 19:
        return int(actor)
    found = account_named(door.reading(), actor)
    return found.person_id if found else NOBODY


@Call(
    "GET",
    "/audit/verify",
    policy.audits,
    summary="重算审计链：是否完好，断在哪条",
    query=(Query("case", "word", "只核验一个办件"),),
    gives="Verification",
    refusals=(UnknownCase,),
)
def verify() -> ResponseReturnValue:
    """Recompute the chains and compare the record with them, all or one case's."""
    session, sealer = door.reading(), door.executor().host.sealer
    found = proving.verify(session, asking.asked("case"), sealer=sealer)
    return said(
        {
            "sound": found.sound,
            "entries": found.entries,
            "streams": found.streams,
            "breaks": [asdict(one) for one in found.breaks],
            "key_gaps": [
                {
                    "since": gap.since,
                    "told_in": gap.told_in,
                    "key": gap.key.public,
                    "sentence": gap.sentence(),
                }
                for gap in seal_proofs.gaps(session, sealer)
            ],
        }
    )
