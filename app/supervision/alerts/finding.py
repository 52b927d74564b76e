"""Keeping what the rules saw: each pattern once, whoever looks how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from app.supervision.alerts import rules
from app.supervision.models import Alert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

NEW, LOOKED, CLOSED = "new", "looked", "closed"

STATES = {NEW: "未看", LOOKED: "已看", CLOSED: "已了结"}


def find(session: Session, case_ids: list[int], now: datetime) -> None:
    """Let every rule look at the record of these cases; what was found before stays as it is."""
    found = {(one.rule, one.key): one for one in rules.seen(session, case_ids)}
    if not found:
        return
    keys = [key for _, key in found]
    known = session.execute(select(Alert.rule, Alert.key).where(Alert.key.in_(keys)))
    for row in known:
        found.pop((row.rule, row.key), None)
    new = [
        {
            "rule": one.rule,
            "key": one.key,
            "division": one.division,
            "case_number": one.case_number,
            "sentence": one.sentence,
            "found_at": now,
            "state": NEW,
        }
        for one in found.values()
    ]
    if new:
        session.execute(insert(Alert), new)
