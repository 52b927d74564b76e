"""Reads about handovers: those made, and the dry run of one to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.handover import plan
from app.handover.models import Handover
from app.organisation import queries as people
from app.organisation.models import CASEWORK, Person
from workflows.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.handover.plan import Plan
    from app.organisation.queries import AccountView

MOST_ROWS = 200


class UnknownHandover(NotFound):
    """No such handover."""

    code = "handover.unknown"
    sentence = "没有找到这次交接。"


def handovers(session: Session) -> list[Handover]:
    """The handovers, newest first."""
    return list(session.scalars(select(Handover).order_by(Handover.id.desc()).limit(MOST_ROWS)))


def handover(session: Session, handover_id: int) -> Handover:
    """One handover with its report; raises UnknownHandover."""
    found = session.get(Handover, handover_id)
    if found is None:
        raise UnknownHandover
    return found


def named(session: Session, field: str, username: str) -> AccountView:
    """The casework account of that user name; raises Invalid beside ``field``."""
    found = people.account_named(session, username.strip())
    if found is None or found.kind != CASEWORK:
        raise Invalid({field: f"没有用户名为“{username.strip()[:40]}”的在用业务账号，请核对。"})
    return found


def dry(session: Session, leaver_id: int, heir_id: int, others: Mapping[int, int], now: datetime) -> Plan:
    """What a handover would do at this moment; nothing is changed."""
    return plan.drawn(session, session.get_one(Person, leaver_id), heir_id, others, now)
