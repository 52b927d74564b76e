"""A district to tell stories in: one installation, whose application starts anew when the story says so."""

import dataclasses
import tomllib
from functools import cache
from pathlib import Path

from jinja2.bccache import BytecodeCache
from sqlalchemy import select

from app import create_app
from app.attachments import content
from app.attachments.commands import TakeIn
from app.organisation import queries as people
from app.plugs import executor
from app.security import demo, passwords
from app.settings import Settings
from tests.clock import TurnableClock
from tests.journeys.person import Person, picture
from tests.pages import Reader
from workflows import proving, sending, worker
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion
from workflows.running import CompleteWorkItem, StartCase
from workflows.work_items import OPEN, WorkItem

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(range(32))
VILLAGE, OTHER_VILLAGE = "150602100202", "150602100208"
HOUSEHOLD, CADRE, SECOND_CADRE = "zhejialiang-household1", "zhejialiang-cadre1", "zhejialiang-cadre2"
TOWNSHIP, COUNTY = "boerjianghaizi-clerk1", "dongsheng-rvb1"
PROCEDURE, GREEN = "fp_01_ds", "fp_08_ds"
LEDGER = "warning_ledger"


@cache
def given(procedure):
    """The ready-made answers of a procedure's scenarios."""
    return tomllib.loads((ROOT / "bpmn" / procedure / "scenarios.toml").read_text())["answers"]


WHO = {
    "household_check": CADRE,
    "village_review": CADRE,
    "publicity": CADRE,
    "township_review": TOWNSHIP,
    "county_decision": COUNTY,
    "relief": TOWNSHIP,
    "apply": CADRE,
}
USUAL = {
    "household_check": "check_true",
    "village_review": "review_passed",
    "publicity": "publicity",
    "township_review": "township_passed",
    "county_decision": "county_passed",
}
STEPS = tuple(USUAL)
FILES = {"photos", "household_signature", "minutes"}


def household(username):
    """Name and numbers of a household that has an account."""
    return next(one for one in demo.households() if one.username == username)


def settings(url, folder, **changes):
    """The settings of a test's installation."""
    values = {
        "data_dir": folder,
        "database_url": url,
        "demo": False,
        "bind": "127.0.0.1:8000",
        "secret_key": "a key of these tests",
        "data_key": KEY,
        "password_cost": "cheap",
        "testing": True,
    }
    return Settings(**{**values, **changes})


def furnish(url):
    """People and procedures, as `make run` enters them."""
    hands = executor(settings(url, Path()), TurnableClock())
    hands.execute(demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap")), by=CONSOLE)
    for key in (PROCEDURE, GREEN):
        hands.execute(PublishVersion(bundle=bundle(key)), by=CONSOLE)
    hands.database.dispose()


def bundle(key, **parameters):
    """A procedure's artefacts, with other values for some of its parameters."""
    found = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", key)
    for parameter in found.meta["parameters"]:
        parameter["default"] = parameters.get(parameter["name"], parameter["default"])
    return found


class Compiled(BytecodeCache):
    """Templates compiled once for every application of a run: a restart costs no more than it must."""

    def __init__(self):
        self.kept = {}

    def load_bytecode(self, bucket):
        if (bucket.key, bucket.checksum) in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key, bucket.checksum])

    def dump_bytecode(self, bucket):
        self.kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Compiled()


