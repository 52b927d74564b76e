"""Seals of the trail: what was signed each night, and where each stream ended then."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEYS = {"trail_seal": ("number",), "trail_seal_leaf": ("seal", "place")}


def upgrade() -> None:
    op.create_table(
        "trail_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trail_seal")),
    )
    op.create_table(
        "trail_seal_leaf",
        sa.Column("seal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seal", "place", name=op.f("pk_trail_seal_leaf")),
    )
    op.create_index("ix_trail_seal_leaf_stream", "trail_seal_leaf", ["stream", "length"], unique=False)
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, keys in KEYS.items():
        for statement in _on_postgresql(table) if postgresql else _on_sqlite(table, keys):
            op.execute(statement)


def _on_sqlite(table: str, keys: tuple[str, ...]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    standing = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (our own names)
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {standing} {refuse}",
    ]


def _on_postgresql(table: str) -> list[str]:
    refuse = "EXECUTE FUNCTION only_grows()"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
    ]
