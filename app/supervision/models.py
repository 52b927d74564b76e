"""Tables of supervision: each step as it was counted, the counts by area and day, how far counting came."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime, only_where

DIVISION, KEY, STEP = 12, 60, 80


class WatchedItem(Base):
    """A step of a case as it stands in the counts: open, or done with what came of it."""

    __tablename__ = "watched_item"
    __table_args__ = (
        Index("ix_watched_item_case", "case_id"),
        Index("ix_watched_item_done", "division", "done_on", **only_where("done_on IS NOT NULL")),
        Index("ix_watched_item_opened", "division", "opened_on"),
        Index("ix_watched_item_open", "division", "due_at", **only_where("done_on IS NULL")),
    )

    item_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    division: Mapped[str] = mapped_column(String(DIVISION))
    procedure_key: Mapped[str] = mapped_column(String(KEY))
    version_id: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(STEP))
    opened_on: Mapped[date] = mapped_column(Date)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Its limit as far as it runs: far off where there is none, or while the case rests."""
    done_on: Mapped[date | None] = mapped_column(Date)
    result: Mapped[str] = mapped_column(String(10))
    """Nothing while it is open; then done, returned (退回) or refused (不予通过)."""
    late: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    """Minutes of working days from its opening until it was done; 0 while it is open."""
    limit_minutes: Mapped[int] = mapped_column(Integer)
    """The same from its opening to its limit; 0 where it has none."""


class WatchedCase(Base):
    """At which revision a case was counted last."""

    __tablename__ = "watched_case"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)


class OpenCount(Base):
    """How many steps are open in an area, by their limit: which of them are overdue follows at any instant.

    An area is a village, a township or a county: each open step counts once in all three.
    """

    __tablename__ = "open_count"

    area: Mapped[str] = mapped_column(String(DIVISION), primary_key=True)
    procedure_key: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    version_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(STEP), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


class DayCount(Base):
    """What happened in an area on one day in Beijing time to the steps of one version.

    ``b0`` to ``b13`` say how many were done within which part of their limit: see ``measures.BOUNDS``.
    """

    __tablename__ = "day_count"

    area: Mapped[str] = mapped_column(String(DIVISION), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    version_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(STEP), primary_key=True)
    opened: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    returned: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(BigId)
    limited: Mapped[int] = mapped_column(Integer)
    limit_minutes: Mapped[int] = mapped_column(BigId)
    b0: Mapped[int] = mapped_column(Integer)
    b1: Mapped[int] = mapped_column(Integer)
    b2: Mapped[int] = mapped_column(Integer)
    b3: Mapped[int] = mapped_column(Integer)
    b4: Mapped[int] = mapped_column(Integer)
    b5: Mapped[int] = mapped_column(Integer)
    b6: Mapped[int] = mapped_column(Integer)
    b7: Mapped[int] = mapped_column(Integer)
    b8: Mapped[int] = mapped_column(Integer)
    b9: Mapped[int] = mapped_column(Integer)
    b10: Mapped[int] = mapped_column(Integer)
    b11: Mapped[int] = mapped_column(Integer)
    b12: Mapped[int] = mapped_column(Integer)
    b13: Mapped[int] = mapped_column(Integer)


class WatchProgress(Base):
    """How far counting has come: one row, held by whoever counts."""

    __tablename__ = "watch_progress"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    through: Mapped[int] = mapped_column(BigId)
    """Cases up to this id have been counted once."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """Revisions recorded before this instant have been counted."""
    looked: Mapped[datetime] = mapped_column(UtcDateTime)
    """When a look last went far back."""


class WatchedCourse(Base):
    """The way a case has taken so far, and in what it left the usual one."""

    __tablename__ = "watched_course"
    __table_args__ = (
        Index("ix_watched_course_path", "procedure_key", "path", "division"),
        Index("ix_watched_course_apart", "procedure_key", "division", **only_where("deviations <> ''")),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    division: Mapped[str] = mapped_column(String(DIVISION))
    procedure_key: Mapped[str] = mapped_column(String(KEY))
    version_id: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(ForeignKey("watched_path.path"))
    deviations: Mapped[str] = mapped_column(String(120))
    """Their keys, each between blanks, in the order of ``courses.DEVIATIONS``; else nothing."""


class WatchedPath(Base):
    """One way that cases take: its steps in order, under the beginning of their hash."""

    __tablename__ = "watched_path"

    path: Mapped[str] = mapped_column(String(16), primary_key=True)
    steps: Mapped[list[str]] = mapped_column(JsonText)


class CourseCount(Base):
    """How many cases of an area took a way (path) or left the usual one in a way of their own (deviation)."""

    __tablename__ = "course_count"

    area: Mapped[str] = mapped_column(String(DIVISION), primary_key=True)
    procedure_key: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    version_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    what: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


class Alert(Base):
    """A pattern of abuse that was seen: a sentence with figures; it never changes a case."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("rule", "key", name="uq_alert_rule_key"),
        CheckConstraint("state IN ('new', 'looked', 'closed')", name="known_alert_state"),
        Index("ix_alert_division", "division", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(160))
    """What it is about within its rule: the same is never found twice."""
    division: Mapped[str] = mapped_column(String(DIVISION))
    case_number: Mapped[str | None] = mapped_column(String(40))
    sentence: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(Text)
    noted_by: Mapped[str | None] = mapped_column(String(60))
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BrokenRule(Base):
    """A rule that could not look at a case: kept until it gets through, and shown to the system officer."""

    __tablename__ = "broken_rule"

    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    fault: Mapped[str] = mapped_column(String(120))
    """What kind of fault, without its words, which may name people."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
