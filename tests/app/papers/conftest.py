"""The office, on either database."""

import pytest

from tests.app.notices.office import Office


@pytest.fixture
def office(database_url, clock):
    found = Office(database_url, clock)
    yield found
    found.close()
