import dataclasses
import itertools
import sqlite3
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, text

from tests.workflows.desks import at_once
from workflows import numbering, work_items
from workflows.commands import CONSOLE, SYSTEM, Command, Part
from workflows.db import Database
from workflows.errors import Conflict, NotAllowed, Refusal, Unavailable
from workflows.numbering import Counter
from workflows.once import KeyReused, Once, Replayed
from workflows.running import ClaimWorkItem, CompleteWorkItem
from workflows.work_items import AlreadyDone, NotYours, Stale


@dataclasses.dataclass(frozen=True)
class TakeNumber(Command):
    """Takes the next number of a series: each effect can be counted."""

    series: str = "tickets"

    def authorise(self, ctx):
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx):
        ctx.record("office", series=self.series)
        return numbering.next_number(ctx, self.series)


@dataclasses.dataclass(frozen=True)
class TakeTwice(TakeNumber):
    """Takes a number of its own, then lets others be taken as parts of a batch; gives what became of them."""

    parts: tuple = ()
    recorded = False

    def run(self, ctx):
        numbering.next_number(ctx, self.series)
        return [self._part(ctx, *each) for each in self.parts]

    def _part(self, ctx, by, command):
        part = Part(ctx, by, 7, type(command).__name__)
        try:
            return part.carry_out(command)
        except Refusal as refusal:
            part.put_on_record(refusal, item_id=5, batch=7)
            return refusal


@dataclasses.dataclass(frozen=True)
class BreakRule(TakeNumber):
    """Takes a number and then breaks a rule that only the database knows."""

    statement: str = ""

    def run(self, ctx):
        numbering.next_number(ctx, self.series)
        ctx.session.execute(text(self.statement))


CUT_OFF = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def taken(town):
    query = select(Counter.value).where(Counter.name.like("TICKETS-%"))
    return town.read(lambda session: session.scalar(query)) or 0


def once(key="key 1", request=b"one"):
    return Once(key, request, str)


def completing(town, subject, by, **answers):
    item = town.item(subject)
    command = CompleteWorkItem(item_id=item.id, revision=item.revision, answers=answers)
    return lambda: town.executor.execute(command, by=by)


def test_two_people_complete_an_item_at_once_and_one_reads_who_and_when(town):
    subject = town.begun("apply", "check", "review", "post", "end")
    first, second = subject.staff.township[:2]
    passes = {"conclusion": "审核通过"}

    results = at_once(completing(town, subject, first, **passes), completing(town, subject, second, **passes))

    [lost] = [result for result in results if isinstance(result, Exception)]
    assert isinstance(lost, AlreadyDone)
    winner = first if results[0] == subject.case_id else second
    assert winner.name in str(lost)
    assert work_items.moment(town.clock.now()) in str(lost)
    assert town.steps(subject) == ["county_decision"]
    assert [row.actor for row in town.journal(subject) if row.step == "township_review"] == [winner.name]
    assert town.verified().sound


def test_a_page_that_was_open_too_long_is_told_so(town):
    subject = town.begun("apply")
    item = town.item(subject)
    town.do(ClaimWorkItem(item_id=item.id), subject.cadre)

    with pytest.raises(Stale):
        town.do(CompleteWorkItem(item_id=item.id, revision=item.revision), subject.cadre)


def test_nobody_completes_what_another_unit_must_do(town):
    subject = town.begun("apply")

    with pytest.raises(NotYours, match=subject.staff.village):
        completing(town, subject, subject.staff.township[0], conclusion="属实")()


def test_a_repeated_key_gives_the_first_answer_and_no_second_effect(town):
    first = town.executor.execute(TakeNumber(), by=CONSOLE, once=once())

    with pytest.raises(Replayed) as again:
        town.executor.execute(TakeNumber(), by=CONSOLE, once=once())

    assert again.value.answer == first
    assert taken(town) == 1


def test_a_key_that_comes_back_with_another_request_is_refused(town):
    town.executor.execute(TakeNumber(), by=CONSOLE, once=once())

    with pytest.raises(KeyReused):
        town.executor.execute(TakeNumber(), by=CONSOLE, once=once(request=b"two"))

    assert taken(town) == 1


def test_a_key_is_each_persons_own(town):
    town.executor.execute(TakeNumber(), by=CONSOLE, once=once())

    with pytest.raises(NotAllowed):
        town.executor.execute(TakeNumber(), by=SYSTEM, once=once())


def test_a_key_pressed_many_times_at_once_has_one_effect(town):
    results = at_once(
        *(lambda: town.executor.execute(TakeNumber(), by=CONSOLE, once=once()) for _ in range(6))
    )

    answers = [result.answer if isinstance(result, Replayed) else result for result in results]
    assert len(set(answers)) == 1, results
    assert sum(isinstance(result, Replayed) for result in results) == 5
    assert taken(town) == 1


def test_the_key_of_a_refused_request_may_be_used_again(town):
    with pytest.raises(NotAllowed):
        town.executor.execute(TakeNumber(), by=SYSTEM, once=once())

    with pytest.raises(NotAllowed):
        town.executor.execute(TakeNumber(), by=SYSTEM, once=once())


