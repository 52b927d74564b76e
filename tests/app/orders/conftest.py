"""An office whose supervisors may issue orders, and a case that stands overdue in it."""

import pytest

from tests.app.office import Office


@pytest.fixture
def ordering(database_url, tmp_path, clock):
    """An office on either database with the orders of two localities in force."""
    keys = ("fp_01_ds", "fp_01_ew", "db_02_ds", "db_02_ew")
    office = Office(database_url, tmp_path / "data", clock).furnish(keys)
    yield office
    office.close()
