"""An office to try, on either database."""

import shutil

import pytest

from tests.app.office import Office
from tests.clock import TurnableClock


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


@pytest.fixture(scope="module")
def standing_office(sqlite_template, tmp_path_factory):
    """An office on SQLite that a whole file of tests shares: for what is refused and changes nothing."""
    folder = tmp_path_factory.mktemp("standing")
    shutil.copyfile(sqlite_template, folder / "office.sqlite3")
    office = Office(f"sqlite:///{folder / 'office.sqlite3'}", folder / "data", TurnableClock()).furnish()
    yield office
    office.close()
