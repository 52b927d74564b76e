"""What is on the trail stays on it: the database itself refuses to change it or take it away."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import MetaData, Table, create_engine, insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from migrations.tables import all_tables
from tests.databases import make_tables, upgrade
from workflows import lasting

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


# Every column


def live(url):
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)


def some(column, place):
    """A value that the column takes; another one for another place."""
    kind = column.type.python_type
    if kind is datetime:
        return datetime(2026, 3, 16, place, tzinfo=UTC)
    return {int: place, bool: bool(place % 2), str: f"{place}"}[kind]


def unguarded(engine, name, blanked):
    """The columns of a table in which a row can be rewritten all the same."""
    found = []
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # Keys of other tables are not asked for while a row is put in.
            connection.execute(text("SET session_replication_role = replica"))
        table = Table(name, MetaData(), autoload_with=connection)
        connection.execute(insert(table).values({one.name: some(one, 1) for one in table.columns}))
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = origin"))
        for column in table.columns:
            asked = (
                [some(column, 2)]
                if column.name in blanked or not column.nullable
                else [some(column, 2), None]
            )
            for value in asked:
                step = connection.begin_nested()
                try:
                    connection.execute(update(table).values({column.name: value}))
                    found.append(column.name)
                except IntegrityError as refusal:
                    if "only grows" not in str(refusal):
                        found.append(column.name)
                step.rollback()
        connection.rollback()
    return found


def guarded_by_the_models():
    """Every table the models let only grow, with the columns that may be blanked."""
    return {
        table.name: table.info[lasting.BLANKED]
        for table in all_tables().tables.values()
        if lasting.BLANKED in table.info
    }


def test_no_column_of_a_guarded_table_can_be_rewritten(empty_database_url):
    upgrade(empty_database_url)
    engine, guarded = live(empty_database_url), guarded_by_the_models()

    names = [name for name in triggers(empty_database_url) if name.endswith("_no_update")]
    assert {name.removesuffix("_no_update") for name in names} == set(guarded)
    assert [(name, unguarded(engine, name, blanked)) for name, blanked in guarded.items()] == [
        (name, []) for name in guarded
    ]


def test_a_column_added_without_its_trigger_is_found(empty_database_url):
    upgrade(empty_database_url)
    engine, blanked = live(empty_database_url), guarded_by_the_models()["step_record"]
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE step_record ADD COLUMN forgotten VARCHAR(20)"))

    assert set(unguarded(engine, "step_record", blanked)) == {"forgotten"}
