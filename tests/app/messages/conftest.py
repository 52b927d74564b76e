"""The office, on either database; and a house with ways out, furnished once, copied for every test."""

import os
import shutil
from itertools import count

import pytest

from tests import postgres
from tests.app.messages import servers
from tests.app.messages.house import House, drop, hook, smtp
from tests.app.notices.office import Office, furnished
from tests.workflows.conftest import furnished_postgresql, furnished_sqlite

__all__ = ["furnished_postgresql", "furnished_sqlite"]

NUMBERS = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, copied, clock):
    found = Office(copied(request.param, furnished), clock)
    yield found
    found.close()


@pytest.fixture
def furnished_url_sqlite(furnished_sqlite, tmp_path):
    copy = tmp_path / "house.sqlite3"
    shutil.copyfile(furnished_sqlite, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def furnished_url_postgresql(run_folder, furnished_postgresql):
    name = f"house_{os.getpid()}_{next(NUMBERS)}"
    postgres.copy(run_folder, name, furnished_postgresql)
    yield postgres.url(run_folder, name)
    postgres.administer(run_folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def furnished_url(request):
    """The address of a database of this test's own, with people and procedures."""
    return request.getfixturevalue(f"furnished_url_{request.param}")


@pytest.fixture
def mail():
    with servers.MailServer() as server:
        yield server


@pytest.fixture
def platform():
    with servers.Platform() as server:
        yield server


@pytest.fixture
def house(furnished_url, tmp_path, clock, mail, platform):
    """An office with a mail server, a platform and a gateway's folder."""
    outside = {"mail": smtp(mail), "hook": hook(platform), "sms_folder": drop(tmp_path)}
    found = House(furnished_url, tmp_path / "data", clock, **outside)
    yield found
    found.close()
