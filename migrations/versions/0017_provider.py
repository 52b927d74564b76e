"""By which subject a provider of sign-in vouches for an account."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("oidc_subject", sa.String(length=400), nullable=True))
    op.create_index("uq_account_oidc_subject", "account", ["oidc_subject"], unique=True)
