"""A peopled office without procedures, on either database: officers need none."""

import pytest

from tests.app.office import Office
from tests.peopled import postgresql_template, sqlite_template

__all__ = ["postgresql_template", "sqlite_template"]


@pytest.fixture
def house(database_url, tmp_path, clock):
    found = Office(database_url, tmp_path / "data", clock).furnish(())
    found.app.extensions["session_clock"] = clock
    yield found
    found.close()


@pytest.fixture
def one_house(sqlite_url, tmp_path, clock):
    """The same on SQLite alone, for pages."""
    found = Office(sqlite_url, tmp_path / "data", clock).furnish(())
    found.app.extensions["session_clock"] = clock
    yield found
    found.close()
