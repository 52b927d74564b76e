"""Patterns of abuse that were seen, and what supervisors noted of them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", ROW, nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.String(length=60), nullable=True),
        sa.Column("noted_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('new', 'looked', 'closed')", name=op.f("ck_alert_known_alert_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("rule", "key", name="uq_alert_rule_key"),
    )
    op.create_index("ix_alert_division", "alert", ["division", "state", "id"], unique=False)
