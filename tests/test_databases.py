"""The fixtures of this suite keep their promises."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool


def test_every_test_gets_a_database_with_all_tables(database_url):
    engine = create_engine(database_url, poolclass=NullPool)

    assert "alembic_version" in inspect(engine).get_table_names() or inspect(engine).get_table_names()


def test_an_empty_database_has_no_table(empty_database_url):
    engine = create_engine(empty_database_url, poolclass=NullPool)

    assert inspect(engine).get_table_names() == []


def test_the_clock_stands_still_until_it_is_turned(clock):
    start = clock.now()

    assert clock.now() == start
    clock.advance(days=1, hours=2)
    assert clock.now() - start == timedelta(days=1, hours=2)
    clock.set(datetime(2026, 5, 1, 8))  # a local morning
    assert clock.now() == datetime(2026, 5, 1, 0, tzinfo=UTC)
