"""Rules of supervision that could not look at a case, until they get through."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "broken_rule",
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("fault", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_broken_rule_case_id_cases")),
        sa.PrimaryKeyConstraint("rule", "case_id", name=op.f("pk_broken_rule")),
    )
