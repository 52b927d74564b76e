"""What is on the trail stays on it: the database itself refuses to change it or take it away."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from tests.databases import make_tables, upgrade

CHANGES = {
    "an entry changed": "UPDATE audit_entry SET body = '{}'",
    "an entry's hash changed": "UPDATE audit_entry SET hash = 'f'",
    "an entry taken away": "DELETE FROM audit_entry",
    "a journal row changed": "UPDATE step_record SET conclusion = '不属实'",
    "words of the journal rewritten": "UPDATE step_record SET answers = '{}' WHERE answers IS NOT NULL",
    "words and a name": "UPDATE step_record SET answers = NULL, actor = '别人'",
    "a journal row taken away": "DELETE FROM step_record",
}
REPLACED = "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry"


def refused(town, statement):
    with (
        pytest.raises(IntegrityError, match="only grows"),
        town.executor.database.engine.begin() as connection,
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_database_refuses(town, change):
    town.begun("apply", "check")

    refused(town, change)

    assert town.verified().sound


def test_a_row_cannot_be_replaced_on_sqlite(town_on_sqlite):
    town_on_sqlite.begun("apply")

    refused(town_on_sqlite, REPLACED)


@pytest.mark.parametrize("table", ["audit_entry", "step_record"])
def test_a_table_cannot_be_emptied_at_once_on_postgresql(town_on_postgresql, table):
    refused(town_on_postgresql, f"TRUNCATE {table}")


def triggers(url):
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    if engine.dialect.name == "postgresql":
        asked = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    with engine.connect() as connection:
        # An added column stands last in a migrated table: what must stay the same is listed in another order.
        return {
            name: sorted(said.replace("(", " ").replace(")", " ").split())
            for name, said in connection.execute(text(asked))
        }


def test_the_migrations_refuse_what_the_models_refuse(empty_database_url):
    upgrade(empty_database_url)
    migrated = triggers(empty_database_url)
    engine = create_engine(
        empty_database_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type='table'")
            ).all():
                connection.execute(text(f'DROP TABLE "{name}"'))
    make_tables(empty_database_url)

    assert triggers(empty_database_url) == migrated
    assert len(migrated) >= 6
