"""What suspending a case leaves behind: which cases rest, and by how many days a notice runs longer."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RESTS = "suspended_at IS NOT NULL"


def upgrade() -> None:
    op.create_index(
        "ix_cases_suspended",
        "cases",
        ["suspended_at"],
        sqlite_where=sa.text(RESTS),
        postgresql_where=sa.text(RESTS),
    )
    op.add_column("notice", sa.Column("rested", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("notice", "rested")
    op.drop_index("ix_cases_suspended", table_name="cases")
