from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.notices.models import Notice
from tests.workflows.desks import at_once
from workflows import timers
from workflows.cases import Case
from workflows.clock import LOCAL, end_of_day, local_date
from workflows.commands import CONSOLE, SYSTEM
from workflows.errors import Conflict, NotAllowed
from workflows.timers import DueCase, Timer
from workflows.waking import NotWaiting, WakeCase
from workflows.work_items import WorkItem

POSTED = ("apply", "check", "review", "post")


def standing(town):
    query = select(Timer.case_id, Timer.element, Timer.due_at)
    return town.read(lambda session: [tuple(row) for row in session.execute(query)])


def test_a_notice_sets_the_timer_that_ends_it_at_midnight(town):
    subject = town.begun(*POSTED)

    last_day = local_date(town.clock.now()) + timedelta(days=5)
    assert standing(town) == [(subject.case_id, "publicity_end", end_of_day(last_day))]


def test_a_second_before_midnight_nothing_happens_and_at_midnight_it_does(town):
    subject = town.begun(*POSTED)
    [(_, _, due)] = standing(town)

    town.clock.set(due - timedelta(seconds=1))
    early = town.work()
    town.clock.set(due)
    late = town.work()

    assert (early, late) == (0, 1)
    assert town.steps(subject) == ["township_review"]
    assert standing(town) == []


def test_an_objection_takes_the_timer_away(town):
    subject = town.begun(*POSTED, "object")

    town.clock.advance(days=30)

    assert standing(town) == []
    before = len(town.journal(subject))
    town.work()
    assert len(town.journal(subject)) == before
    assert town.steps(subject) == ["household_check"]


def test_objection_and_end_of_notice_at_the_same_instant_decide_one_way_for_all(town):
    for _ in range(4):
        subject = town.begun(*POSTED)
        [(_, _, due)] = standing(town)
        town.clock.set(due - timedelta(microseconds=1))

        def wake(subject=subject, due=due):
            town.clock.set(due)
            return town.do(WakeCase(case_id=subject.case_id), SYSTEM)

        objection, woken = at_once(lambda subject=subject: town.take(subject, "object"), wake)
        town.work()  # a worker that found the case locked comes back

        notice = town.read(
            lambda session, subject=subject: session.scalars(
                select(Notice).where(Notice.case_id == subject.case_id)
            ).one()
        )
        if objection is None:
            assert woken is False or isinstance(woken, Conflict)
            assert (town.steps(subject), notice.result) == (["household_check"], "有异议")
        else:
            assert isinstance(objection, Conflict)
            assert (town.steps(subject), notice.result) == (["township_review"], "无异议")
        assert standing(town) == []
        assert town.verified().sound
        town.clock.set(town.clock.now() + timedelta(hours=9))


def test_two_workers_wake_a_case_at_once_and_one_of_them_does(town):
    subject = town.begun(*POSTED)
    town.clock.advance(days=6)

    results = at_once(*(lambda: town.do(WakeCase(case_id=subject.case_id), SYSTEM) for _ in range(4)))

    assert sorted(results) == [False, False, False, True]
    assert [row.kind for row in town.journal(subject)].count("timer") == 1


def test_a_case_that_is_not_due_is_not_woken(town):
    subject = town.begun(*POSTED)

    assert town.do(WakeCase(case_id=subject.case_id), SYSTEM) is False
    assert town.do(WakeCase(case_id=999_999), SYSTEM) is False


def test_only_the_system_wakes(town):
    subject = town.begun(*POSTED)

    with pytest.raises(NotAllowed):
        town.do(WakeCase(case_id=subject.case_id), CONSOLE)


def test_a_suspended_case_sleeps_on(town):
    subject = town.begun(*POSTED)
    town.change(update(Case).where(Case.id == subject.case_id).values(state="suspended"))
    town.clock.advance(days=6)

    assert town.work() == 0
    assert town.steps(subject) == []


def test_a_message_nobody_waits_for_is_refused(town):
    subject = town.begun(*POSTED)
    town.clock.advance(days=6)
    town.work()

    with pytest.raises((NotWaiting, Conflict)):
        town.take(subject, "object")


def test_a_long_absence_of_the_worker_is_made_up_for_in_one_go(town):
    subjects = [town.begun(*POSTED) for _ in range(3)]

    town.clock.advance(days=400)

    assert town.work() == 3
    assert [town.steps(subject) for subject in subjects] == [["township_review"]] * 3


def test_due_cases_are_paged_the_longest_overdue_first(town):
    subjects = []
    for day in range(5):
        town.clock.set(datetime(2026, 3, 16 + day, 10, 0, tzinfo=LOCAL))
        subjects.append(town.begun(*POSTED))
    town.clock.advance(days=10)

    def paged(session):
        found, behind = [], None
        while page := timers.cases_due(session, town.clock.now(), 2, behind=behind):
            found, behind = found + page, page[-1]
        return found

    due = town.read(paged)
    assert [each.case_id for each in due] == [subject.case_id for subject in subjects]
    assert all(isinstance(each, DueCase) for each in due)


def test_time_alone_concludes_nothing(town):
    """What a timer causes is written down as its doing; nobody's conclusion, no end, no item done."""
    subject = town.begun("apply", "check", "review", "post")
    before = len(town.journal(subject))

    town.take(subject, "end")

    caused, case = town.journal(subject)[before:], town.case(subject)
    assert [(row.kind, row.actor_id) for row in caused] == [("timer", None), ("system", None)]
    assert {(row.kind, row.conclusion) for row in caused if row.conclusion} <= {("system", "无异议")}
    assert (case.state, case.outcome) == ("running", None)
    assert town.steps(subject) == ["township_review"]
    query = select(WorkItem.done_by_id, WorkItem.conclusion).where(
        WorkItem.case_id == subject.case_id, WorkItem.done_at == town.clock.now()
    )
    assert town.read(lambda session: session.execute(query).all()) == []
