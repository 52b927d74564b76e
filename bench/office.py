"""An installation made for measuring: real people, real procedure, real host, a clock to turn."""

from datetime import UTC, datetime
from pathlib import Path

from app import plugs
from app.organisation import queries as people
from app.security import demo, passwords
from app.settings import Settings
from tests.databases import make_tables
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion

ROOT = Path(__file__).resolve().parent.parent
TODAY = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)


class BenchClock:
    """Stands still until it is turned."""

    def __init__(self, at=TODAY):
        self.at = at

    def now(self):
        return self.at


class Office:
    """Everything plugged together over one database, with the demonstration's people and procedures."""

    def __init__(self, url, folder, *, fresh=True):
        self.url, self.folder = url, folder
        self.settings = Settings.from_environment(
            {"XIANGSHEN_DATABASE_URL": url, "XIANGSHEN_DATA_DIR": str(folder), "XIANGSHEN_DEMO": "1"}
        )
        self.clock = BenchClock()
        self.executor = plugs.executor(self.settings, self.clock)
        self.database = self.executor.database
        if fresh:
            make_tables(url)
            self.do(demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap")))
            for key in ("fp_01_ds", "fp_08_ds"):
                bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", key)
                self.do(PublishVersion(bundle=bundle))

    def do(self, command, by=CONSOLE):
        return self.executor.execute(command, by=by)

    def actor(self, username):
        with self.database.reading() as session:
            return people.account_named(session, username).actor("bench")
