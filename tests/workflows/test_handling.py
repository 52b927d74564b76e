"""终止, 挂起, 恢复, 跳转, 抄送, 传阅: what is done with a case as a whole."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.workflows.approving import Approval, administrator, back
from workflows.cases import CANCELLED, SUSPENDED, CaseNotRunning
from workflows.copies import CaseCopy, ReadCopy, SendCopies, UnknownCopy
from workflows.errors import Invalid
from workflows.handling import CancelCase, JumpItem, NotToHandle, ResumeCase, SuspendCase
from workflows.returning import (
    WithdrawStep,
)

WHY = "材料需补充"


@pytest.fixture
def linear(town):
    return Approval(town, "linear")


@pytest.fixture
def parallel(town_on_sqlite):
    return Approval(town_on_sqlite, "parallel")


# 终止、挂起、恢复、跳转


@pytest.fixture
def admin(town):
    return administrator(town)


def test_the_starter_ends_the_case_and_nothing_of_it_stays_open(linear):
    work = linear.begin("apply")

    work.run(CancelCase(number=work.number, reason="农户不再申请"), work.cadre)

    assert (work.case.state, work.open) == (CANCELLED, [])
    assert work.journal[-1]["opinion"] == "农户不再申请"


def test_nobody_else_ends_it(linear):
    work = linear.begin("apply")
    with pytest.raises(NotToHandle):
        work.run(CancelCase(number=work.number, reason="x"), work.who(work.item("a")))


def test_while_a_case_rests_nobody_acts_and_its_limits_move_by_as_long(linear, admin):
    work = linear.begin("apply")
    due = work.item("a").due_at
    work.run(SuspendCase(number=work.number, reason="等上级批复"), admin)

    assert work.case.state == SUSPENDED
    with pytest.raises(CaseNotRunning):
        work.do("a")
    work.town.clock.advance(days=7)
    work.run(ResumeCase(number=work.number, reason="已批复"), admin)

    assert work.item("a").due_at >= due + timedelta(days=7)
    work.do("a")
    assert work.steps == ["b"]


def test_an_administrator_puts_a_case_elsewhere_with_a_reason(linear, admin):
    work = linear.begin("apply", "a")

    work.run(JumpItem(item_id=work.item("b").id, to="c", reason="误走一步"), admin)
    assert work.steps == ["c"]
    work.run(JumpItem(item_id=work.item("c").id, to="apply", reason="重来"), admin)
    assert work.steps == ["apply"]


def test_who_handles_cases_does_not_jump(linear):
    work = linear.begin("apply", "a")
    item = work.item("b")
    with pytest.raises(NotToHandle):
        work.run(JumpItem(item_id=item.id, to="c", reason="x"), work.who(item))


def test_a_jump_into_a_branch_is_refused(parallel):
    work = parallel.begin()
    with pytest.raises(Invalid):
        work.run(JumpItem(item_id=work.item("apply").id, to="b2", reason="x"), administrator(work.town))


# 抄送、传阅


def test_a_copy_lets_its_reader_read_and_nothing_more(linear):
    work = linear.begin("apply")
    boss, reader = work.who(work.item("a")), work.staff.county[0]

    sent = SendCopies(number=work.number, kind="circulate", to_person_ids=(reader.person_id,), words="请阅")
    assert work.run(sent, boss) == 1
    assert work.run(sent, boss) == 0
    copy = work.town.read(lambda session: session.scalars(select(CaseCopy)).one())
    with pytest.raises(UnknownCopy):
        work.run(ReadCopy(copy_id=copy.id), boss)
    work.run(ReadCopy(copy_id=copy.id, answer="已阅，无意见"), reader)

    assert work.journal[-1]["opinion"] == "已阅，无意见"
    assert work.steps == ["a"]


def test_what_happened_stays_verifiable(linear):
    work = linear.begin("apply")
    doer = work.do("a")
    work.run(WithdrawStep(item_id=work.last("a").id, reason="填错了"), doer)
    work.do("a")
    back(work, "b", "apply")
    work.do("apply")

    assert work.town.verified().sound
