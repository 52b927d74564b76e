"""Find cases by words, and sort lists of work by number and arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OFFERED = {"sqlite_where": sa.text("state = 'offered'"), "postgresql_where": sa.text("state = 'offered'")}
OPEN = {"sqlite_where": sa.text("done_at IS NULL"), "postgresql_where": sa.text("done_at IS NULL")}


def big() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_text",
        sa.Column("case_id", big(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_text_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_text")),
    )
    op.create_table(
        "case_posting",
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("term", "block", name=op.f("pk_case_posting")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "index_progress",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("through", big(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("papers", big(), nullable=False),
        sa.Column("looked", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_index_progress")),
    )
    op.create_index("ix_cases_created", "cases", ["created_at", "id"])
    op.create_index("ix_work_item_standing", "work_item", ["name", "case_id"], **OPEN)
    op.create_index("ix_work_item_arrived", "work_item", ["unit_id", "role", "id"], **OFFERED)
    op.create_index("ix_work_item_numbered", "work_item", ["unit_id", "role", "case_number", "id"], **OFFERED)


def downgrade() -> None:
    op.drop_index("ix_work_item_numbered", table_name="work_item")
    op.drop_index("ix_work_item_arrived", table_name="work_item")
    op.drop_index("ix_work_item_standing", table_name="work_item")
    op.drop_index("ix_cases_created", table_name="cases")
    op.drop_table("index_progress")
    op.drop_table("case_posting")
    op.drop_table("case_text")
