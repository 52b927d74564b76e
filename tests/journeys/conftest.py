"""A district with its people and procedures, on either database, and people at browsers without script."""

import itertools

import pytest

from tests import postgres
from tests.databases import make_tables
from tests.journeys.driven import Driven
from tests.journeys.screen import Screen, chromium, served
from tests.journeys.town import Town, furnish

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """The SQLite file every journey starts from: divisions, people, procedures in force."""
    template = tmp_path_factory.mktemp("district") / "office.sqlite3"
    make_tables(f"sqlite:///{template}")
    furnish(f"sqlite:///{template}")
    return template


@pytest.fixture(scope="session")
def postgresql_template(run_folder, worker):
    """The PostgreSQL database every journey starts from."""
    name = f"district_{worker}_{next(NUMBERS)}"
    url = postgres.url(run_folder, name)
    postgres.administer(run_folder, f"CREATE DATABASE {name} TEMPLATE template0")
    make_tables(url)
    furnish(url)
    return name


@pytest.fixture
def town(database_url, clock, tmp_path):
    """The district; when its story is told, every chain of the audit still verifies."""
    yield from _told(Town(database_url, clock, tmp_path))


@pytest.fixture
def small_town(sqlite_url, clock, tmp_path):
    """The same on SQLite alone, for stories that end before they reach the database."""
    yield from _told(Town(sqlite_url, clock, tmp_path))


def _told(town):
    yield town
    try:
        assert town.broken_chains() == []
    finally:
        town.close()


@pytest.fixture
def driven(sqlite_url, tmp_path, clock):
    """An office in which any scenario of any procedure can be played."""
    found = Driven(sqlite_url, tmp_path / "data", clock)
    yield found
    found.office.close()


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def windows(small_town, browser, tmp_path):
    """`windows(size, username)` opens a window; when the story is told, there is nothing to complain of."""
    opened = []
    with served(small_town) as address:

        def window(size, username=None, **options):
            screen = Screen(browser, address, tmp_path, size, len(opened), **options)
            opened.append(screen)
            return screen.sign_in(username) if username else screen

        yield window
        complaints = [complaint for screen in opened for complaint in screen.complaints]
        for screen in opened:
            screen.close()
    assert complaints == []
