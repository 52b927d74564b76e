"""Databases that already hold the divisions and the people of the demonstration: seeded once, copied often.

A folder of tests takes `sqlite_template` and `postgresql_template` from here into its conftest, and
every `database_url` in it is peopled.
"""

import itertools

import pytest

from app.security import demo, passwords, sealing
from tests import postgres
from tests.clock import TurnableClock
from tests.databases import make_tables
from workflows.commands import CONSOLE, Executor
from workflows.db import Database

KEY = bytes(range(32))

NUMBERS = itertools.count(1)
"""Each folder that takes the fixtures gets a template of its own."""


def people(url: str) -> None:
    """Enter the people of the demonstration, with passwords that are cheap to check."""
    sealing.configure(KEY)
    database = Database(url)
    seed = demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap"))
    Executor(database, TurnableClock(), None).execute(seed, by=CONSOLE)
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """The SQLite file every test of the folder starts from."""
    template = tmp_path_factory.mktemp("peopled") / "office.sqlite3"
    make_tables(f"sqlite:///{template}")
    people(f"sqlite:///{template}")
    return template


@pytest.fixture(scope="session")
def postgresql_template(run_folder, worker):
    """The name of the PostgreSQL database every test of the folder starts from."""
    name = f"peopled_{worker}_{next(NUMBERS)}"
    url = postgres.url(run_folder, name)
    postgres.administer(run_folder, f"CREATE DATABASE {name} TEMPLATE template0")
    make_tables(url)
    people(url)
    return name
