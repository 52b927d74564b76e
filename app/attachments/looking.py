"""Looking at a file or a paper without taking it along: on record once for each person, object and day.

A page of pictures asks for each of them, again and again; one entry a day says as much as fifty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from workflows.audit import AuditEntry
from workflows.clock import local_date, start_of_day

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor


def seen_today(
    session: Session, actor: Actor, *, stream: str, command: str, what: str, now: datetime
) -> bool:
    """Whether that look of theirs stands on the stream already; ``what`` is as the entry's body spells it."""
    query = select(AuditEntry.seq).where(
        AuditEntry.stream == stream,
        AuditEntry.command == command,
        AuditEntry.actor_id == actor.person_id,
        AuditEntry.at >= start_of_day(local_date(now)),
        AuditEntry.body.contains(what, autoescape=True),
    )
    return session.scalar(query.limit(1)) is not None
