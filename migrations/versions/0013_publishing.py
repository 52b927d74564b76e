"""Versions that wait for their time, retirements of procedures, and the moving of running cases."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SCHEDULED = sa.text("state = 'scheduled'")


def upgrade() -> None:
    op.add_column("procedure_version", sa.Column("effective_at", INSTANT, nullable=True))
    op.add_column("procedure_version", sa.Column("withdrawn_at", INSTANT, nullable=True))
    op.add_column("procedure_version", sa.Column("withdrawn_by", sa.String(length=60), nullable=True))
    op.add_column("procedure_version", sa.Column("withdrawn_why", sa.Text(), nullable=True))
    op.create_index(
        "ix_procedure_version_scheduled",
        "procedure_version",
        ["procedure_key", "effective_at"],
        unique=False,
        sqlite_where=SCHEDULED,
        postgresql_where=SCHEDULED,
    )
    op.add_column("amendment", sa.Column("bundle_digest", sa.String(length=64), nullable=True))
    op.create_table(
        "retirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_key", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_by", sa.String(length=60), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retirement")),
        sa.ForeignKeyConstraint(
            ["procedure_key"], ["procedure.key"], name=op.f("fk_retirement_procedure_key")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["procedure_version.id"], name=op.f("fk_retirement_version_id")
        ),
    )
    op.create_index(op.f("ix_retirement_procedure_key"), "retirement", ["procedure_key"], unique=False)
