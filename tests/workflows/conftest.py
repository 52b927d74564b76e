"""A town to work in: furnished once a run, copied for every test."""

import itertools
import os
import shutil

import pytest

from tests import postgres
from tests.clock import TurnableClock
from tests.databases import make_tables
from tests.workflows.desks import Town, furnish

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def furnished_sqlite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("furnished")
    make_tables(f"sqlite:///{folder / 'town.sqlite3'}")
    furnish(f"sqlite:///{folder / 'town.sqlite3'}", folder, TurnableClock())
    return folder / "town.sqlite3"


@pytest.fixture(scope="session")
def furnished_postgresql(run_folder, worker, tmp_path_factory):
    # Several folders take these fixtures over, and each furnishes a town of its own.
    name = f"furnished_{worker}_{next(NUMBERS)}"
    url = postgres.url(run_folder, name)
    postgres.administer(run_folder, f"CREATE DATABASE {name} TEMPLATE template0")
    make_tables(url)
    furnish(url, tmp_path_factory.mktemp("furnished"), TurnableClock())
    return name


@pytest.fixture
def town_on_sqlite(furnished_sqlite, tmp_path, clock):
    copy = tmp_path / "town.sqlite3"
    shutil.copyfile(furnished_sqlite, copy)
    town = Town(f"sqlite:///{copy}", tmp_path, clock)
    yield town
    town.close()


@pytest.fixture
def town_on_postgresql(run_folder, furnished_postgresql, tmp_path, clock):
    name = f"town_{os.getpid()}_{next(NUMBERS)}"
    postgres.copy(run_folder, name, furnished_postgresql)
    town = Town(postgres.url(run_folder, name), tmp_path, clock)
    yield town
    town.close()
    postgres.administer(run_folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request):
    """A town on either database."""
    return request.getfixturevalue(f"town_on_{request.param}")
