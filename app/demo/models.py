"""How far the demo clock stands from the machine's."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Float, Integer
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base


class DemoClockOffset(Base):
    """One row: seconds to add to the machine's time."""

    __tablename__ = "demo_clock_offset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seconds: Mapped[float] = mapped_column(Float)
