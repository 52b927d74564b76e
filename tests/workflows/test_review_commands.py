"""What the one door promises when the same is asked twice at once, or by whoever hides behind a long name."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from app.notices import queries as notices
from app.notices.commands import RaiseObjection
from tests.app.notices.office import VILLAGE, Office, furnished
from workflows import audit, cases
from workflows.commands import Command
from workflows.errors import Conflict, Refusal
from workflows.once import Once, OnceRecord, Replayed
from workflows.running import StartCase

LONG = "203.0.113.77 Mozilla/5.0 (Linux; Android 14; a telephone with a very long name) AppleWebKit/537.36"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, copied, clock):
    found = Office(copied(request.param, furnished), clock)
    yield found
    found.close()


def once(key, request=b"the same"):
    return Once(key, request, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Command[str]):
    """Answers with its words."""

    words: str

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        ctx.record("test", words=len(self.words))
        return self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken(Command[str]):
    """Finds, once it holds its locks, that the same request was faster on another connection."""

    faster: list = field(default_factory=list)

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        for run in self.faster:
            run()
        raise Conflict


def test_a_request_overtaken_by_its_own_repetition_gets_the_first_answer(copied, clock):
    office = Office(copied("postgresql", furnished), clock)
    actor = office.actor("zhejialiang-cadre1")

    def first():
        office.executor.execute(Say(words="已受理"), by=actor, once=once("k"))

    with pytest.raises(Replayed) as replay:
        office.executor.execute(Overtaken(faster=[first]), by=actor, once=once("k"))

    assert replay.value.answer == "已受理"
    office.database.dispose()


def test_a_stranger_with_a_long_device_name_may_repeat_a_request(office):
    stranger = office.public(LONG * 2)

    office.executor.execute(Say(words="一"), by=stranger, once=once("k" * 400))

    with pytest.raises(Replayed):
        office.executor.execute(Say(words="一"), by=stranger, once=once("k" * 400))


def test_one_persons_key_says_nothing_to_another(office):
    first, second = office.actor("zhejialiang-cadre1"), office.actor("zhejialiang-cadre2")

    office.executor.execute(Say(words="一"), by=first, once=once("k"))

    assert office.executor.execute(Say(words="二"), by=second, once=once("k")) == "二"


def test_what_is_kept_of_a_repeatable_request_does_not_help_to_guess_it(office):
    """The answers of a form are known but for the sealed numbers: a bare digest would betray those."""
    office.executor.execute(Say(words="一"), by=office.actor("zhejialiang-cadre1"), once=once("random key"))

    row = office.read(lambda session: session.scalars(select(OnceRecord)).one())

    assert "random key" not in row.key
    assert row.fingerprint != Once("", b"the same", str).fingerprint


def test_a_second_application_of_a_household_is_refused_by_name(office):
    office.start()

    with pytest.raises(Conflict) as refusal:
        office.start()

    assert refusal.value.code == "case.already_running"


def test_an_objection_pressed_twice_leaves_a_chain_that_verifies(office):
    case = office.posted()
    (notice,) = office.read(notices.of_case, case.case_id, office.clock.now())
    command = RaiseObjection(notice_id=notice.id, name="李四", phone="13900001111", reason="该户已领赔付。")

    first, second = (office.do(command, office.public()) for _ in range(2))

    assert first == second
    found = office.read(lambda session: audit.verify(session, heads=cases.heads(session)))
    assert found.breaks == []


def test_what_was_typed_into_a_refused_request_is_kept_short(office):
    with pytest.raises(Refusal):
        office.do(StartCase(procedure="x" * 100_000, division=VILLAGE), office.actor("zhejialiang-cadre1"))

    query = select(audit.AuditEntry.body).where(audit.AuditEntry.stream == "refused")
    assert len(office.read(lambda session: session.scalars(query).one())) < 2000
