"""Every page and call, walked as each role and as a stranger: who is let in, who is not, never a fault.

What a route's own policy says holds for all routes; whose objects may be touched stands in OBJECTS below.
"""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.absences.commands import AppointDeputy
from app.attachments.models import Attachment
from app.batches.commands import BeginBatch, Pick
from app.catalogue.commands import SaveStartDraft
from app.handover.commands import HandOver
from app.messages.models import Message
from app.organisation.models import RoleGrant
from app.papers.models import Document
from app.parameters.commands import ProposeParameter
from app.phrases.commands import AddPhrase
from app.registers.models import RegisterRow
from app.relatives.commands import DeclareRelative
from app.security.models import Token, WebSession
from tests.app.office import (
    BUREAU,
    CADRE,
    CLERK,
    ELSEWHERE,
    HOUSEHOLD,
    OTHER_CADRE,
    SUPERVISOR,
    VILLAGE,
    Office,
    picture,
)
from tests.app.relatives.family import OTHERS
from tests.app.walked import BODIES, MAY_NOT_START, REFUSED_ANYWAY, nothing_disposed_of
from tests.clock import TurnableClock
from workflows import worker
from workflows.cases import Case
from workflows.copies import CaseCopy, SendCopies
from workflows.designing.amending import OpenAmendment
from workflows.designing.migrating import PlanMigration
from workflows.designing.retiring import ProposeRetirement
from workflows.outbox import OutboxEffect

STRANGER = None
FOREIGN_CLERK, DEPARTMENT = "hantai-clerk1", "dongsheng-civil-affairs1"
NEIGHBOUR, REFUSED = "zhejialiang-household4", "zhejialiang-household3"
TEAM, ADMIN = "zhejialiang-team1", "dongsheng-admin1"
SYSTEM, SECURITY, AUDIT = "system-officer", "security-officer", "audit-officer"
OFFICERS = {SYSTEM, SECURITY, AUDIT}
STAFF = {CADRE, OTHER_CADRE, TEAM, ELSEWHERE, CLERK, FOREIGN_CLERK, BUREAU, DEPARTMENT, SUPERVISOR}
HOUSEHOLDS = {HOUSEHOLD, NEIGHBOUR, REFUSED}
CASEWORK = STAFF | HOUSEHOLDS | {ADMIN}
EVERYBODY = CASEWORK | OFFICERS

POLICIES = {
    "public": EVERYBODY | {STRANGER},
    "demo_only": EVERYBODY | {STRANGER},
    "signed_in": EVERYBODY,
    "handles_work": CASEWORK,
    "reads_cases": CASEWORK,
    "audits": {SUPERVISOR, AUDIT},
    "supervises": {SUPERVISOR},
    "secures": {SECURITY},
    "administers": {SYSTEM},
    "is_officer": OFFICERS,
    "keeps_files": {SYSTEM, AUDIT},
    "audits_alone": {AUDIT},
    "sets_parameters": {ADMIN},
    "disposes": {ADMIN},
    "oversees": {ADMIN, SUPERVISOR},
}
"""Whom each mark admits."""

ABOVE_VILLAGE = {CADRE, OTHER_CADRE, TEAM, CLERK, BUREAU, SUPERVISOR}
READERS = ABOVE_VILLAGE | {HOUSEHOLD}
KEEPERS = {CLERK, FOREIGN_CLERK, BUREAU}

