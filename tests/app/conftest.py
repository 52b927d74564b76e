"""An office to try, on either database."""

import pytest

from tests.app.office import Office, furnished
from tests.clock import TurnableClock


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, copied, tmp_path, clock):
    """The whole office with people and procedures; its clock stands until it is turned."""
    office = Office(copied(request.param, furnished), tmp_path / "data", clock)
    yield office
    office.close()


@pytest.fixture
def one_office(copied, tmp_path, clock):
    """The same on SQLite alone, for rules that know no database."""
    office = Office(copied("sqlite", furnished), tmp_path / "data", clock)
    yield office
    office.close()


@pytest.fixture
def turning_office(database_url, tmp_path):
    """An office of which the demonstration's own clock is turned, over HTTP."""
    office = Office(database_url, tmp_path / "data").furnish()
    yield office
    office.close()


@pytest.fixture(scope="module")
def standing_office(templates, tmp_path_factory):
    """An office on SQLite that a whole file of tests shares: for what is refused and changes nothing."""
    folder = tmp_path_factory.mktemp("standing")
    office = Office(templates.sqlite(folder, furnished), folder / "data", TurnableClock())
    yield office
    office.close()
