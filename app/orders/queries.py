"""Reads of orders: about a case, against a unit, on an item; only what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, literal, select

from app.orders.facts import SUPERVISOR
from app.orders.models import NONE, SupervisionOrder
from app.orders.rule import FAMILY
from app.scope import visible
from workflows.cases import RUNNING, STATE_WORDS, SUSPENDED, Case
from workflows.catalogue import Procedure
from workflows.work_items import OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from workflows.commands import Actor

MOST_SHOWN = 20

# Written out, so that the index over running cases serves, which holds the open orders and no others.
_STANDING = Case.state.in_([literal(state, literal_execute=True) for state in (RUNNING, SUSPENDED)])


def stands() -> ColumnElement[bool]:
    """Of an order's Case: it is not closed, withdrawn or cancelled."""
    orders = select(Procedure.key).where(Procedure.key.startswith(FAMILY, autoescape=True))
    return and_(_STANDING, Case.subject_key.is_not(None), Case.procedure_key.in_(orders))


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as a line says it."""

    number: str
    card: str
    card_since: datetime
    why: str
    watched_number: str
    step_name: str
    unit: str
    state: str
    outcome: str | None

    @property
    def open(self) -> bool:
        """Whether it is not closed yet: its card stands."""
        return self.state in {RUNNING, SUSPENDED}

    @property
    def words(self) -> str:
        """How it stands, in words."""
        return self.outcome or STATE_WORDS[self.state]


_COLUMNS = (
    *(SupervisionOrder.number, SupervisionOrder.card, SupervisionOrder.card_since, SupervisionOrder.why),
    *(SupervisionOrder.watched_number, SupervisionOrder.step_name, SupervisionOrder.unit),
    *(Case.state, Case.outcome),
)
_SHOWN = select(*_COLUMNS).join(Case, Case.id == SupervisionOrder.case_id)


def of_case(session: Session, actor: Actor, case_id: int) -> list[Shown]:
    """The orders about a case, and the one that a case is, the newest first."""
    meant = (SupervisionOrder.watched_case_id == case_id) | (SupervisionOrder.case_id == case_id)
    query = _SHOWN.where(meant, visible(actor)).order_by(SupervisionOrder.case_id.desc()).limit(MOST_SHOWN)
    return [Shown(*row) for row in session.execute(query)]


def against(session: Session, actor: Actor) -> list[Shown]:
    """The open orders to units the actor works in, those with a card first."""
    if not actor.units:
        return []
    query = (
        _SHOWN.where(SupervisionOrder.unit_id.in_(actor.units), stands(), visible(actor))
        .order_by(SupervisionOrder.card == NONE, SupervisionOrder.case_id.desc())
        .limit(MOST_SHOWN)
    )
    return [Shown(*row) for row in session.execute(query)]


def open_on(session: Session, actor: Actor, item_id: int) -> str | None:
    """The number of the open order about an item; None where there is none that the actor may read."""
    query = (
        select(SupervisionOrder.number)
        .join(Case, Case.id == SupervisionOrder.case_id)
        .where(SupervisionOrder.item_id == item_id, _STANDING, visible(actor))
    )
    return session.scalar(query.limit(1))


def ordered(item: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether an open order is about the item of this id."""
    return exists(
        select(SupervisionOrder.case_id)
        .join(Case, Case.id == SupervisionOrder.case_id)
        .where(SupervisionOrder.item_id == item, _STANDING)
        .correlate_except(SupervisionOrder, Case)
    )


def steps_open(states: Sequence[str] = OPEN) -> ColumnElement[bool]:
    """Of a WorkItem: it is the step at which an order's case stands."""
    return and_(WorkItem.kind == STEP, WorkItem.state.in_(states))


def may_order(actor: Actor, case: Case) -> bool:
    """Whether a page offers the actor to order about a case; about which item, and whether, is asked then."""
    mine = any(grant.role == SUPERVISOR and grant.reaches(case.division) for grant in actor.grants)
    return mine and case.state == RUNNING and not case.kept and not case.procedure_key.startswith(FAMILY)
