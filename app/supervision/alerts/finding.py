"""Keeping what the rules saw: each pattern once, whoever looks how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import and_, exists, false, insert, or_, select

from app.scope import visible
from app.supervision import queries
from app.supervision.alerts import rules
from app.supervision.models import Alert
from workflows.cases import Case
from workflows.commands import division_span

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

log = structlog.get_logger("supervision")

NEW, LOOKED, CLOSED = "new", "looked", "closed"

STATES = {NEW: "未看", LOOKED: "已看", CLOSED: "已了结"}


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """The alerts of the divisions somebody supervises, without those about a case kept from them."""
    spans = [division_span(area) for area in queries.areas_of(actor)]
    told = select(Case.id).where(Case.number == Alert.case_number, or_(~Case.kept, visible(actor)))
    return and_(
        or_(false(), *(Alert.division.between(*span) for span in spans)),
        or_(Alert.case_number.is_(None), exists(told)),
    )


def find(session: Session, case_ids: list[int], now: datetime) -> None:
    """Let every rule look at the record of these cases; what was found before stays as it is.

    A rule that breaks is undone, logged and tried on each case by itself; counting and the others go on.
    """
    records = rules.records(session, case_ids)
    for name in rules.RULES:
        if not _look(session, name, records, now):
            for record in records:
                _look(session, name, [record], now)


def _look(session: Session, name: str, records: list[rules.Record], now: datetime) -> bool:
    """Whether the rule got through."""
    try:
        with session.begin_nested():
            seen = (one for record in records for one in rules.RULES[name](session, record))
            _keep(session, name, {one.key: one for one in seen}, now)
    except Exception:
        log.exception("rule broken", rule=name, cases=[record.case.number for record in records])
        return False
    return True


def _keep(session: Session, rule: str, found: dict[str, rules.Seen], now: datetime) -> None:
    if found:
        known = select(Alert.key).where(Alert.rule == rule, Alert.key.in_(list(found)))
        for key in session.scalars(known).all():
            del found[key]
    new = [
        {
            "rule": rule,
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
