"""One consistent copy of a database, and putting one back: each by its own means."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from workflows.db import make_engine
from workflows.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

SQLITE, POSTGRESQL = "sqlite", "postgresql"
NAMES = {SQLITE: "database.sqlite3", POSTGRESQL: "database.dump"}
"""What the copy is called in a backup, by the kind of database."""

ASIDE = "replaced_by_restore"


class NoTool(Unavailable):
    """PostgreSQL's own programs are not on this machine."""

    code = "keeping.no_tool"
    sentence = "找不到 {tool}：请安装与服务器同版本的 PostgreSQL 客户端（postgresql-client）后再试。"


class ToolFailed(Conflict):
    """PostgreSQL's program gave up; its last words say why."""

    code = "keeping.tool_failed"
    sentence = "{tool} 没有成功：{why}"


class Damaged(Conflict):
    """A copy that is no whole database."""

    code = "keeping.damaged"
    sentence = "备份已损坏：{name}（{why}）。没有改动现有数据，请换一份备份。"


def kind_of(url: str) -> str:
    """Which of the two databases an address is of."""
    return SQLITE if url.startswith("sqlite") else POSTGRESQL


def take(url: str, target: Path) -> None:
    """Write one consistent copy; the office may go on working meanwhile."""
    if kind_of(url) == POSTGRESQL:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    source = make_url(url).database or ""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def is_empty(url: str) -> bool:
    """Whether there is nothing that a restore would take away: no account, no entry of the trail."""
    if kind_of(url) == SQLITE and not Path(make_url(url).database or "").exists():
        return True
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            there = set(inspect(connection).get_table_names())
            return not any(
                connection.scalar(text(f"SELECT 1 FROM {table} LIMIT 1"))  # noqa: S608 (our own names)
                for table in ("account", "audit_entry")
                if table in there
            )
    finally:
        engine.dispose()


def put_back(url: str, copy: Path) -> None:
    """Make the database what the copy is, whole or not at all."""
    if kind_of(url) == POSTGRESQL:
        _put_back_postgresql(url, copy)
    else:
        _put_back_sqlite(Path(make_url(url).database or ""), copy)


def _put_back_sqlite(target: Path, copy: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as source:
            [(found,)] = source.execute("PRAGMA quick_check(1)").fetchall()
            if found != "ok":
                raise Damaged(name=copy.name, why=found)
            # The whole file changes in one transaction of the target; its triggers see nothing of it.
            with closing(sqlite3.connect(target)) as database:
                source.backup(database)
    except sqlite3.DatabaseError as error:
        raise Damaged(name=copy.name, why=str(error)) from error


def _put_back_postgresql(url: str, copy: Path) -> None:
    """What stands is set aside whole: its triggers refuse to be emptied, and it may have to come back."""
    _statements(url, f"ALTER SCHEMA public RENAME TO {ASIDE}", "CREATE SCHEMA public")
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--schema=public")
    try:
        _run("pg_restore", url, *options, str(copy))
    except (NoTool, ToolFailed):
        _statements(url, "DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    _statements(url, f"DROP SCHEMA {ASIDE} CASCADE")


def _statements(url: str, *statements: str) -> None:
    engine = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def require_tools(url: str) -> None:
    """Raise NoTool before anything is changed."""
    if kind_of(url) == POSTGRESQL:
        _tool("pg_dump")
        _tool("pg_restore")


def _tool(name: str) -> str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*os.get_exec_path(), *map(str, folders)]))
    if found is None:
        raise NoTool(tool=name)
    return found


def _run(name: str, url: str, *options: str) -> None:
    address = make_url(url).set(drivername=POSTGRESQL)
    # The password goes by the environment: everybody may read a command line.
    env = {**os.environ, **({"PGPASSWORD": str(address.password)} if address.password else {})}
    plain = address.set(password=None).render_as_string(hide_password=False)
    words: Sequence[str] = [_tool(name), f"--dbname={plain}", *options]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    if done.returncode:
        raise ToolFailed(tool=name, why=(done.stderr.strip().splitlines() or ["没有说明原因"])[-1][:200])
