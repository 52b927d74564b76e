"""A whole office for tests of its public side: real procedure, engine, forms and people, a clock to turn."""

import shutil
import tempfile
import tomllib
from pathlib import Path

from app import plugs
from app.attachments.commands import TakeIn
from app.attachments.shelf import Shelf
from app.organisation import queries as people
from app.organisation.directory import Directory
from app.security import demo, passwords, sealing
from tests.clock import TurnableClock
from workflows import cases, sending, worker
from workflows.commands import CONSOLE, Actor, Executor
from workflows.db import Database
from workflows.designing import folders
from workflows.designing.publish import PublishVersion
from workflows.ports import Host
from workflows.running import CompleteWorkItem, StartCase
from workflows.work_items import OPEN, WorkItem

ROOT = Path(__file__).resolve().parents[3]
VILLAGE = "150602100202"
CADRE, TOWNSHIP, COUNTY = "zhejialiang-cadre1", "boerjianghaizi-clerk1", "dongsheng-rvb1"
ANSWERS = tomllib.loads((ROOT / "bpmn" / "fp_01_ds" / "scenarios.toml").read_text())["answers"]
FILES = ("photos", "household_signature", "minutes", "papers", "commitment")


def furnished(url):
    """Fill a database with people and the procedure, as of the day on which tests begin."""
    Office(url, TurnableClock()).furnish().close()


class Office:
    """Everything plugged together over one database."""

    def __init__(self, url, clock):
        sealing.configure(bytes(range(32)))
        self.clock = clock
        self.database = Database(url)
        self.folder = Path(tempfile.mkdtemp(prefix="xiangshen-office-"))
        deliverers = plugs.RegisteredDeliverers(self.folder)
        host = Host(Directory(), Shelf(), plugs.RegisteredOperations(), deliverers)
        self.executor = Executor(self.database, clock, host)

    def furnish(self):
        """Enter people and the procedure."""
        self.do(demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap")))
        self.publish()
        return self

    def close(self):
        self.database.dispose()
        shutil.rmtree(self.folder)

    def do(self, command, by=CONSOLE):
        return self.executor.execute(command, by=by)

    def publish(self, **parameters):
        """Put the procedure in force, with other values for some of its parameters."""
        bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", "fp_01_ds")
        for parameter in bundle.meta["parameters"]:
            parameter["default"] = parameters.get(parameter["name"], parameter["default"])
        self.do(PublishVersion(bundle=bundle))

    def read(self, query, *given, **named):
        with self.database.reading() as session:
            return query(session, *given, **named)

    def actor(self, username):
        return self.read(people.account_named, username).actor("test")

    def public(self, device="10.0.0.1 phone"):
        return Actor(kind="public", name="公众", device=device)

    def start(self, by=CADRE, **changes):
        answers = {**ANSWERS["apply"], **changes}
        command = StartCase(procedure="fp_01_ds", division=VILLAGE, answers=self._with_files(by, answers))
        return self.do(command, self.actor(by))

    def complete(self, case_id, step, by=CADRE, use=None, **changes):
        answers = {**ANSWERS[use or step], **changes}
        item = self.read(
            lambda session: (
                session.query(WorkItem.id)
                .filter(WorkItem.case_id == case_id, WorkItem.step == step, WorkItem.state.in_(OPEN))
                .scalar()
            )
        )
        self.do(
            CompleteWorkItem(
                item_id=item, answers=self._with_files(by, answers), late_reason="入户排期顺延。"
            ),
            self.actor(by),
        )

    def posted(self, **changes):
        """A case whose notice has just been posted."""
        case = self.start()
        self.complete(case.case_id, "household_check", use="check_true")
        self.complete(case.case_id, "village_review", use="review_passed")
        self.complete(case.case_id, "publicity", **changes)
        return case

    def waits_for(self, case_id):
        """The steps open in a case."""
        return self.read(
            lambda session: [
                step
                for (step,) in session.query(WorkItem.step)
                .filter(WorkItem.case_id == case_id, WorkItem.state.in_(OPEN))
                .order_by(WorkItem.id)
            ]
        )

    def case(self, number):
        return self.read(cases.by_number, number)

    def work(self):
        """Let the worker do what is due, and its senders too."""
        return worker.drain(self.executor) + sending.drain(self.executor)

    def _with_files(self, by, answers):
        actor = self.actor(by)
        return {
            key: [self._file(actor, number) for number in value] if key in FILES else value
            for key, value in answers.items()
        }

    def _file(self, actor, number):
        name = f"{number}.jpg"
        return self.do(TakeIn(sha256=f"{number:064d}", name=name, type="image/jpeg", size=9), actor).id
