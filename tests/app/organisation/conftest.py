"""An office with its divisions and people, on either database."""

import pytest

from app.organisation import queries
from app.organisation.directory import Directory
from app.security import demo, passwords, sealing
from workflows.commands import CONSOLE, Executor
from workflows.db import Database
from workflows.ports import Host


@pytest.fixture
def database(database_url):
    found = Database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def executor(database, clock):
    sealing.configure(bytes(range(32)))
    return Executor(database, clock, Host(Directory(), None, None, None))


@pytest.fixture
def peopled(executor):
    executor.execute(demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap")), by=CONSOLE)
    return executor


@pytest.fixture
def session(database):
    with database.reading() as found:
        yield found


@pytest.fixture
def account(peopled):
    """`account("dongsheng-rvb1")` is that account as it stands at this moment."""

    def named(username):
        with peopled.database.reading() as session:
            return queries.account_named(session, username)

    return named


@pytest.fixture
def actor(account):
    """`actor("dongsheng-rvb1")` is that person, with every grant in force at this moment."""
    return lambda username: account(username).actor()
