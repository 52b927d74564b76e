"""How alembic runs our migrations: one transaction each, with short patience on a busy database."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection, Engine, TypeDecorator, create_engine, event
from sqlalchemy.pool import NullPool

from migrations.tables import all_tables
from workflows.db import make_engine

# A migration that cannot get its lock gives up at once instead of making every page wait behind it.
PATIENCE = "-c lock_timeout=5s -c statement_timeout=15min"

# Two hosts that start together take turns; the number only has to be ours.
TURN = 1506_0210


def database_url() -> str:
    """The database to migrate: the caller's, or the one the environment names."""
    return str(
        context.config.attributes.get("url")
        or context.config.get_main_option("sqlalchemy.url")
        or os.environ["XIANGSHEN_DATABASE_URL"]
    )


def engine_for(url: str) -> Engine:
    """An engine that migrates: impatient on PostgreSQL, able to rebuild a table on SQLite."""
    if url.startswith("sqlite"):
        engine = make_engine(url)
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
        return engine
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, poolclass=NullPool, connect_args={"options": PATIENCE})


def plain(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A step names what the database stores, not our types: those may change after it was written."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def migrate(connection: Connection) -> None:
    """Run what is missing on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        transaction_per_migration=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; give its address in XIANGSHEN_DATABASE_URL.")

engine = engine_for(database_url())
try:
    with engine.connect() as opened:
        migrate(opened)
finally:
    engine.dispose()
