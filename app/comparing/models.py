"""The tables of backtests: what was tried on which cases, and what became of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, JsonText, UtcDateTime


class Backtest(Base):
    """One draft tried on the cases of the past; the bundle is kept, so that the report is of exactly that."""

    __tablename__ = "backtest"
    __table_args__ = (Index("ix_backtest_procedure", "procedure_key", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(String(60))
    division: Mapped[str] = mapped_column(String(12))
    """Where the cases lie."""
    code: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(160))
    digest: Mapped[str] = mapped_column(String(64))
    bundle: Mapped[str] = mapped_column(Text)
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    assume: Mapped[bool] = mapped_column(default=True)
    person_id: Mapped[int | None] = mapped_column(Integer)
    person: Mapped[str] = mapped_column(String(60))
    cases: Mapped[list[int]] = mapped_column(JsonText)
    """The cases it is tried on, the newest first."""
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def open(self) -> bool:
        """Whether cases still wait for their turn."""
        return self.finished_at is None


class BacktestCase(Base):
    """What became of one case in a draft; nothing personal is in it."""

    __tablename__ = "backtest_case"

    backtest_id: Mapped[int] = mapped_column(ForeignKey("backtest.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    said: Mapped[dict[str, Any]] = mapped_column(JsonText)
