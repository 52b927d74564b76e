"""An office to try, on either database."""

import pytest

from tests.app.office import Office


@pytest.fixture
def office(database_url, tmp_path, clock):
    """The whole office with people and procedures; its clock stands until it is turned."""
    office = Office(database_url, tmp_path / "data", clock).furnish()
    yield office
    office.close()


@pytest.fixture
def one_office(sqlite_url, tmp_path, clock):
    """The same on SQLite alone, for rules that know no database."""
    office = Office(sqlite_url, tmp_path / "data", clock).furnish()
    yield office
    office.close()


@pytest.fixture
def turning_office(database_url, tmp_path):
    """An office of which the demonstration's own clock is turned, over HTTP."""
    office = Office(database_url, tmp_path / "data").furnish()
    yield office
    office.close()
