"""Tables of the index: what a case says, which cases have a term, and how far the index has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.cases import Case
from workflows.db import Base, BigId, UtcDateTime
from workflows.work_items import WorkItem

# By when they were started and by the step they stand at, cases are asked without the index of words.
Index("ix_cases_created", Case.created_at, Case.id)
Index(
    "ix_work_item_standing",
    WorkItem.name,
    WorkItem.case_id,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)


class CaseText(Base):
    """What may be searched of one case, as of one of its revisions."""

    __tablename__ = "case_text"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    papers: Mapped[int] = mapped_column(Integer)
    """How many papers it had: a sheet is made after its step."""
    said: Mapped[str] = mapped_column(Text)
    """Lines: first what the case is called, then one for each step and paper."""
    marks: Mapped[str] = mapped_column(Text)
    """Where it lies and who may be shown it, in words of the index; parted by blanks."""


class CasePosting(Base):
    """The cases of one block that have a term."""

    __tablename__ = "case_posting"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: Mapped[str] = mapped_column(String(80), primary_key=True)
    block: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cases: Mapped[bytes] = mapped_column(LargeBinary)


class IndexProgress(Base):
    """How far the index has come: one row, held by whoever adds to it."""

    __tablename__ = "index_progress"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    through: Mapped[int] = mapped_column(BigId)
    """Cases up to this id have been taken in once."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """Revisions recorded before this instant have been taken in."""
    papers: Mapped[int] = mapped_column(BigId)
    """Papers up to this id have been seen."""
    looked: Mapped[datetime] = mapped_column(UtcDateTime)
    """When a look last went far back."""
