"""The calendar of working days, pauses, reminders, and why a step came late."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
    )
    op.create_index(op.f("ix_calendar_day_day"), "calendar_day", ["day"], unique=False)
    op.add_column("cases", sa.Column("paused_at", INSTANT, nullable=True))
    op.add_column("step_record", sa.Column("late_reason", sa.Text(), nullable=True))
    op.add_column("work_item", sa.Column("remind_at", INSTANT, nullable=True))
    op.add_column("work_item", sa.Column("remind_stage", sa.Integer(), server_default="0", nullable=False))
    # What is open already is reminded of once its limit is over.
    op.execute(
        "UPDATE work_item SET remind_at = due_at, remind_stage = 1"
        " WHERE state IN ('offered', 'claimed') AND due_at IS NOT NULL"
    )
    op.create_index(
        "ix_work_item_remind",
        "work_item",
        ["remind_at", "id"],
        unique=False,
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
