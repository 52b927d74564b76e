"""Orders of supervisors about overdue items, and the cards that stand till they are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLE = "supervision_order"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("watched_case_id", ROW, nullable=False),
        sa.Column("watched_number", sa.String(length=40), nullable=False),
        sa.Column("item_id", ROW, nullable=False),
        sa.Column("procedure_key", sa.String(length=60), nullable=False),
        sa.Column("procedure_name", sa.String(length=120), nullable=False),
        sa.Column("step_name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", ROW, nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("card_since", INSTANT, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "card IN ('红牌', '黄牌', '不发牌')", name=op.f("ck_supervision_order_known_card")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_supervision_order_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["watched_case_id"], ["cases.id"], name=op.f("fk_supervision_order_watched_case_id_cases")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_supervision_order_unit_id_unit")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_supervision_order")),
    )
    op.create_index("ix_supervision_order_watched", TABLE, ["watched_case_id"], unique=False)
    op.create_index("ix_supervision_order_item", TABLE, ["item_id"], unique=False)
    op.create_index("ix_supervision_order_unit", TABLE, ["unit_id", "case_id"], unique=False)
    op.create_index("ix_supervision_order_division", TABLE, ["division", "case_id"], unique=False)
