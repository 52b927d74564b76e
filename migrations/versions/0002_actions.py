"""What the actions on an item need: asides, straight returns, traces to undo, rest, and copies of cases."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_PER_SUBJECT = "state IN ('running', 'suspended') AND subject_key IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("work_item") as table:
        table.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="step"))
        table.add_column(sa.Column("host_id", ROW, nullable=True))
        table.add_column(sa.Column("asked_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("asked_by", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("asked_why", sa.Text(), nullable=True))
        table.add_column(sa.Column("return_to", sa.String(length=80), nullable=True))
        table.create_foreign_key(op.f("fk_work_item_host_id"), "work_item", ["host_id"], ["id"])
        table.create_index("ix_work_item_host", ["host_id"])
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("undo", sa.Text(), nullable=False, server_default="[]"))
    op.drop_index("uq_cases_running_subject", table_name="cases")
    op.create_index(
        "uq_cases_running_subject",
        "cases",
        ["procedure_key", "subject_key"],
        unique=True,
        sqlite_where=sa.text(ONE_PER_SUBJECT),
        postgresql_where=sa.text(ONE_PER_SUBJECT),
    )
    op.create_table(
        "case_copy",
        sa.Column("id", ROW, nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('copy', 'circulate')", name=op.f("ck_case_copy_known_copy_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_copy_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_copy")),
    )
    op.create_index("ix_case_copy_person", "case_copy", ["person_id", "id"], unique=False)
    op.create_index("ix_case_copy_case", "case_copy", ["case_id", "person_id"], unique=False)
