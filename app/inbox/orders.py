"""In which orders the lists of work can be had; what comes behind a row is told by the row alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, tuple_

from app.pages import instant, row_number
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NUMBER = 40


def number(value: Any) -> str:
    """A case number inside a cursor; raises ValueError for what is none."""
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER or not value.isprintable():
        raise ValueError(value)
    return value


@dataclass(frozen=True, slots=True)
class Order:
    """Columns to sort by, the last of them the row's id, and how each is read from a cursor."""

    columns: tuple[Any, ...]
    kinds: tuple[Callable[[Any], Any], ...]
    descending: bool = False

    def sort(self, query: Select[Any]) -> Select[Any]:
        """The query in this order."""
        return query.order_by(*(one.desc() if self.descending else one.asc() for one in self.columns))

    def behind(self, query: Select[Any], last: list[Any] | None) -> Select[Any]:
        """Only what comes behind the row with these values."""
        if not last:
            return query
        row, values = tuple_(*self.columns), tuple_(*last)
        return query.where(row < values if self.descending else row > values)

    def key(self, row: WorkItem) -> tuple[Any, ...]:
        """What a cursor keeps of a row."""
        values = (getattr(row, column.key) for column in self.columns)
        return tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in values)


_DUE = ((WorkItem.due_sort, WorkItem.id), (instant, row_number))
_ARRIVED = ((WorkItem.id,), (row_number,))
_DONE = ((WorkItem.done_at, WorkItem.id), (instant, row_number))
_NUMBER = ((WorkItem.case_number, WorkItem.id), (number, row_number))

DUE = Order(*_DUE)
DONE_LATE = Order(*_DONE, descending=True)

OPEN_ORDERS: Mapping[str, Order] = {
    "due": DUE,
    "-due": Order(*_DUE, descending=True),
    "arrived": Order(*_ARRIVED),
    "-arrived": Order(*_ARRIVED, descending=True),
    "number": Order(*_NUMBER),
    "-number": Order(*_NUMBER, descending=True),
}
"""待办, by the words of an address; a minus turns it round. Items get their ids as they arrive."""

DONE_ORDERS: Mapping[str, Order] = {
    "-arrived": DONE_LATE,
    "arrived": Order(*_DONE),
    "number": OPEN_ORDERS["number"],
    "-number": OPEN_ORDERS["-number"],
}
"""已办: when it was done, or the case's number."""
