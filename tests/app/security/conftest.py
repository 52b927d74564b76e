"""An office with its people, and a browser of it, on either database."""

import re

import pytest

from app import create_app
from app.organisation import queries
from app.organisation.directory import Directory
from app.security import demo, passwords, sealing
from app.settings import Settings
from tests.peopled import KEY, postgresql_template, sqlite_template
from workflows.commands import Executor
from workflows.db import Database
from workflows.ports import Host

__all__ = ["postgresql_template", "sqlite_template"]


@pytest.fixture
def sealed():
    """The module's sealer works with the key of these tests."""
    sealing.configure(KEY)


@pytest.fixture
def database(database_url):
    found = Database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def peopled(database, clock, sealed):
    return Executor(database, clock, Host(Directory(), None, None, None))


@pytest.fixture
def account(peopled):
    """`account("dongsheng-rvb1")` is that account as it stands at this moment."""

    def named(username):
        with peopled.database.reading() as session:
            return queries.account_named(session, username)

    return named


@pytest.fixture
def proof(peopled):
    """`proof("dongsheng-rvb1")` knows the password; `proof(name, "wrong")` does not."""

    def prove(username, password=demo.PASSWORD):
        with peopled.database.reading() as session:
            return passwords.prove(session, username, password, "cheap")

    return prove


@pytest.fixture
def app(peopled, database_url, clock, tmp_path):
    settings = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        demo=False,
        bind="127.0.0.1:8000",
        secret_key="a key of these tests",
        data_key=KEY,
        password_cost="cheap",
        testing=True,
    )
    app = create_app(settings, clock)
    app.extensions["session_clock"] = clock
    yield app
    app.extensions["executor"].database.dispose()


class Browser:
    """A person at a browser: follows nothing, sends the page's token along."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path, **options):
        return self.client.get(path, **options)

    def post(self, path, page="/sign-in", **form):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        data = {**form, "csrf_token": token[1] if token else ""}
        return self.client.post(path, data=data)

    def sign_in(self, username, password=demo.PASSWORD, **more):
        return self.post("/sign-in", username=username, password=password, **more)


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture
def another(app):
    """A second browser."""
    return Browser(app)
