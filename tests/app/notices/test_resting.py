"""A notice goes with its case: it rests and runs longer, or ends, as its case does."""

from datetime import date

import pytest

from app.notices import queries
from app.notices.commands import AtRest, CalledOff
from app.notices.queries import AT_REST, CALLED_OFF, PAST
from tests.app.notices.office import CADRE
from tests.app.notices.test_commands import notices_of, objected
from tests.app.notices.test_views import seen, sent, visitor
from workflows.handling import CancelCase, ResumeCase, SuspendCase

__all__ = ["visitor"]

ADMIN = "dongsheng-admin1"


def suspended(office):
    case = office.posted()
    office.do(SuspendCase(number=case.number, reason="等待上级批复"), office.actor(ADMIN))
    return case


def resumed(office, case, days):
    office.clock.advance(days=days)
    office.do(ResumeCase(number=case.number, reason="已批复"), office.actor(ADMIN))
    office.work()


def test_while_the_case_rests_nobody_objects_and_afterwards_they_can_again(office):
    case = suspended(office)

    with pytest.raises(AtRest):
        objected(office, case)
    office.clock.advance(days=3)
    with pytest.raises(AtRest):
        objected(office, case)
    resumed(office, case, 0)
    objected(office, case)

    assert office.waits_for(case.case_id) == ["household_check"]


def test_a_notice_runs_longer_by_as_many_days_as_its_case_rested(office):
    case = suspended(office)
    (before,) = notices_of(office, case)

    resumed(office, case, 9)

    (notice,) = notices_of(office, case)
    assert (notice.last_day - before.last_day).days == notice.rested == 9
    assert (notice.standing, notice.takes_objections, notice.moved) == ("running", True, False)
    office.clock.advance(days=5)
    office.work()
    assert notices_of(office, case)[0].standing == "running"
    office.clock.advance(days=1)
    office.work()
    assert notices_of(office, case)[0].standing == "undisputed"
    assert office.waits_for(case.case_id) == ["township_review"]


def test_a_notice_at_rest_stays_among_the_current_ones_however_long(office):
    case = suspended(office)
    office.clock.advance(days=30)

    current = office.read(queries.notices, office.clock.now())
    past = office.read(queries.notices, office.clock.now(), when=PAST)

    assert [each.case_number for each in current] == [case.number]
    assert past == []


def test_the_page_says_that_the_period_is_put_off_and_then_by_how_much(office, visitor):
    case = suspended(office)

    resting = seen(visitor.get("/notices/1"))
    resumed(office, case, 3)
    running = seen(visitor.get("/notices/1"))

    assert "暂停，公示期顺延" in resting
    assert "提交异议" not in resting
    assert "公示期顺延 3 天" in running
    assert "末日逢休假日顺延" not in running
    assert "提交异议" in running
    assert office.read(queries.notice, 1, office.clock.now()).last_day == date(2026, 3, 24)


def test_a_notice_of_a_case_that_was_ended_says_so_and_takes_nothing(office, visitor):
    case = office.posted()
    page = visitor.get("/notices/1")
    assert "提交异议" in seen(page)

    office.do(CancelCase(number=case.number, reason="农户放弃"), office.actor(CADRE))

    shown = seen(visitor.get("/notices/1"))
    assert "公示已中止（办件终止）" in shown
    assert "有人提出异议" not in shown
    assert "公示已中止（办件终止）" in seen(visitor.get("/notices?when=past"))
    with pytest.raises(CalledOff):
        objected(office, case)


def test_an_objection_sent_from_an_old_page_is_answered_in_words(office, visitor):
    case = office.posted()
    seen(visitor.get("/notices/1"))
    office.do(SuspendCase(number=case.number, reason="等待上级批复"), office.actor(ADMIN))

    given = {"name": "李四", "phone": "13900001111", "reason": "该户去年已领保险赔付。"}
    answer = sent(visitor, "/notices/1/objections", "/progress", **given)

    assert answer.status_code == 409
    assert "暂不受理网上异议" in seen(answer)


def test_the_household_reads_in_plain_words_that_its_case_rests_or_was_ended(office, visitor):
    case = suspended(office)
    four = office.case(case.number).subject["identity"]["mask"][-4:]

    def asked():
        return seen(sent(visitor, "/progress", "/progress", number=case.number, last_four=four))

    resting = asked()
    office.do(CancelCase(number=case.number, reason="农户放弃"), office.actor(ADMIN))
    ended = asked()

    assert AT_REST in resting
    assert "已挂起，暂停办理" in resting
    assert CALLED_OFF in ended
    assert "农户放弃" not in ended
