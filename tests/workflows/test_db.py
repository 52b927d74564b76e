from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text

from workflows.db import Database, JsonText, UtcDateTime

NOON = datetime(2026, 3, 16, 12, 0, 0, 123456, tzinfo=UTC)

TABLE = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("said", JsonText),
)


@pytest.fixture
def database(database_url):
    found = Database(database_url)
    TABLE.metadata.create_all(found.engine)
    yield found
    found.dispose()


def kept(database, **values):
    with database.engine.begin() as connection:
        connection.execute(insert(TABLE).values(**values))
        return connection.execute(select(TABLE)).one()


def test_an_instant_comes_back_as_it_was_in_utc(database):
    abroad = NOON.astimezone(timezone(timedelta(hours=8)))

    row = kept(database, at=abroad)

    assert row.at == NOON
    assert row.at.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(database):
    with pytest.raises(Exception, match="zone"):
        kept(database, at=NOON.replace(tzinfo=None))


def test_nothing_stays_nothing(database):
    row = kept(database, at=None, said=None)

    assert (row.at, row.said) == (None, None)


def test_json_keeps_its_order_and_its_words(database):
    said = {"乙": [1, 2.5, None, True], "甲": {"z": "“引号”\n", "a": []}}

    row = kept(database, said=said)

    assert row.said == said
    assert list(row.said) == ["乙", "甲"]


def test_what_reads_is_refused_writing_by_the_database_and_may_write_again_later(database):
    with database.reading() as session, pytest.raises(Exception, match="read"):
        session.execute(insert(TABLE).values(id=1))

    with database.writing.begin() as session:
        session.execute(insert(TABLE).values(id=1))
    with database.reading() as session:
        assert session.scalar(select(TABLE.c.id)) == 1


def test_sqlite_waits_for_the_disk_and_keeps_its_references(sqlite_url):
    database = Database(sqlite_url)

    with database.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.dispose()


def test_the_plain_address_of_a_postgresql_database_is_understood(postgresql_url):
    database = Database(postgresql_url.replace("postgresql+psycopg", "postgresql"))

    with database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1
    assert database.is_postgresql
    database.dispose()
