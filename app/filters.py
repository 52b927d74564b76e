"""How templates write instants, dates, money and states: as the office writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflows.clock import LOCAL, local_date

if TYPE_CHECKING:
    from collections.abc import Callable

STATES = {"running": "办理中", "ended": "已办结", "cancelled": "已终止", "suspended": "已挂起"}


def minute(instant: datetime | None) -> str:
    """2026-11-22 09:30 in Beijing time."""
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if instant else ""


def day(value: datetime | date | None) -> str:
    """2026-11-22."""
    if value is None:
        return ""
    return (local_date(value) if isinstance(value, datetime) else value).isoformat()


def paper_day(value: datetime | date | str | None) -> str:
    """2026年11月22日, as papers write it."""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if value is None:
        return ""
    at = local_date(value) if isinstance(value, datetime) else value
    return f"{at.year}年{at.month}月{at.day}日"


def money(value: object) -> str:
    """1,234.50."""
    return f"{Decimal(str(value)):,.2f}" if value not in (None, "") else ""


def state_word(state: str) -> str:
    """A case's state in words."""
    return STATES.get(state, state)


FILTERS: dict[str, Callable[..., Any]] = {
    "minute": minute,
    "day": day,
    "paper_day": paper_day,
    "money": money,
    "state_word": state_word,
}
