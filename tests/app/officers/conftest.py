"""A peopled office without procedures, on either database: officers need none."""

import pytest

from tests.app.office import Office, furnished


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request, copied, tmp_path, clock):
    found = Office(copied(request.param, furnished, ()), tmp_path / "data", clock)
    found.app.extensions["session_clock"] = clock
    yield found
    found.close()


@pytest.fixture
def one_house(copied, tmp_path, clock):
    """The same on SQLite alone, for pages."""
    found = Office(copied("sqlite", furnished, ()), tmp_path / "data", clock)
    found.app.extensions["session_clock"] = clock
    yield found
    found.close()