class Town:
    """Everything over one database; `app` is whatever serves at the moment."""

    def __init__(self, url, clock, folder, **changes):
        self.clock = clock
        self.url = url
        self.settings = settings(url, folder, **changes)
        self.app = None
        self.signed_in = {}
        self.restart()

    def restart(self):
        """End the running application and start a new one: only the database and the cookies remain."""
        self.close()
        self.app = create_app(self.settings, self.clock)
        self.app.test_client_class = Reader
        self.app.jinja_env.bytecode_cache = COMPILED

    def use(self, url):
        """Go on with another database; with this one again when None."""
        self.settings = dataclasses.replace(self.settings, database_url=url or self.url)
        self.restart()

    def close(self):
        """Let go of the database."""
        if self.app is not None:
            self.executor.database.dispose()

    @property
    def executor(self):
        """The running application's executor."""
        return self.app.extensions["executor"]

    def person(self, username):
        """Someone signed in at their browser, the same one each time."""
        if username not in self.signed_in:
            self.signed_in[username] = self.elsewhere(username)
        return self.signed_in[username]

    def elsewhere(self, username):
        """The same person at one more browser."""
        return Person(self).sign_in(username, demo.PASSWORD)

    def stranger(self):
        """Someone at a browser, not signed in."""
        return Person(self)

    def work(self):
        """What `xiangshen worker` does when it looks: fire what is due, deliver what was promised."""
        return worker.drain(self.executor) + sending.drain(self.executor)

    def days_pass(self, days):
        """Time goes by, and the worker with it."""
        self.clock.advance(days=days)
        return self.work()

    def publish(self, key, **parameters):
        """Put a version in force with other values for some parameters."""
        self.executor.execute(PublishVersion(bundle=bundle(key, **parameters)), by=CONSOLE)

    def broken_chains(self):
        """What `xiangshen audit verify` would complain of."""
        with self.executor.database.reading() as session:
            return proving.verify(session).breaks

    @staticmethod
    def answers(use, procedure=PROCEDURE):
        """Ready-made answers of a procedure's scenarios."""
        return dict(given(procedure)[use])

    # Parts of stories that are told often

    def apply(self, username=HOUSEHOLD, procedure=PROCEDURE, **changes):
        """An application over the page; the page of the new case."""
        use = "apply" if procedure == PROCEDURE else "green"
        answers = self.answers(use, procedure) | changes
        return self.person(username).start(procedure, answers)

    def do(self, number, step, use=None, by=None, **changes):
        """The step of a case, done over its page by whom it is for; the page they arrive on."""
        use = use or USUAL[step]
        answers = self.answers(use, PROCEDURE if use in given(PROCEDURE) else GREEN)
        return self.person(by or WHO[step]).complete(number, answers | changes)

    def up_to(self, step, by=HOUSEHOLD, **changes):
        """A case that has come to `step`, by the same commands without their pages; its number."""
        answers = self.answers("apply") | changes
        given = {"division": VILLAGE, "answers": self._with_files(by, answers)}
        case = self.perform(StartCase(procedure=PROCEDURE, **given), by)
        for done in STEPS[: STEPS.index(step)]:
            self.brief(case.number, done)
            if done == "publicity":
                self.days_pass(6)
        return case.number

    def brief(self, number, step):
        """One step of a case by its command."""
        given = self._with_files(WHO[step], self.answers(USUAL[step]))
        self.perform(
            CompleteWorkItem(item_id=self.open_item(number).id, answers=given, late_reason="入户排期顺延。"),
            WHO[step],
        )

    def perform(self, command, by):
        """One command by the person of that account."""
        return self.executor.execute(command, by=self.read(people.account_named, by).actor("a test"))

    def read(self, query, *given, **named):
        """What a query finds."""
        with self.executor.database.reading() as session:
            return query(session, *given, **named)

    def open_item(self, number):
        """The only open item of a case."""
        wanted = select(WorkItem).where(WorkItem.case_number == number, WorkItem.state.in_(OPEN))
        return self.read(lambda session: session.scalars(wanted).one())

    def _with_files(self, by, answers):
        return {
            key: [self._file(by, one) for one in value] if key in FILES else value
            for key, value in answers.items()
        }

    def _file(self, by, number):
        found = content.check(picture(number), f"{number}.png", 10**6)
        content.keep(self.settings.data_dir, found)
        return self.perform(
            TakeIn(sha256=found.sha256, name=found.name, type=found.type, size=found.size), by
        ).id
