"""What every test may ask for: a clock to turn, and a database with our tables on either server.

`database_url` runs a test twice, on SQLite and on PostgreSQL. The tables are made once a run, by the
migrations; each test gets a fresh copy: a copied file, or a database made from a template.
"""

import contextlib
import itertools
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres
from tests.clock import TurnableClock
from tests.databases import make_tables
from tests.templates import Templates

# How long an example takes says more about the neighbours than about our code.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

USUAL_LIMIT = 60
RUN = "XIANGSHEN_TEST_RUN"
NUMBERS = itertools.count(1)


def pytest_configure(config):
    """The process that steers the run names the folder all its workers share."""
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = tempfile.mkdtemp(prefix="xiangshen-")
        os.environ["XIANGSHEN_TEST_RUN_PID"] = str(os.getpid())


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        postgres.stop(Path(os.environ[RUN]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test that hangs or crawls fails by its own name."""
    mark = item.get_closest_marker("seconds")
    limit = mark.args[0] if mark else USUAL_LIMIT

    def too_slow(_signal, _frame):
        pytest.fail(f"{item.nodeid} took longer than {limit} seconds")

    before = signal.signal(signal.SIGALRM, too_slow)
    signal.alarm(limit)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def clock():
    return TurnableClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The address of a database of this test's own, with every table and no row."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request, tmp_path):
    """The address of a database without a single table, for tests of the migrations themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        yield from _fresh(request.getfixturevalue("run_folder"), template="template0")


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path):
    copy = tmp_path / "office.sqlite3"
    shutil.copyfile(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_url(run_folder, postgresql_template):
    yield from _fresh(run_folder, template=postgresql_template)


@pytest.fixture(scope="session")
def run_folder():
    """The folder of this run's PostgreSQL server."""
    return Path(os.environ[RUN])


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    template = tmp_path_factory.mktemp("template") / "office.sqlite3"
    make_tables(f"sqlite:///{template}")
    return template


@pytest.fixture(scope="session")
def postgresql_template(run_folder, worker):
    """Each worker makes a template of its own: PostgreSQL refuses to copy one that is in use."""
    name = f"template_{worker}"
    url = postgres.url(run_folder, name)
    postgres.administer(run_folder, f"CREATE DATABASE {name} TEMPLATE template0")
    make_tables(url)
    return name


@pytest.fixture(scope="session")
def worker():
    """The name of this worker, or `main` where one process runs everything."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def templates(run_folder, worker, tmp_path_factory):
    """The filled databases of this worker."""
    return Templates(run_folder, worker, tmp_path_factory.mktemp("templates"))


@pytest.fixture
def copied(templates, tmp_path):
    """`copied("sqlite", fill, ...)`: the address of a copy of what `fill(url, ...)` filled once."""
    with contextlib.ExitStack() as leaving:
        places = {"sqlite": (templates.sqlite, tmp_path), "postgresql": (templates.postgresql, leaving)}

        def copy(kind, fill, *given):
            make, place = places[kind]
            return make(place, fill, *given)

        yield copy


def _fresh(folder, *, template):
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    url = postgres.url(folder, name)
    postgres.copy(folder, name, template)
    yield url
    postgres.administer(folder, f"DROP DATABASE {name} WITH (FORCE)")
