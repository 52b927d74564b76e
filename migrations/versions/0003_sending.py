"""What reaches outside is leased, sent and marked; people say how they want to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_effect", sa.Column("lease", sa.String(length=32), nullable=True))
    op.add_column("outbox_effect", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox_effect", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "message_wish",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_wish_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_message_wish")),
    )


def downgrade() -> None:
    op.drop_table("message_wish")
    op.drop_column("outbox_effect", "given_up_at")
    op.drop_column("outbox_effect", "leased_until")
    op.drop_column("outbox_effect", "lease")
