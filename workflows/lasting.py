"""Tables that only grow: the database itself refuses to change or take away what stands in them.

A restore inserts into empty tables and meets no refusal. Erasure by law has its own narrow path: columns of
words may be blanked, once and for good, never rewritten. Whoever owns the database can drop a trigger;
that what was changed then is found is the work of the hash chains and the seals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import DDL, event

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import FromClause, Table

FUNCTION = """
CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

BLANKED = "blanked"
"""Under which name a guarded table's ``info`` says which of its columns may be blanked."""

REFUSED = ("update", "delete", "replace", "truncate")
"""What each table refuses, and how its triggers are called: ``<table>_no_<what>``."""


def only_grows(table: FromClause, *, blanked: Collection[str] = ()) -> None:
    """Let the database refuse UPDATE, DELETE, REPLACE and TRUNCATE wherever this table is created.

    ``blanked`` columns may be set to NULL, which is how personal data is erased.
    """
    made: Table = table  # type: ignore[assignment]
    made.info[BLANKED] = frozenset(blanked)
    for dialect, written in (("sqlite", _sqlite(made, blanked)), ("postgresql", _postgresql(made, blanked))):
        for statement in written:
            # DDL reads % as a place for a value.
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(made, "after_create", ddl.execute_if(dialect=dialect))


def _sqlite(table: Table, blanked: Collection[str]) -> list[str]:
    name = table.name
    refuse = f"BEGIN SELECT RAISE(ABORT, '{name} only grows'); END"
    keys = " AND ".join(f"{column.name} = NEW.{column.name}" for column in table.primary_key)
    standing = f"EXISTS (SELECT 1 FROM {name} WHERE {keys})"  # noqa: S608 (our own names)
    return [
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name}{_unless(table, blanked, 'IS')} {refuse}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {refuse}",
        # REPLACE takes a row away without asking the trigger above.
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {standing} {refuse}",
    ]


def _postgresql(table: Table, blanked: Collection[str]) -> list[str]:
    name, refuse = table.name, "EXECUTE FUNCTION only_grows()"
    unless = _unless(table, blanked, "IS NOT DISTINCT FROM")
    return [
        FUNCTION,
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW{unless} {refuse}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {refuse}",
    ]


def _unless(table: Table, blanked: Collection[str], same: str) -> str:
    """The condition under which an update is refused, where not always."""
    if not blanked:
        return ""
    kept = [f"NEW.{one.name} {same} OLD.{one.name}" for one in table.columns if one.name not in blanked]
    gone = [f"(NEW.{name} IS NULL OR NEW.{name} {same} OLD.{name})" for name in blanked]
    return f" WHEN (NOT ({' AND '.join([*kept, *gone])}))"
