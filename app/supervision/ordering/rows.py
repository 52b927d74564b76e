"""The lists of 督办 as lines of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.filters import minute
from app.supervision.ordering.listing import CARDS, ORDERS, PROPOSED
from workflows.cases import RUNNING, STATE_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.supervision.ordering.listing import Proposal

HEADS = {
    CARDS: ("责任单位", "牌", "自何时起", "事由", "督办单", "办件", "事项", "环节"),
    PROPOSED: ("办件", "事项", "环节", "责任单位", "时限", "超期工作日", "应发的牌", "事由"),
    ORDERS: ("督办单", "状态", "牌", "责任单位", "办件", "事项", "环节", "下达时间", "本环节时限"),
}


def _card(row: Any) -> list[str]:
    said = (row.unit, row.card, minute(row.card_since), row.why, row.number, row.watched_number)
    return [*said, row.procedure_name, row.step_name]


def _proposal(proposal: Proposal) -> list[str]:
    row, grade = proposal.row, proposal.grade
    said = (row.case_number, row.procedure_name, row.name, row.unit, minute(row.due_at), str(proposal.late))
    return [*said, grade.card if grade else "", grade.why if grade else ""]


def _order(row: Any) -> list[str]:
    stands = row.outcome or (row.name if row.state == RUNNING else STATE_WORDS[row.state])
    due = getattr(row, "due_at", None)
    said = (row.number, stands, row.card, row.unit, row.watched_number, row.procedure_name, row.step_name)
    return [*said, minute(row.issued_at), minute(due) if due else ""]


CELLS: dict[str, Callable[[Any], list[str]]] = {CARDS: _card, PROPOSED: _proposal, ORDERS: _order}
"""A row of each list as cells, in the order of its head."""
