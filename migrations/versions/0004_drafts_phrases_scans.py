"""Applications put away, phrases a person keeps, and how an upload was scanned."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "start_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("procedure_key", sa.String(length=60), nullable=False),
        sa.Column("procedure_name", sa.String(length=120), nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_start_draft_person_id")),
        sa.ForeignKeyConstraint(
            ["procedure_key"], ["procedure.key"], name=op.f("fk_start_draft_procedure_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_draft")),
    )
    op.create_index("ix_start_draft_person", "start_draft", ["person_id", "saved_at"], unique=False)
    op.create_table(
        "phrase",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phrase_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
        sa.UniqueConstraint("person_id", "text", name="uq_phrase_person_id_text"),
    )
    op.add_column(
        "attachment", sa.Column("scan", sa.String(length=12), server_default="none", nullable=False)
    )
    op.add_column("attachment", sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("attachment", "scanned_at")
    op.drop_column("attachment", "scan")
    op.drop_table("phrase")
    op.drop_index("ix_start_draft_person", table_name="start_draft")
    op.drop_table("start_draft")
