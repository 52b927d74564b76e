"""An office whose supervisors may issue orders, and a case that stands overdue in it."""

import pytest

from tests.app.office import Office, furnished


@pytest.fixture(params=["sqlite", "postgresql"])
def ordering(request, copied, tmp_path, clock):
    """An office on either database with the orders of two localities in force."""
    keys = ("fp_01_ds", "fp_01_ew", "db_02_ds", "db_02_ew")
    office = Office(copied(request.param, furnished, keys), tmp_path / "data", clock)
    yield office
    office.close()
