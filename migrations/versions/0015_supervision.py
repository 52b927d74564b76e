"""What supervisors watch: steps as they were counted, and the counts by area and day."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN, DONE = sa.text("done_on IS NULL"), sa.text("done_on IS NOT NULL")


def of_version() -> list[sa.Column]:
    return [
        sa.Column("procedure_key", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "watched_item",
        sa.Column("item_id", ROW, autoincrement=False, nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        *of_version(),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_watched_item_case_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_watched_item")),
    )
    op.create_index("ix_watched_item_case", "watched_item", ["case_id"], unique=False)
    op.create_index(
        "ix_watched_item_done",
        "watched_item",
        ["division", "done_on"],
        unique=False,
        sqlite_where=DONE,
        postgresql_where=DONE,
    )
    op.create_index("ix_watched_item_opened", "watched_item", ["division", "opened_on"], unique=False)
    op.create_index(
        "ix_watched_item_open",
        "watched_item",
        ["division", "due_at"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "watched_case",
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_watched_case_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_watched_case")),
    )
    op.create_table(
        "open_count",
        sa.Column("area", sa.String(length=12), nullable=False),
        *of_version(),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "area", "procedure_key", "version_id", "step", "due_at", name=op.f("pk_open_count")
        ),
    )
    op.create_table(
        "day_count",
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *of_version(),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("minutes", ROW, nullable=False),
        sa.Column("limited", sa.Integer(), nullable=False),
        sa.Column("limit_minutes", ROW, nullable=False),
        sa.Column("b0", sa.Integer(), nullable=False),
        sa.Column("b1", sa.Integer(), nullable=False),
        sa.Column("b2", sa.Integer(), nullable=False),
        sa.Column("b3", sa.Integer(), nullable=False),
        sa.Column("b4", sa.Integer(), nullable=False),
        sa.Column("b5", sa.Integer(), nullable=False),
        sa.Column("b6", sa.Integer(), nullable=False),
        sa.Column("b7", sa.Integer(), nullable=False),
        sa.Column("b8", sa.Integer(), nullable=False),
        sa.Column("b9", sa.Integer(), nullable=False),
        sa.Column("b10", sa.Integer(), nullable=False),
        sa.Column("b11", sa.Integer(), nullable=False),
        sa.Column("b12", sa.Integer(), nullable=False),
        sa.Column("b13", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "area", "day", "procedure_key", "version_id", "step", name=op.f("pk_day_count")
        ),
    )
    op.create_table(
        "watch_progress",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("through", ROW, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("looked", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watch_progress")),
    )
