"""Moving running cases to another version: what is planned, and what becomes of each case."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state IN ('asked', 'open')")


def upgrade() -> None:
    op.create_table(
        "migration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_key", sa.String(length=60), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("to_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
        sa.ForeignKeyConstraint(
            ["procedure_key"], ["procedure.key"], name=op.f("fk_migration_procedure_key")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["procedure_version.id"], name=op.f("fk_migration_to_id")),
    )
    op.create_index(op.f("ix_migration_procedure_key"), "migration", ["procedure_key"], unique=False)
    op.create_table(
        "migration_case",
        sa.Column("id", ROW, nullable=False),
        sa.Column("migration_id", sa.Integer(), nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("from_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("stood", sa.String(length=200), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_case")),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_migration_case_migration_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_migration_case_case_id")),
        sa.UniqueConstraint("migration_id", "case_id", name="uq_migration_case_once"),
    )
    op.create_index(
        "ix_migration_case_waiting",
        "migration_case",
        ["id"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
