"""The ways cases take and how they leave the usual one, counted beside their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APART = sa.text("deviations <> ''")


def upgrade() -> None:
    op.create_table(
        "watched_path",
        sa.Column("path", sa.String(length=16), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_watched_path")),
    )
    op.create_table(
        "watched_course",
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("procedure_key", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=16), nullable=False),
        sa.Column("deviations", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_watched_course_case_id")),
        sa.ForeignKeyConstraint(["path"], ["watched_path.path"], name=op.f("fk_watched_course_path")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_watched_course")),
    )
    op.create_index("ix_watched_course_path", "watched_course", ["procedure_key", "path", "division"])
    op.create_index(
        "ix_watched_course_apart",
        "watched_course",
        ["procedure_key", "division"],
        sqlite_where=APART,
        postgresql_where=APART,
    )
    op.create_table(
        "course_count",
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("procedure_key", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "area", "procedure_key", "version_id", "kind", "what", name=op.f("pk_course_count")
        ),
    )
    # Counting begins anew, and finds the ways of the cases it has counted already.
    op.execute("DELETE FROM watch_progress")
