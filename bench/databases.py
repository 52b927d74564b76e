"""Where the measurements take place: SQLite files and a durable PostgreSQL server of our own."""

import shutil

from sqlalchemy import make_url

from tests import postgres


class SqliteFiles:
    """Databases in one folder."""

    kind = "sqlite"

    def __init__(self, folder):
        self._folder = folder

    def fresh(self, name):
        """The address of a new empty database."""
        return f"sqlite:///{self._folder / name}.sqlite3"

    def copied(self, url, name):
        """The address of a copy of a database that nobody has open."""
        shutil.copyfile(url.removeprefix("sqlite:///"), self._folder / f"{name}.sqlite3")
        return self.fresh(name)

    def drop(self, url):
        """Make room."""
        for ending in ("", "-wal", "-shm"):
            (self._folder / (url.removeprefix(f"sqlite:///{self._folder}/") + ending)).unlink(missing_ok=True)


class PostgresServer:
    """Databases of one server that waits for the disk, as a real one does."""

    kind = "postgresql"

    def __init__(self, folder):
        self._folder = folder

    def fresh(self, name, template="template0"):
        """The address of a new database, empty or made from ``template``."""
        url = postgres.url(self._folder, name)
        postgres.administer(
            self._folder, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {template}"
        )
        return url

    def copied(self, url, name):
        """The address of a copy of a database that nobody has open."""
        return self.fresh(name, template=make_url(url).database)

    def drop(self, url):
        """Make room."""
        name = make_url(url).database
        postgres.administer(self._folder, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