OBJECTS = {
    "/cases/<number>": READERS,
    "/cases/<number>/evidence.zip": {SUPERVISOR, AUDIT},
    "/supervision/alerts/<>": {SUPERVISOR},
    "/cases/<number>/cancel": {HOUSEHOLD},
    "/cases/<number>/copy": {CADRE, CLERK},
    "/cases/<number>/<action>": {HOUSEHOLD, ADMIN},
    "/copies/<>": {BUREAU},
    "/handling/<number>": {ADMIN},
    "/items/<>/remind": READERS,
    "/items/<>": {CLERK},
    "/work-items/<>": {CLERK},
    "/work-items/<>/<action>": {CLERK},
    "/batches/<>": {CLERK},
    "/attachments/<>": READERS,
    "/registers/<key>/<>": ABOVE_VILLAGE,
    "/registers/<key>/<>/correct": {CLERK, BUREAU},
    "/registers/<key>/<>/remove": {CLERK, BUREAU},
    "/registers/<key>/new": KEEPERS,
    "/registers/<key>/import": KEEPERS,
    "/registers/<key>/template.xlsx": KEEPERS,
    "/registers/subjects/<>": ABOVE_VILLAGE,
    "/papers/<>": ABOVE_VILLAGE | {REFUSED},
    "/papers/<>.pdf": ABOVE_VILLAGE | {REFUSED},
    "/messages/<>": {REFUSED},
    "/drafts/<>": {CADRE},
    "/me/phrases/<>": {CADRE},
    "/registers/<key>": CASEWORK,
    "/registers/<key>/export.xlsx": STAFF - {DEPARTMENT},
    "/parameters": {ADMIN},
    "/amendments/<>": {ADMIN},
    "/publishing/amendments/<>": {ADMIN},
    "/publishing/<key>": {ADMIN},
    "/publishing/migrations/<>": {ADMIN},
    "/absences/<>": {CADRE},
    "/me/absences/<>": {CADRE},
    "/me/relatives": STAFF | {ADMIN},
    "/me/relatives/<>": {CADRE},
    "/me/relatives/household": CASEWORK,
    "/supervision/relatives": {SUPERVISOR},
    "/handovers/<>": {SECURITY},
    "/backtests/<>": set(),
    "/system": {SYSTEM},
    "/security": {SECURITY},
    "/disposals/<number>": {SYSTEM},
    "/disposals/<>": {SYSTEM, AUDIT},
    "/disposals/rounds/<>": {SYSTEM, AUDIT},
    "/calendar/<day>": {ADMIN},
    "/procedures/<key>": CASEWORK,
    "/notices/<>": EVERYBODY | {STRANGER},
}
"""Whose the walked objects are, by how their addresses begin; the longest beginning counts."""

EXISTS = {200, 201, 204, 302, 303, 304, 409, 422}
"""Let in: shown, done, or told what is missing or in the way."""

RELATIVE = {"relation": "子女", "name": "走查", "identity": OTHERS}
PAPER = {"number": "1号", "title": "走查"}
LEAVING = ProposeRetirement(procedure="fp_01_ds", reason="走查", document=PAPER)
EDITED = {"form": "fp_01_ds_apply", "path": "0.0", "index": 0, "file": "procedure.toml"}


