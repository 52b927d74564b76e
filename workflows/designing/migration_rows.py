"""What a migration keeps: one row for the whole, one for each case, and the questions asked of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime, only_where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

JUDGING, JUDGED, MOVING, DONE, CANCELLED = "judging", "judged", "moving", "done", "cancelled"

STATE_WORDS = {
    JUDGING: "试算中",
    JUDGED: "试算完成",
    MOVING: "迁移中",
    DONE: "已完成",
    CANCELLED: "已取消",
}

ASKED, MOVES, REFUSED, OPEN, MOVED, FAILED, DROPPED = (
    "asked",
    "moves",
    "refused",
    "open",
    "moved",
    "failed",
    "dropped",
)
"""Of one case: to be judged; would move; would not; is to be moved; was; was not after all; called off."""

CASE_WORDS = {
    ASKED: "待试算",
    MOVES: "可以迁移",
    REFUSED: "不能迁移",
    OPEN: "待迁移",
    MOVED: "已迁移",
    FAILED: "未能迁移",
    DROPPED: "已取消",
}


class Migration(Base):
    """One move of running cases to a version, from its dry run to its end."""

    __tablename__ = "migration"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    to_number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    total: Mapped[int] = mapped_column(Integer)
    by_id: Mapped[int | None] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MigrationCase(Base):
    """One case of a migration: what the dry run said of it, and what became of it."""

    __tablename__ = "migration_case"
    __table_args__ = (
        UniqueConstraint("migration_id", "case_id", name="uq_migration_case_once"),
        Index("ix_migration_case_waiting", "id", **only_where("state IN ('asked', 'open')")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    migration_id: Mapped[int] = mapped_column(ForeignKey("migration.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[str] = mapped_column(String(40))
    from_number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    said: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    """The verdict of the dry run: method, where it would stand, notes, or why not."""
    stood: Mapped[str] = mapped_column(String(200), default="")
    """Where the case stood then."""
    seen: Mapped[str | None] = mapped_column(String(64))
    """Digest of the engine state the dry run looked at."""
    code: Mapped[str | None] = mapped_column(String(60))
    sentence: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def under_way(session: Session, key: str) -> Migration | None:
    """The procedure's migration that is neither done nor cancelled."""
    query = select(Migration).where(
        Migration.procedure_key == key, Migration.state.in_((JUDGING, JUDGED, MOVING))
    )
    return session.scalars(query.order_by(Migration.id.desc())).first()


def rows_due(session: Session, most: int) -> list[tuple[int, bool]]:
    """Cases a worker has to look at: the row's id, and whether it is to be moved already; oldest first."""
    query = select(MigrationCase.id, MigrationCase.state).where(MigrationCase.state.in_((ASKED, OPEN)))
    rows = session.execute(query.order_by(MigrationCase.id).limit(most))
    return [(row.id, row.state == OPEN) for row in rows]


def counts(session: Session, migration_id: int) -> Mapping[str, int]:
    """How many cases of a migration stand where."""
    query = select(MigrationCase.state, func.count()).where(MigrationCase.migration_id == migration_id)
    rows = session.execute(query.group_by(MigrationCase.state))
    return {row[0]: row[1] for row in rows}


def left(session: Session, migration_id: int, state: str) -> int:
    """How many cases of a migration stand there."""
    return counts(session, migration_id).get(state, 0)
