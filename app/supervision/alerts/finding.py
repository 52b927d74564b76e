"""Keeping what the rules saw: each pattern once, whoever looks how often."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import structlog
from sqlalchemy import and_, delete, exists, false, func, insert, or_, select

from app.scope import visible
from app.supervision import queries
from app.supervision.alerts import rules
from app.supervision.models import Alert, BrokenRule
from workflows.cases import Case
from workflows.commands import division_span

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def find(
    session: Session, case_ids: list[int], now: datetime, names: Iterable[str] = tuple(rules.RULES)
) -> None:
    """Let the rules of these names look at the record of these cases; what was found before stays.

    A rule that breaks is undone, logged and tried on each case by itself; counting and the others go on. On
    which cases it broke is kept until it gets through, for the system officer to see.
    """
    records = rules.records(session, case_ids)
    broken = _broken(session, case_ids)
    for name in names:
        if _look(session, name, records, now) is None:
            _through(session, name, records, broken)
            continue
        for record in records:
            fault = _look(session, name, [record], now)
            if fault is None:
                _through(session, name, [record], broken)
            elif (name, record.case.id) not in broken:
                session.add(BrokenRule(rule=name, case_id=record.case.id, fault=fault, since=now))


def _broken(session: Session, case_ids: list[int]) -> set[tuple[str, int]]:
    """On which of these cases which rules broke before."""
    asked = select(BrokenRule.rule, BrokenRule.case_id).where(BrokenRule.case_id.in_(case_ids))
    return {(row.rule, row.case_id) for row in session.execute(asked)}


def _through(session: Session, rule: str, records: list[rules.Record], broken: set[tuple[str, int]]) -> None:
    """The rule got through: nothing is left to mend."""
    mended = [record.case.id for record in records if (rule, record.case.id) in broken]
    if mended:
        session.execute(delete(BrokenRule).where(BrokenRule.rule == rule, BrokenRule.case_id.in_(mended)))


def _look(session: Session, name: str, records: list[rules.Record], now: datetime) -> str | None:
    """The kind of fault the rule broke with; None where it got through."""
    try:
        with session.begin_nested():
            seen = (one for record in records for one in rules.RULES[name](session, record))
            _keep(session, name, {one.key: one for one in seen}, now)
    except Exception as error:
        log.exception("rule broken", rule=name, cases=[record.case.number for record in records])
        return type(error).__name__
    return None


class Broken(NamedTuple):
    """A rule that does not get through: what it is called, on how many cases, with what fault, since when."""

    rule: str
    cases: int
    fault: str
    since: datetime


def broken_rules(session: Session) -> list[Broken]:
    """The rules that do not get through, each once."""
    asked = select(
        BrokenRule.rule, func.count(), func.max(BrokenRule.fault), func.min(BrokenRule.since)
    ).group_by(BrokenRule.rule)
    return [
        Broken(rules.NAMES.get(rule, rule), cases, fault, since)
        for rule, cases, fault, since in session.execute(asked.order_by(BrokenRule.rule))
    ]


def count_broken(session: Session, _: Actor) -> int:
    """How many rules do not get through, for the menu of the system officer."""
    return session.scalar(select(func.count(BrokenRule.rule.distinct()))) or 0


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
