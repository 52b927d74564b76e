"""The floor: the very rows a command wrote, written again by the plain driver, one commit each.

The writes of each measured command are taken down as the driver got them and played back on a copy of
the database as it stood before: same rows, same indexes, same durability, nothing else.
"""

import contextlib
import sqlite3

import psycopg
from sqlalchemy import event

from bench.rows import timed

WRITES = ("INSERT", "UPDATE", "DELETE")


class Writes:
    """What each command wrote, by its kind, in order."""

    def __init__(self, database):
        self._database = database
        self.commands = []

    @contextlib.contextmanager
    def taken_down(self, kind):
        """Take down what is written meanwhile."""
        engine, writes = self._database.engine, []

        def note(_connection, _cursor, statement, parameters, _context, executemany):
            if statement.lstrip().startswith(WRITES):
                writes.append((statement, parameters, executemany))

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", note)
            self.commands.append((kind, writes))


def played_back(url, commands):
    """Milliseconds of each command's writes on the database at ``url``, by kind."""
    connection, begin = _connected(url)
    cursor = connection.cursor()
    times = {}
    for kind, writes in commands:
        took = timed(lambda writes=writes: _write(connection, cursor, begin, writes))
        times.setdefault(kind, []).append(took)
    connection.close()
    return times


def _write(connection, cursor, begin, writes):
    if begin:
        cursor.execute(begin)
    for statement, parameters, many in writes:
        if many:
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, parameters)
            if "RETURNING" in statement:
                cursor.fetchall()
    connection.commit()


def _connected(url):
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection, "BEGIN IMMEDIATE"
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1)), None
