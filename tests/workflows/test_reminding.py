"""Whoever an item waits for is told when its limit is near, when it is over, and again; each stage once."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.calendars.commands import ChangeDay
from app.messages.models import Message
from app.security import demo
from tests.workflows.desks import at_once, opened
from workflows import reminding, worker
from workflows.cases import SUSPENDED, Case
from workflows.clock import LOCAL, end_of_day
from workflows.commands import SYSTEM
from workflows.outbox import OutboxEffect
from workflows.reminding import RemindItem
from workflows.running import ClaimWorkItem
from workflows.work_items import WorkItem

NEAR, OVER = "办理期限将到", "已超过办理期限"


def at(day, hour=9, minute=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


def told(town):
    """Every message so far, with whom it is for."""
    query = select(Message.person_id, Message.text, Message.link).order_by(Message.id)
    return [row for row in town.read(lambda session: session.execute(query).all()) if "期限" in row.text]


def texts(town):
    return [row.text for row in told(town)]


def waiting(town):
    """A case at 入户核实, due at the end of Monday the 23rd."""
    subject = town.begun("apply")
    assert town.item(subject).due_at == end_of_day(date(2026, 3, 23))
    return subject


def test_everyone_who_may_act_is_told_once_on_the_working_day_before(town):
    subject = waiting(town)
    town.clock.set(at(20, 8, 29))
    town.work()
    assert told(town) == []

    town.clock.set(at(20, 8, 30))
    town.work()
    town.work()
    town.clock.advance(hours=2)
    town.work()

    assert sorted(row.person_id for row in told(town)) == sorted(
        each.person_id for each in subject.staff.cadres
    )
    assert all(NEAR in row.text and row.link == f"/items/{town.item(subject).id}" for row in told(town))


def test_whoever_took_the_item_is_told_alone(town):
    subject = waiting(town)
    town.do(ClaimWorkItem(item_id=town.item(subject).id), subject.cadre)

    town.clock.set(at(20))
    town.work()

    assert [row.person_id for row in told(town)] == [subject.cadre.person_id]


def test_over_its_limit_it_is_said_on_the_next_working_day_then_every_third_five_times(town):
    subject = waiting(town)
    town.do(ClaimWorkItem(item_id=town.item(subject).id), subject.cadre)

    days = []
    for _ in range(45):
        town.clock.advance(days=1)
        before = len(told(town))
        town.work()
        days += [town.clock.now().astimezone(LOCAL).strftime("%m-%d")] * (len(told(town)) - before)

    assert days == ["03-20", "03-24", "03-27", "04-01", "04-07", "04-10", "04-15"]
    assert [text[:6] for text in texts(town)] == [NEAR[:6]] + [OVER[:6]] * 6


def test_whoever_started_the_case_is_told_once_that_an_office_is_late(town):
    subject = town.begun("apply", "check", "review", "post", "end")
    starter = subject.cadre.person_id
    due = town.item(subject).due_at

    for _ in range(14):
        town.clock.advance(days=1)
        town.work()

    own = [row for row in told(town) if row.person_id == starter]
    assert town.clock.now() > due
    assert len(own) == 1
    assert "系统已提醒承办人员" in own[0].text
    assert own[0].link == f"/cases/{town.case(subject).number}"


@pytest.mark.parametrize("when", [at(20, 3), at(20, 21), at(21, 10), at(22, 10)])
def test_by_night_and_on_days_off_nobody_is_told(town, when):
    waiting(town)
    town.clock.set(when)

    town.work()

    assert told(town) == []


def test_a_day_off_of_ones_own_puts_the_reminder_off(town):
    waiting(town)
    admin = town.read(
        lambda session: next(a.actor() for a in demo.accounts(session) if a.username == "dongsheng-admin1")
    )
    town.do(ChangeDay(day=date(2026, 3, 20), works=False, why="停电检修"), admin)
    town.clock.set(at(20, 10))
    town.work()
    assert told(town) == []

    town.clock.set(at(23, 10))
    town.work()

    assert {text[:6] for text in texts(town)} == {NEAR[:6]}


def test_stages_that_passed_while_no_worker_ran_are_not_made_up_for(town):
    subject = waiting(town)
    town.do(ClaimWorkItem(item_id=town.item(subject).id), subject.cadre)

    town.clock.set(at(2, 10, month=4))
    town.work()

    assert len(told(town)) == 1
    assert OVER in texts(town)[0]


def test_several_workers_at_once_tell_each_stage_once(town):
    subjects = [waiting(town) for _ in range(4)]
    for subject in subjects:
        town.do(ClaimWorkItem(item_id=town.item(subject).id), subject.cadre)
    town.clock.set(at(20))
    offices = [opened(town.url, town.folder, town.clock) for _ in range(3)]

    done = at_once(*(lambda office=office: worker.drain(office) for office in offices))

    for office in offices:
        office.database.dispose()
    assert all(isinstance(each, int) for each in done), done
    assert len(told(town)) == len(subjects)


def test_what_is_done_or_withdrawn_is_not_reminded_of(town):
    subject = waiting(town)
    item = town.item(subject).id
    town.take(subject, "check")

    row = town.read(lambda session: session.get(WorkItem, item))
    town.clock.set(at(20))
    reminded = town.do(RemindItem(item_id=item), SYSTEM)

    assert row.remind_at is None
    assert not reminded


def test_a_suspended_case_is_left_in_peace_and_asked_again_the_next_day(town):
    subject = waiting(town)
    town.change(update(Case).where(Case.id == subject.case_id).values(state=SUSPENDED))
    town.clock.set(at(20))

    town.work()

    assert told(town) == []
    assert town.item(subject).remind_at == at(23, 8, 30)
    town.change(update(Case).where(Case.id == subject.case_id).values(state="running"))
    town.clock.set(at(23))
    town.work()
    assert len(told(town)) == len(subject.staff.cadres)


def test_a_broken_case_does_not_keep_others_from_being_told(town):
    torn, sound = waiting(town), waiting(town)
    town.do(ClaimWorkItem(item_id=town.item(sound).id), sound.cadre)
    town.change(text("UPDATE cases SET variables = 'torn' WHERE id = :id"), id=torn.case_id)
    town.clock.set(at(20))

    town.work()

    assert [row.person_id for row in told(town)] == [sound.cadre.person_id]


def test_the_promise_and_the_stage_stand_or_fall_together(town):
    subject = waiting(town)
    item = town.item(subject).id
    town.clock.set(at(20))

    assert town.do(RemindItem(item_id=item), SYSTEM)

    promised = select(func.count(OutboxEffect.id)).where(OutboxEffect.delivered_at.is_(None))
    assert town.read(lambda session: session.scalar(promised)) == 1
    assert town.item(subject).remind_at == at(24, 8, 30)
    assert not town.do(RemindItem(item_id=item), SYSTEM)
    entry = town.entries(f"case:{town.case(subject).number}")[-1]
    assert (entry.command, '"reminded":0' in entry.body) == ("RemindItem", True)
    assert town.verified().sound


def test_due_reminders_are_found_by_an_index(town):
    asked = reminding._DUE.limit(50).params(now=town.clock.now())
    engine = town.executor.database.engine
    statement = str(asked.compile(engine, compile_kwargs={"literal_binds": True}))

    with engine.connect() as connection:
        if town.executor.database.is_postgresql:
            connection.exec_driver_sql("SET enable_seqscan = off; SET enable_bitmapscan = off")
        how = "EXPLAIN " if town.executor.database.is_postgresql else "EXPLAIN QUERY PLAN "
        plan = " ".join(str(row) for row in connection.exec_driver_sql(how + statement))

    assert "ix_work_item_remind" in plan
    assert not re.search("Sort|TEMP B-TREE", plan)


def test_an_item_reminded_of_last_is_out_of_the_way(town):
    subject = waiting(town)
    for _ in range(45):
        town.clock.advance(timedelta(days=1))
        town.work()

    assert town.item(subject).remind_at is None
