"""The table of orders: about which item of which case, to which unit, under which card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime

RED, YELLOW, NONE = "红牌", "黄牌", "不发牌"

CARDS = (RED, YELLOW, NONE)


class SupervisionOrder(Base):
    """An order beside its case: what lists and links ask, which the case keeps among its answers.

    Whether it still stands is its case's state, so that nothing has to be kept in step with it.
    """

    __tablename__ = "supervision_order"
    __table_args__ = (
        CheckConstraint("card IN ('红牌', '黄牌', '不发牌')", name="known_card"),
        Index("ix_supervision_order_watched", "watched_case_id"),
        Index("ix_supervision_order_item", "item_id"),
        Index("ix_supervision_order_unit", "unit_id", "case_id"),
        Index("ix_supervision_order_division", "division", "case_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(40))
    watched_case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    watched_number: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int] = mapped_column(BigId)
    procedure_key: Mapped[str] = mapped_column(String(60))
    """Of the case that is watched."""
    procedure_name: Mapped[str] = mapped_column(String(120))
    step_name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[str] = mapped_column(String(80))
    division: Mapped[str] = mapped_column(String(12))
    """The unit's own."""
    overdue_days: Mapped[int] = mapped_column(Integer)
    """Working days the item was overdue when it was ordered."""
    card: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(Text)
    card_since: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
