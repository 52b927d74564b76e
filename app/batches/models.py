"""The tables of batches: what was asked of many items at once, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime
from workflows.errors import Conflict

OPEN, DONE, REFUSED, DROPPED = "open", "done", "refused", "dropped"

MOVES = {OPEN: {DONE, REFUSED, DROPPED}, DONE: set[str](), REFUSED: set[str](), DROPPED: set[str]()}
"""An item is settled once: done, refused with its reason, or dropped when the rest was called off."""

WHAT = "about"
"""Under which name the record and the calls say what work a batch is about."""


class SettledAlready(Conflict):
    """An item of a batch has its result."""

    code = "batch.settled_already"
    sentence = "这一批中的此件已有结果，请刷新查看。"


class Batch(Base):
    """One action asked for many items by one person, with the words that go to each of them."""

    __tablename__ = "batch"
    __table_args__ = (Index("ix_batch_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(Integer)
    """Through which account its items are dealt with, with the powers that account has at that moment."""
    person_id: Mapped[int] = mapped_column(Integer)
    person: Mapped[str] = mapped_column(String(60))
    device: Mapped[str] = mapped_column(String(160))
    action: Mapped[str] = mapped_column(String(20))
    conclusion: Mapped[str | None] = mapped_column(String(200))
    opinion: Mapped[str | None] = mapped_column(Text)
    to_id: Mapped[int | None] = mapped_column(Integer)
    to: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)
    kin: Mapped[list[Any] | None] = mapped_column(JsonText)
    """What its items must have in common: version and step, or role and unit; None where nothing."""
    about: Mapped[str] = mapped_column(String(120))
    """The same in words."""
    total: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BatchItem(Base):
    """One item of a batch: the revision the person saw, and what became of it."""

    __tablename__ = "batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "item_id", name="uq_batch_item_once"),
        CheckConstraint("state IN ('open', 'done', 'refused', 'dropped')", name="known_batch_state"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_when_not_open"),
        Index("ix_batch_item_state", "batch_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    place: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int] = mapped_column(BigInteger)
    """No key of another table: a number somebody made up is refused, and stands here all the same."""
    revision: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(60))
    sentence: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def settle(self, state: str, at: datetime, code: str | None = None, sentence: str | None = None) -> None:
        """Give it its result; raises SettledAlready."""
        if state not in MOVES[self.state]:
            raise SettledAlready
        self.state, self.settled_at, self.code, self.sentence = state, at, code, sentence
