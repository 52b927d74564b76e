"""An office with its divisions and people, on either database."""

import pytest

from app.organisation import queries
from app.organisation.directory import Directory
from app.security import sealing
from tests.peopled import KEY, postgresql_template, sqlite_template
from workflows.commands import Executor
from workflows.db import Database
from workflows.ports import Host

__all__ = ["postgresql_template", "sqlite_template"]


@pytest.fixture
def database(database_url):
    found = Database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def peopled(database, clock):
    sealing.configure(KEY)
    return Executor(database, clock, Host(Directory(), None, None, None))


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
