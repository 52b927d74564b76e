"""The trail only grows: the database refuses to change or take away audit entries and journal rows."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
KEYS = {"audit_entry": ("stream", "seq"), "step_record": ("case_id", "seq")}
WORDS = ("answers", "opinion", "late_reason", "salt")


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(FUNCTION)
    for table, keys in KEYS.items():
        for statement in _on_postgresql(table) if postgresql else _on_sqlite(table, keys):
            op.execute(statement)


def _on_sqlite(table: str, keys: tuple[str, ...]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    standing = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (our own names)
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}{_unless(table, 'IS')} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {standing} {refuse}",
    ]


def _on_postgresql(table: str) -> list[str]:
    refuse = "EXECUTE FUNCTION only_grows()"
    unless = _unless(table, "IS NOT DISTINCT FROM")
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW{unless} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
    ]


def _unless(table: str, same: str) -> str:
    """Words of the journal may be blanked when personal data is erased by law."""
    if table != "step_record":
        return ""
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    kept = [f"NEW.{name} {same} OLD.{name}" for name in columns if name not in WORDS]
    gone = [f"(NEW.{name} IS NULL OR NEW.{name} {same} OLD.{name})" for name in WORDS]
    return f" WHEN (NOT ({' AND '.join([*kept, *gone])}))"