@pytest.mark.seconds(120)
def test_numbers_taken_at_once_have_no_gap_and_no_double(town):
    results = at_once(
        *(lambda: [town.executor.execute(TakeNumber(), by=CONSOLE) for _ in range(5)] for _ in range(6))
    )

    year = town.clock.now().year
    assert sorted(itertools.chain(*results)) == [f"TICKETS-{year}-{number:06d}" for number in range(1, 31)]
    assert town.verified().sound


def test_the_first_numbers_of_a_year_taken_at_once_do_not_collide(town):
    results = at_once(*(lambda: town.executor.execute(TakeNumber("first"), by=CONSOLE) for _ in range(4)))

    assert len({result for result in results if isinstance(result, str)}) == 4, results


def test_a_database_that_stays_locked_is_a_refusal_and_changes_nothing(town_on_sqlite):
    town = town_on_sqlite
    impatient = Database(town.url)
    with impatient.engine.begin() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA busy_timeout=50")
    town.executor.database, patient = impatient, town.executor.database
    file = sqlite3.connect(town.url.removeprefix("sqlite:///"), isolation_level=None)
    file.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable):
        town.executor.execute(TakeNumber(), by=CONSOLE)
    file.execute("ROLLBACK")
    file.close()

    assert taken(town) == 0
    assert town.executor.execute(TakeNumber(), by=CONSOLE)
    town.executor.database = patient
    impatient.dispose()


def test_a_database_that_is_gone_is_a_refusal(town_on_postgresql):
    town = town_on_postgresql
    gone = Database(town.url.replace("host=", "host=/nowhere"))
    town.executor.database, there = gone, town.executor.database

    with pytest.raises(Unavailable):
        town.executor.execute(TakeNumber(), by=CONSOLE)

    town.executor.database = there


def test_a_connection_cut_between_two_commands_is_replaced(town_on_postgresql):
    town = town_on_postgresql
    town.executor.execute(TakeNumber(), by=CONSOLE)
    other = Database(town.url)
    with other.engine.begin() as connection:
        connection.execute(CUT_OFF)
    other.dispose()

    results = []
    for _ in range(4):
        try:
            results.append(town.executor.execute(TakeNumber(), by=CONSOLE))
        except Refusal as refusal:
            results.append(refusal)

    assert isinstance(results[-1], str), results
    assert taken(town) == 1 + sum(isinstance(result, str) for result in results)


def test_what_reads_cannot_write(town):
    with town.executor.database.reading() as session, pytest.raises(Exception, match="read"):
        session.execute(delete(Counter))


def test_every_instant_of_a_command_is_the_clocks(town):
    town.clock.set(datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC))
    subject = town.begun("apply")

    case = town.case(subject)
    assert {case.created_at, *(row.at for row in town.journal(subject))} == {town.clock.now()}
    assert {entry.at for entry in town.entries(f"case:{case.number}")} == {town.clock.now()}


def test_a_part_that_is_refused_undoes_itself_alone_and_is_on_record(town):
    parts = ((CONSOLE, TakeNumber()), (SYSTEM, TakeNumber()), (CONSOLE, TakeNumber()))

    first, refusal, third = town.executor.execute(TakeTwice(parts=parts), by=CONSOLE)

    assert isinstance(refusal, NotAllowed)
    assert (first[-1], third[-1]) == ("2", "3")
    assert taken(town) == 3
    [entry] = town.entries("refused")
    assert entry.command == "TakeNumber"
    assert '"asked":{"item_id":5,"batch":7}' in entry.body
    assert [one.command for one in town.entries("office")][-2:] == ["TakeNumber", "TakeNumber"]


def test_a_part_that_the_database_refuses_by_a_named_rule_undoes_itself_alone(town):
    subject = town.begun("apply")
    known = (
        "INSERT INTO cases SELECT 99999, 'X-1', procedure_key, procedure_name, version_id, division, "
        "division_name, subject, subject_name, subject_key, state, outcome, engine_state, variables, rounds, "
        "waiting, standing, steps, revision, head, kept, started_by_id, started_by, parent_number, "
        "parent_element, parent_round, created_at, due_at, ended_at, suspended_at, undo, paused_at FROM cases"
    )
    broken = (CONSOLE, BreakRule(statement=known))

    refusal, number = town.executor.execute(TakeTwice(parts=(broken, (CONSOLE, TakeNumber()))), by=CONSOLE)

    assert refusal.code == "case.already_running"
    assert number[-1] == "2"
    assert town.case(subject).number


def test_a_part_that_breaks_a_rule_without_a_name_takes_everything_back(town):
    town.begun("apply")
    unknown = BreakRule(statement="UPDATE cases SET division = NULL")

    with pytest.raises(Conflict):
        town.executor.execute(TakeTwice(parts=((CONSOLE, unknown),)), by=CONSOLE)

    assert taken(town) == 0