class Stage:
    """One of everything: a case under review, one in the register, one refused with its paper."""

    def __init__(self, url, folder):
        self.office = office = Office(url, folder, TurnableClock()).furnish()
        self.number = office.start()
        registered = office.start(by="zhejialiang-household2", number=1)
        refused = office.start(by=REFUSED, number=2)
        office.take(refused, name="check_false")
        office.to_the_end(registered)
        item = office.until(self.number, "township_review")
        office.program(HOUSEHOLD).act(item["id"], "remind")
        office.program(CADRE).upload(picture(77))
        worker.drain(office.executor)
        office.browser(ELSEWHERE)
        self.values = {
            "number": self.number,
            "item_id": item["id"],
            "attachment_id": self._one(select(Attachment.id).where(Attachment.case_id == self._case_id())),
            "row_id": self._one(select(RegisterRow.id)),
            "subject_id": self._one(select(RegisterRow.subject_id)),
            "document_id": self._one(select(Document.id).where(Document.kind == "书面告知")),
            "message_id": self._one(select(Message.id).where(Message.person_id == self._person(REFUSED))),
            "notice_id": 1,
            "batch_id": self._batch(),
            "effect_id": self._one(select(OutboxEffect.id)),
            "kind": "message",
            "action": "complete",
            "act": "suspend",
            "copy_id": self._copy(),
            "filename": "none",
            "key": "fp_01_ds",
            "name": "household_check_days",
            "proposal_id": self._proposal(),
            "alert_id": 1,
            "amendment_id": self._done(OpenAmendment(procedure="fp_01_ds", title="走查"), ADMIN),
            "draft_id": self._done(SaveStartDraft(procedure="fp_01_ds", division=VILLAGE)),
            "phrase_id": self._done(AddPhrase(text="同意。")),
            "version": 1,
            "retirement_id": self._done(LEAVING, "dongsheng-admin2"),
            "migration_id": self._done(PlanMigration(procedure="fp_01_ds", to=1, reason="走查"), ADMIN),
            "absence_id": self._absence(),
            "relative_id": self._done(DeclareRelative(**RELATIVE)),
            "person_id": self._person(CADRE),
            "handover_id": self._handover(),
            "day": "2026-03-18",
            "which": "new",
            "backtest_id": 1,
            "account_id": self.office.actor(FOREIGN_CLERK).account_id,
            "disposal_id": 1,
            "round_id": nothing_disposed_of(self.office.executor, self.office.actor(SYSTEM)),
            "grant_id": self._one(select(RoleGrant.id)),
            "session_id": self._one(select(WebSession.id)),
            "token_id": self._one(select(Token.id)),
            **EDITED,
        }

    def _done(self, command, by=CADRE):
        return self.office.executor.execute(command, by=self.office.actor(by))

    def _copy(self):
        to = (self._person(BUREAU),)
        command = SendCopies(number=self.number, kind="circulate", to_person_ids=to, words="走查")
        self.office.executor.execute(command, by=self.office.actor(CLERK))
        return self._one(select(CaseCopy.id))

    def _batch(self):
        command = BeginBatch(action="claim", picks=(Pick(987_654, 1),))
        made = self.office.executor.execute(command, by=self.office.actor(CLERK))
        worker.drain(self.office.executor)
        return made

    def _proposal(self):
        command = ProposeParameter(
            procedure="fp_01_ds",
            name="total_days",
            value=30,
            effective_at=self.office.executor.clock.now(),
            reason="走查",
        )
        return self.office.executor.execute(command, by=self.office.actor("dongsheng-admin2"))

    def _absence(self):
        command = AppointDeputy(
            person_id=self._person(CADRE),
            deputy_id=self._person(TEAM),
            first_day=date(2026, 6, 1),
            last_day=date(2026, 6, 5),
            reason="走查",
        )
        return self.office.executor.execute(command, by=self.office.actor(CADRE))

    def _handover(self):
        command = HandOver(
            from_person_id=self._person("jilaoqing-cadre1"),
            to_person_id=self._person("zaohuohao-cadre1"),
            reason="走查",
        )
        return self.office.executor.execute(command, by=self.office.actor(SECURITY))

    def _case_id(self):
        return self._one(select(Case.id).where(Case.number == self.number))

    def _person(self, username):
        return self.office.actor(username).person_id

    def _one(self, query):
        with self.office.executor.database.reading() as session:
            return session.scalars(query.limit(1)).one()

    def routes(self, *, api):
        """Method, rule without converters, address, mark: every route but the static files."""
        for rule in self.office.app.url_map.iter_rules():
            if rule.endpoint == "static" or rule.rule.startswith("/api/") != api:
                continue
            plain = re.sub(r"<[^>]*:(\w+)>", r"<\1>", rule.rule)
            key = "warning_ledger" if "/registers" in plain else "fp_01_ds"
            values = {**self.values, "key": key}
            if plain.startswith("/amendments/<amendment_id>/files"):
                values["name"] = "process.bpmn"
            if plain.startswith("/api/v1/cases/"):
                values["action"] = "cancel"
            address = re.sub(r"<(\w+)>", lambda found, known=values: str(known[found[1]]), plain)
            mark = self.office.app.view_functions[rule.endpoint].policy.name
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, plain, address, mark


