"""Gap-free running numbers (编号): one row per series, raised under its own lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, String, bindparam, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from workflows.clock import local_date
from workflows.db import Base

if TYPE_CHECKING:
    from workflows.commands import Context


class Counter(Base):
    """Gap-free running numbers: one row per name, raised under its own lock."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[int] = mapped_column(Integer)


_RAISE = (
    update(Counter)
    .where(Counter.name == bindparam("b_name"))
    .values(value=Counter.value + 1)
    .returning(Counter.value)
)
_BEGIN_COUNTING = insert(Counter).returning(Counter.value)


def next_number(ctx: Context, name: str) -> str:
    """The next number in a series, such as ``FP01DS-2026-000123``; under the row's lock, without gaps."""
    series = f"{name.replace('_', '').upper()}-{local_date(ctx.now).year}"
    value = ctx.session.execute(_RAISE, {"b_name": series}).scalar_one_or_none()
    if value is None:
        # Two first cases of a year may meet here: the loser's insert fails and its command is tried again.
        value = ctx.session.execute(_BEGIN_COUNTING, {"name": series, "value": 1}).scalar_one()
    return f"{series}-{value:06d}"
