"""Many disposals at once: the selection, and what became of each case."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "disposal_round",
        sa.Column("id", ROW, nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "action IN ('propose', 'confirm')", name=op.f("ck_disposal_round_known_disposal_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_round")),
    )
    op.create_table(
        "disposal_line",
        sa.Column("id", ROW, nullable=False),
        sa.Column("round_id", ROW, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("disposal_id", ROW, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'refused')", name=op.f("ck_disposal_line_known_line_state")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["disposal_round.id"], name=op.f("fk_disposal_line_round_id_disposal_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_line")),
        sa.UniqueConstraint("round_id", "case_number", name="uq_disposal_line_once"),
    )
