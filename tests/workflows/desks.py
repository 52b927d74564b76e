"""A town in which tests of the engine room work: real host, real procedure, people at their desks."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import select

from app.demo.desks import Desks, Subject
from app.demo.households import household
from app.plugs import executor
from app.security import demo, passwords
from app.settings import Settings
from tests.tampering import open_up
from workflows import audit, cases, proving, worker
from workflows.cases import Case
from workflows.commands import CONSOLE, SYSTEM
from workflows.designing import folders
from workflows.designing.publish import PublishVersion
from workflows.work_items import OPEN, WorkItem

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(range(32))

STRAIGHT = ("apply", "check", "review", "post", "end", "approve", "decide")
DAYS_OF_NOTICE = 6


def opened(url, folder, clock):
    """Everything plugged together over one database."""
    settings = Settings(
        data_dir=folder, database_url=url, demo=True, bind="127.0.0.1:8000", secret_key="-", data_key=KEY
    )
    return executor(settings, clock)


def furnish(url, folder, clock):
    """People and procedures."""
    office = opened(url, folder, clock)
    office.execute(demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap")), by=CONSOLE)
    for key in ("fp_01_ds", "fp_08_ds"):
        bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", key)
        office.execute(PublishVersion(bundle=bundle), by=CONSOLE)
    office.database.dispose()


class Town(Desks):
    """One furnished office; every `begun` case is another household's, in the same village."""

    def __init__(self, url, folder, clock):
        self.url, self.folder, self.clock = url, folder, clock
        super().__init__(opened(url, folder, clock), folder)
        self.households = 0

    def begun(self, *acts):
        self.households += 1
        staff = max(self.staffs, key=lambda staff: len(staff.township))
        subject = Subject(household(self.households, staff.village), staff)
        for act in acts:
            self.take(subject, act)
        self.delivered()
        return subject

    def delivered(self):
        """What was promised so far is delivered, so that a story's own promises and timers count alone."""
        while self.executor.execute(worker.DeliverNext(), by=SYSTEM) is not None:
            pass

    def take(self, subject, act):
        """One act; the end of a notice is waited for, as a worker would."""
        if act == "end":
            self.clock.advance(days=DAYS_OF_NOTICE)
        super().take(subject, act)

    def work(self):
        return worker.drain(self.executor)

    def read(self, ask):
        with self.executor.database.reading() as session:
            return ask(session)

    def case(self, subject):
        return self.read(lambda session: session.get(Case, subject.case_id))

    def open_items(self, subject):
        query = select(WorkItem).where(WorkItem.case_id == subject.case_id, WorkItem.state.in_(OPEN))
        return self.read(lambda session: session.scalars(query.order_by(WorkItem.id)).all())

    def item(self, subject):
        [item] = self.open_items(subject)
        return item

    def steps(self, subject):
        return [item.step for item in self.open_items(subject)]

    def journal(self, subject):
        return self.read(lambda session: cases.journal(session, subject.case_id))

    def verified(self):
        return self.read(proving.verify)

    def entries(self, stream):
        query = (
            select(audit.AuditEntry).where(audit.AuditEntry.stream == stream).order_by(audit.AuditEntry.seq)
        )
        return self.read(lambda session: session.scalars(query).all())

    def change(self, statement, **given):
        """What no command does: change the database by hand."""
        with self.executor.database.engine.begin() as connection:
            open_up(connection)
            return connection.execute(statement, given)

    def close(self):
        self.executor.database.dispose()


def at_once(*acts):
    """Run every act in a thread of its own, all let go together; gives what each gave or raised."""
    gate = threading.Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
