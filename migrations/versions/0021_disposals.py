"""Disposals: what was proposed to be destroyed, and who confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", ROW, nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("procedure", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_by", sa.String(length=60), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'withdrawn')", name=op.f("ck_disposal_known_disposal_state")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR closed_by_id <> proposed_by_id", name=op.f("ck_disposal_four_eyes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    standing = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_disposal_standing",
        "disposal",
        ["case_number"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
