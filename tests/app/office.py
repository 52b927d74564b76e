"""A whole office for tests: the application, its people and procedures, programs and browsers."""

import io
import re
import tempfile
import tomllib
from pathlib import Path

from PIL import Image

from app import create_app
from app.organisation import queries as people
from app.security import demo, passwords
from app.settings import Settings
from tests.clock import TurnableClock
from workflows import worker
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(range(32))

VILLAGE, TOWNSHIP, COUNTY = "150602100202", "150602100000", "150602000000"
HOUSEHOLD, NEIGHBOUR = "zhejialiang-household1", "zhejialiang-household2"
CADRE, OTHER_CADRE = "zhejialiang-cadre1", "zhejialiang-cadre2"
CLERK, BUREAU = "boerjianghaizi-clerk1", "dongsheng-rvb1"
ELSEWHERE = "chaideng-cadre1"
SUPERVISOR = "dongsheng-supervisor1"
OFFICERS = ("system-officer", "security-officer", "audit-officer")

ANSWERS = tomllib.loads((ROOT / "bpmn" / "fp_01_ds" / "scenarios.toml").read_text())["answers"]
FILES = ("photos", "household_signature", "minutes", "papers", "commitment")

COURSE = {
    "household_check": (CADRE, "check_true"),
    "village_review": (CADRE, "review_passed"),
    "publicity": (CADRE, "publicity"),
    "township_review": (CLERK, "township_passed"),
    "county_decision": (BUREAU, "county_passed"),
}
"""Who takes each step of 监测对象识别, with which of the answers written down for it."""


def picture(shade=1):
    """A small picture's bytes."""
    made = io.BytesIO()
    Image.new("RGB", (48, 32), (shade % 256, 90, 120)).save(made, "PNG")
    return made.getvalue()


class Program:
    """A program that speaks for an account: JSON with its bearer token, or with none for a stranger."""

    def __init__(self, client, token=None):
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method, path, *, headers=None, **options):
        headers = {**self.headers, **(headers or {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, buffered=True, **options)

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, json=None, *, key=None, **options):
        headers = {"Idempotency-Key": key} if key else {}
        if json is not None:
            options["json"] = json
        return self.call("POST", path, headers={**headers, **options.pop("headers", {})}, **options)

    def upload(self, content=None, name="照片.png", **options):
        file = (io.BytesIO(picture() if content is None else content), name)
        return self.post("/attachments", data={"file": file}, **options)

    def act(self, item_id, action, *, key=None, **sent):
        """`act(7, "complete", answers=..., revision=1)`."""
        return self.post(f"/work-items/{item_id}/{action}", sent, key=key)


class Browser:
    """A person at a browser: follows nothing, sends the page's token along."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **options):
        return self.client.get(path, buffered=True, **options)

    def post(self, path, page="/sign-in", **form):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        return self.client.post(path, data={**form, "csrf_token": token[1] if token else ""})

    def sign_in(self, username, password=demo.PASSWORD):
        return self.post("/sign-in", username=username, password=password)


USUAL = ("fp_01_ds", "fp_08_ds", "fp_01_ew")
"""The procedures of an office that wants no others."""


def furnished(url, keys=USUAL):
    """Fill a database with people and the procedures wanted, as of the day on which tests begin."""
    with tempfile.TemporaryDirectory() as folder:
        Office(url, Path(folder), TurnableClock()).furnish(keys).close()


class Office:
    """One installation in demo mode; `program(username)` and `browser(username)` use it."""

    def __init__(self, url, folder, clock=None, **settings):
        self.settings = Settings(
            data_dir=folder,
            database_url=url,
            bind="127.0.0.1:8000",
            secret_key="a key of these tests",
            data_key=KEY,
            password_cost="cheap",
            **{"demo": True, "testing": True, **settings},
        )
        self.clock = clock
        self.app = create_app(self.settings, clock)
        self.executor = self.app.extensions["executor"]
        self._tokens = {}

    def furnish(self, keys=USUAL):
        """Enter people, and the procedures wanted."""
        seed = demo.SeedPeople(password_hash=passwords.hashed(demo.PASSWORD, "cheap"))
        self.executor.execute(seed, by=CONSOLE)
        for key in keys:
            bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", key)
            self.executor.execute(PublishVersion(bundle=bundle), by=CONSOLE)
        return self

    def close(self):
        self.executor.database.dispose()

    def program(self, username):
        if username not in self._tokens:
            sent = {"username": username, "password": demo.PASSWORD}
            answer = self.app.test_client().post("/api/v1/tokens", json=sent)
            assert answer.status_code == 200, answer.text
            self._tokens[username] = answer.json["token"]
        return Program(self.app.test_client(), self._tokens[username])

    def forget_tokens(self):
        """Somebody may have signed out everywhere: the next program gets a token of its own."""
        self._tokens.clear()

    def stranger(self):
        """A program without a token."""
        return Program(self.app.test_client())

    def browser(self, username=None):
        browser = Browser(self.app.test_client())
        if username:
            assert browser.sign_in(username).status_code == 303
        return browser

    def actor(self, username):
        with self.executor.database.reading() as session:
            return people.account_named(session, username).actor()

    def application(self, number=0, **over):
        """Answers to 提交申请 of one of the householders of 折家梁村."""
        household = demo.households()[number]
        return {
            **ANSWERS["apply"],
            "head_name": household.name,
            "head_identity": household.identity,
            "phone": household.phone,
            **over,
        }

    def start(self, by=HOUSEHOLD, number=0, *, corrections=None, **over):
        """A case of 监测对象识别; gives its number."""
        sent = {
            "procedure": "fp_01_ds",
            "division": VILLAGE,
            "answers": self.application(number, **over),
            "corrections": corrections,
        }
        answer = self.program(by).post("/cases", sent)
        assert answer.status_code == 201, answer.text
        return answer.json["number"]

    def case(self, number, by=BUREAU):
        answer = self.program(by).get(f"/cases/{number}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def item(self, number):
        """The only open item of a case."""
        [item] = self.case(number)["open_items"]
        return item

    def answers(self, program, name, **over):
        """Answers written down for a step, with real files for the numbers in them."""
        found = {**ANSWERS[name], **over}
        for field in FILES:
            if field in found and field not in over:
                found[field] = [program.upload(picture(one)).json["id"] for one in found[field]]
        return found

    def take(self, number, by=None, name=None, **over):
        """Take the open step of a case as COURSE says, or otherwise; gives the answer."""
        item = self.item(number)
        usual, usual_name = COURSE[item["step"]]
        program = self.program(by or usual)
        revision = program.get(f"/work-items/{item['id']}").json["revision"]
        answers = self.answers(program, name or usual_name, **over)
        return program.act(
            item["id"], "complete", answers=answers, revision=revision, late_reason="入户排期顺延。"
        )

    def until(self, number, step):
        """Take every step before `step`; a notice is waited for."""
        while self.case(number)["open_items"] == [] or self.item(number)["step"] != step:
            if self.case(number)["open_items"]:
                answer = self.take(number)
                assert answer.status_code == 200, answer.text
            else:
                self.pass_days(6)
        return self.item(number)

    def to_the_end(self, number):
        """Take every step there is."""
        while self.case(number)["state"] == "running":
            if self.case(number)["open_items"]:
                answer = self.take(number)
                assert answer.status_code == 200, answer.text
            else:
                self.pass_days(6)
        return self.case(number)

    def pass_days(self, days):
        """Turn the clock on and let the worker do what is due."""
        self.clock.advance(days=days)
        return worker.drain(self.executor)
