"""Relatives that staff declare, from whose cases they keep away."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
KNOWN = "relation IN ('配偶', '父母', '子女', '兄弟姐妹', '其他近亲属', '无')"


def upgrade() -> None:
    op.create_table(
        "relative",
        sa.Column("id", ROW, nullable=False),
        sa.Column("person_id", ROW, nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("identity_hash", sa.String(length=64), nullable=True),
        sa.Column("household", sa.String(length=40), nullable=True),
        sa.Column("household_name", sa.String(length=200), nullable=False),
        sa.Column("household_key", sa.String(length=64), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(KNOWN, name=op.f("ck_relative_known_relation")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_relative_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relative")),
    )
    op.create_index("ix_relative_person", "relative", ["person_id", "ended_at"], unique=False)
    for column in ("identity_hash", "household_key"):
        standing = sa.text(f"ended_at IS NULL AND {column} IS NOT NULL")
        op.create_index(
            f"ix_relative_{column}",
            "relative",
            [column],
            unique=False,
            sqlite_where=standing,
            postgresql_where=standing,
        )
