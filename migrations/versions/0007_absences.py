"""Absences and their deputies, steps done for somebody on leave, steps kept apart, handovers."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("deputy_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("procedures", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absence_absence_ends_after_start")),
        sa.CheckConstraint("deputy_id <> person_id", name=op.f("ck_absence_absence_not_oneself")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_absence_deputy_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_absence_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_deputy", "absence", ["deputy_id", "ended_at"], unique=False)
    op.create_index("ix_absence_person", "absence", ["person_id", "id"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handover_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_person", "handover", ["person_id", "id"], unique=False)
    op.add_column("step_record", sa.Column("for_id", sa.Integer(), nullable=True))
    op.add_column("step_record", sa.Column("for_name", sa.String(length=60), nullable=True))
    op.add_column("work_item", sa.Column("done_for_id", sa.Integer(), nullable=True))
    op.add_column("work_item", sa.Column("done_for", sa.String(length=60), nullable=True))
    op.add_column(
        "procedure_version",
        sa.Column("keeps_apart", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("procedure_version", "keeps_apart")
    op.drop_column("work_item", "done_for")
    op.drop_column("work_item", "done_for_id")
    op.drop_column("step_record", "for_name")
    op.drop_column("step_record", "for_id")
    op.drop_table("handover")
    op.drop_table("absence")
