"""Both databases behind one door: declarative base, column types, engines, sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, Engine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_SECONDS = 10
"""How long a writer waits for the other before the person is told the database is busy."""


class Base(DeclarativeBase):
    """Every table hangs on this base, so that one metadata knows the whole schema."""

    metadata = MetaData(naming_convention=NAMING)


BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A growing key: 64 bits on PostgreSQL; SQLite only counts up plain INTEGER keys by itself."""


def only_where(condition: str) -> dict[str, Any]:
    """What makes an index hold only the rows of a condition, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant on both databases; SQLite stores it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants; hand SQLite a naive UTC one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _nearest(value: Any) -> float:
    """A decimal with more digits than JSON readers keep, as the nearest number they do keep."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


class JsonText(TypeDecorator[Any]):
    """JSON kept as the text it was written as: never re-ordered by the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write compact JSON."""
        del dialect
        return None if value is None else orjson.dumps(value, default=_nearest).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it back."""
        del dialect
        return None if value is None else orjson.loads(value)


def make_engine(url: str, *, pool_size: int = 5, reading: bool = False) -> Engine:
    """An engine for ``url`` (sqlite or postgresql+psycopg), durable and ready for several processes.

    On SQLite a ``reading`` engine's connections refuse to write for as long as they live: telling one
    connection now this and now that would make it prepare every statement anew after each change.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=pool_size,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        _teach_sqlite(engine, reading)
        return engine
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        pool_pre_ping=False,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c lock_timeout={BUSY_SECONDS * 1000} -c statement_timeout=60000",
        },
    )


def _teach_sqlite(engine: Engine, reading: bool) -> None:  # noqa: FBT001 (named where it is said)
    pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"]
    pragmas += ["cache_size=-32000", *(["query_only=ON"] if reading else [])]

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling opens deferred transactions, in which a second writer dies.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class Database:
    """One database: ``writing`` makes sessions that may change it, ``reading`` ones that may not."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = url
        self.engine = make_engine(url, pool_size=pool_size)
        self.reader = self._reading_engine(pool_size)
        self.writing: sessionmaker[Session] = sessionmaker(
            self.engine, expire_on_commit=False, autoflush=True
        )
        self.reading: sessionmaker[Session] = sessionmaker(
            self.reader, expire_on_commit=False, autoflush=False
        )

    def _reading_engine(self, pool_size: int) -> Engine:
        """What is read together belongs together: SQLite reads a snapshot anyway, PostgreSQL when told to."""
        if self.is_postgresql:
            return self.engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        return make_engine(self.url, pool_size=pool_size, reading=True)

    @property
    def is_postgresql(self) -> bool:
        """Whether row locks and SKIP LOCKED are there."""
        return self.engine.dialect.name == "postgresql"

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self.reader.dispose()
