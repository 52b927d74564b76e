"""The office, on either database."""

import pytest

from tests.app.notices.office import Office, furnished


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, copied, clock):
    found = Office(copied(request.param, furnished), clock)
    yield found
    found.close()