@pytest.fixture(scope="module")
def stage(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stage")
    (folder / "office.sqlite3").write_bytes(sqlite_template.read_bytes())
    stage = Stage(f"sqlite:///{folder / 'office.sqlite3'}", folder / "data")
    yield stage
    stage.office.close()


def admitted(who, plain, mark):
    """Whether the tables let `who` in."""
    if who not in POLICIES[mark]:
        return False
    address = re.sub(r"<\w+_id>", "<>", plain.removeprefix("/api/v1"))
    begins = [start for start in OBJECTS if address == start or address.startswith(f"{start}/")]
    return not begins or who in OBJECTS[max(begins, key=len)]


def verdict(who, method, plain, mark, answer):
    """What is wrong with the answer, if anything is."""
    status = answer.status_code
    led_away = status in {302, 303} and answer.location.startswith("/sign-in")
    said = f"{who or 'stranger'} {method} {plain}: {status}"
    if status >= 500:
        return said
    if status in REFUSED_ANYWAY.get(plain, ()):
        return None
    if admitted(who, plain, mark):
        late = status == 403 and plain in MAY_NOT_START
        fits = late or (status in EXISTS and not (led_away and mark not in {"public", "signed_in"}))
    elif who is STRANGER:
        fits = status == 401 or led_away
    else:
        fits = status in {403, 404}
    return None if fits else said


PEOPLE = [pytest.param(who, id=who or "stranger") for who in [STRANGER, *sorted(EVERYBODY)]]


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_opens_for_those_it_is_for_and_nobody_else(stage, who):
    office, wrong = stage.office, []

    # A new browser for each: signing out is one of the routes walked.
    for method, plain, address, mark in stage.routes(api=False):
        browser = office.browser(who)
        answer = (
            browser.get(address)
            if method == "GET"
            else browser.post(address, page="/me" if who else "/sign-in")
        )
        wrong.append(verdict(who, method, plain, mark, answer))

    assert list(filter(None, wrong)) == []


@pytest.mark.parametrize("who", PEOPLE)
def test_every_call_answers_those_it_is_for_and_nobody_else(stage, who):
    office, wrong = stage.office, []
    office.forget_tokens()
    program = office.program(who) if who else office.stranger()

    for method, plain, address, mark in stage.routes(api=True):
        sent = BODIES.get(plain, {"revision": 1, "answers": {}}) if method == "POST" else None
        answer = program.call(method, address.removeprefix("/api/v1"), json=sent)
        wrong.append(verdict(who, method, plain, mark, answer))
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json", address

    assert list(filter(None, wrong)) == []


@pytest.mark.parametrize(
    "action", ["claim", "release", "save", "send-back", "transfer", "complete", "withdraw"]
)
@pytest.mark.parametrize("who", sorted(EVERYBODY - {CLERK}))
def test_no_action_on_an_item_is_open_to_others(stage, who, action):
    office = stage.office
    office.forget_tokens()
    sent = {"revision": 1, "answers": {}, "reason": "试试看", "to": CADRE}

    answer = office.program(who).act(stage.values["item_id"], action, **sent)

    assert answer.status_code in {403, 404}
    assert office.item(stage.number)["state"] == "offered"


def test_a_session_cookie_opens_no_call_and_a_token_no_page(stage):
    office = stage.office
    office.forget_tokens()
    browser, program = office.browser(CADRE), office.program(CADRE)

    assert browser.get("/api/v1/cases").status_code == 401
    assert program.client.get("/cases", headers=program.headers).location.startswith("/sign-in")


def test_every_route_names_its_policy(stage):
    views = stage.office.app.view_functions
    bare = {name for name, view in views.items() if not hasattr(view, "policy")} - {"static"}

    assert bare == set()


def test_every_route_with_an_object_says_whose_it_is(stage):
    routes = [*stage.routes(api=False), *stage.routes(api=True)]
    unsaid = [
        plain
        for _, plain, _, _ in routes
        if "<" in plain
        and not any(
            re.sub(r"<\w+_id>", "<>", plain.removeprefix("/api/v1")).startswith(start) for start in OBJECTS
        )
    ]

    assert unsaid == []


def test_without_demo_mode_nobody_learns_an_account_or_turns_the_clock(sqlite_url, tmp_path):
    office = Office(sqlite_url, tmp_path, demo=False).furnish()
    client = office.app.test_client()

    assert client.get("/demo/accounts").status_code == 404
    assert client.post("/demo/clock", json={"advance": "P1D"}).status_code == 404
    office.close()
