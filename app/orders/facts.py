"""What the record says of an item about to be ordered, and why it may not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.lamps import overdue_days
from app.orders.rule import FAMILY
from app.organisation.models import Unit
from app.scope import visible
from workflows import calendars, catalogue
from workflows.cases import RUNNING, Case
from workflows.errors import Conflict, NotFound
from workflows.work_items import OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

SUPERVISOR = "supervisor"

LEVELS = {"village": "village", "township": "township", "farm": "township"}
"""At which level a unit answers; every other unit answers at the county's."""

GIVEN = ("case_number", "procedure", "step", "item", "unit", "overdue_days")
"""What the start form says of the item, under the same names as Watched."""


LARGEST = 2**63 - 1


def item_named(said: object) -> int:
    """The item somebody named; 0, which none has, for what no row of a table could be."""
    return said if type(said) is int and 0 < said <= LARGEST else 0


class UnknownWatched(NotFound):
    """No such item, or none in the supervisor's scope."""

    code = "order.unknown_item"
    sentence = "没有找到这个环节，或者它不在您的督查范围内。"


class NotOrderable(Conflict):
    """The item is not to be ordered about now."""

    code = "order.not_orderable"
    sentence = "{why}"


DONE = "这个环节已经办结或者撤销，不用再督办；督办单退回重新下达的，请终止督办单。"
RESTS = "办件 {number} 当前没有在办理中，其时限不在计算，不能督办。"
OWN = "这个环节由督导自己办理，不能自己督办自己。"
AN_ORDER = "督办单本身不再另行督办：请在审核时退回再办或者改牌。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An item with all that an order says of it."""

    item: int
    case_id: int
    case_number: str
    procedure_key: str
    procedure: str
    locality: str
    step: str
    role: str
    unit_id: int
    unit: str
    level: str
    division: str
    """The unit's own: the division of the order's case."""
    overdue_days: int

    def given(self) -> dict[str, Any]:
        """What stands in the start form."""
        return {name: getattr(self, name) for name in GIVEN}


def watched(session: Session, actor: Actor, item: object, now: datetime) -> Watched:
    """The item somebody named, as an order would say it; raises UnknownWatched or NotOrderable."""
    found = session.execute(
        select(WorkItem, Unit)
        .join(Unit, Unit.id == WorkItem.unit_id)
        .where(WorkItem.id == item_named(item), WorkItem.kind == STEP)
    ).one_or_none()
    case = session.scalar(_CASES.where(Case.id == found.WorkItem.case_id, visible(actor))) if found else None
    if found is None or case is None or not _supervised(actor, case.division):
        raise UnknownWatched
    step, unit = found
    _require_orderable(step, case)
    locality = str(catalogue.release(session, case.version_id).meta["locality"])
    return Watched(
        item=step.id,
        case_id=case.id,
        case_number=case.number,
        procedure_key=case.procedure_key,
        procedure=case.procedure_name,
        locality=locality,
        step=step.name,
        # A household is no unit: its village sees to it.
        role="village_committee" if step.role == "household" else step.role,
        unit_id=unit.id,
        unit=unit.name,
        level=LEVELS.get(unit.level, "county"),
        division=unit.division,
        overdue_days=overdue_days(step.due_at, now, calendars.of(session)),
    )


# What is kept from people of its own division must not come to them by an order.
_CASES = select(Case).where(~Case.kept)


def _supervised(actor: Actor, division: str) -> bool:
    return any(grant.role == SUPERVISOR and grant.reaches(division) for grant in actor.grants)


def _require_orderable(item: WorkItem, case: Case) -> None:
    if case.procedure_key.startswith(FAMILY):
        raise NotOrderable(why=AN_ORDER)
    if item.role == SUPERVISOR:
        raise NotOrderable(why=OWN)
    if item.state not in OPEN:
        raise NotOrderable(why=DONE)
    if case.state != RUNNING:
        raise NotOrderable(why=RESTS.format(number=case.number))


def items_of(session: Session, actor: Actor, number: str) -> list[WorkItem]:
    """The open steps of a case about which the actor might issue an order, the nearest limit first."""
    running = _CASES.where(Case.number == number, Case.state == RUNNING, visible(actor))
    case = session.scalar(running)
    if case is None or case.procedure_key.startswith(FAMILY) or not _supervised(actor, case.division):
        return []
    items = select(WorkItem).where(
        WorkItem.case_id == case.id,
        WorkItem.kind == STEP,
        WorkItem.state.in_(OPEN),
        WorkItem.role != SUPERVISOR,
    )
    return list(session.scalars(items.order_by(WorkItem.due_sort, WorkItem.id)))
