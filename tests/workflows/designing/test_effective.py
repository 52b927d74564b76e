"""A version takes effect at its time, to the instant, worker or none; until then it may be withdrawn."""

from datetime import timedelta

import pytest

from tests.workflows import approving
from tests.workflows.designing.desk import ChangeDesk
from tests.workflows.designing.drafts import redrawn
from workflows.cases import Case
from workflows.catalogue import PUBLISHED, RETIRED, SCHEDULED, WITHDRAWN, Bundle, NotPublished, Procedure
from workflows.commands import SYSTEM
from workflows.designing.effective import NotTheirsToWithdraw, NotWaiting, TakeEffect, WithdrawVersion
from workflows.designing.retiring import (
    ConfirmRetirement,
    DropRetirement,
    ProposeRetirement,
    RetirementClosed,
    SamePerson,
    StillToCome,
)
from workflows.errors import Invalid, NotAllowed
from workflows.running import StartCase

OLD = approving.draft("linear")
SECOND = redrawn(OLD, 'name="B"', 'name="镇级复核"')
THIRD = redrawn(SECOND, 'name="C"', 'name="办结"')
PAPER = {"number": "东乡振发〔2026〕9号", "title": "关于停办的通知"}


@pytest.fixture
def desk(town):
    return ChangeDesk(town, OLD)


def begun(desk):
    """The number of the version a new case follows."""
    staff = desk.town.staffs[0]
    started = desk.do(StartCase(procedure=desk.key, division=staff.division), staff.cadres[0])
    version_id = desk.town.read(lambda s: s.get_one(Case, started.case_id).version_id)
    return next(n for n, _ in desk.versions() if desk.version(n).id == version_id)


def retirement(desk):
    return desk.do(ProposeRetirement(procedure=desk.key, reason="政策到期。", document=PAPER), desk.zhao)


def withdraw(desk, number, by, reason="文件推迟执行。"):
    return desk.do(WithdrawVersion(procedure=desk.key, number=number, reason=reason), by)


def test_until_its_time_new_cases_follow_the_old_version_and_from_it_the_new_one(desk):
    desk.published(SECOND, effective=desk.later(days=3))
    assert desk.versions() == [(1, PUBLISHED), (2, SCHEDULED)]

    desk.town.clock.set(desk.version(2).effective_at - timedelta(microseconds=1))
    assert begun(desk) == 1
    desk.town.clock.set(desk.version(2).effective_at)
    assert begun(desk) == 2


def test_a_worker_writes_down_what_holds_already_and_only_once(desk):
    desk.published(SECOND, effective=desk.later(days=3))
    desk.town.clock.advance(days=3)

    desk.town.work()
    known = len(desk.trail())
    desk.town.work()

    assert desk.versions() == [(1, RETIRED), (2, PUBLISHED)]
    assert desk.town.read(lambda s: s.get_one(Procedure, desk.key).current_version_id) == desk.version(2).id
    assert any("TakeEffect" in body and '"versions":[2]' in body for body in desk.trail())
    assert len(desk.trail()) == known
    assert desk.do(TakeEffect(procedure=desk.key), SYSTEM) == 0


def test_nobody_brings_the_time_forward(desk):
    with pytest.raises(NotAllowed):
        desk.do(TakeEffect(procedure=desk.key), desk.zhao)


def test_several_versions_wait_and_take_their_turns(desk):
    desk.published(SECOND, effective=desk.later(days=3))
    amendment = desk.drafted(THIRD)
    desk.submit(amendment, effective=desk.later(days=6))
    desk.review(amendment)
    desk.publish(amendment, acknowledged=(2,))

    followed = [begun(desk)]
    for _ in range(2):
        desk.town.clock.advance(days=3)
        followed.append(begun(desk))

    assert followed == [1, 2, 3]
    desk.town.work()
    assert desk.versions() == [(1, RETIRED), (2, RETIRED), (3, PUBLISHED)]


def test_one_published_later_for_an_earlier_day_comes_first(desk):
    desk.published(THIRD, effective=desk.later(days=6))
    amendment = desk.drafted(SECOND)
    desk.submit(amendment, effective=desk.later(days=3))
    desk.review(amendment)
    desk.publish(amendment, acknowledged=(2,))

    desk.town.clock.advance(days=4)
    assert begun(desk) == 3
    desk.town.clock.advance(days=4)
    assert begun(desk) == 2
    desk.town.work()
    assert desk.versions() == [(1, RETIRED), (2, PUBLISHED), (3, RETIRED)]


def test_what_waits_may_be_withdrawn_by_who_published_it_with_a_reason(desk):
    desk.published(SECOND, effective=desk.later(days=3))
    with pytest.raises(Invalid):
        withdraw(desk, 2, desk.sun, " ")
    with pytest.raises(NotTheirsToWithdraw, match="钱二、孙三"):
        withdraw(desk, 2, desk.zhao)

    withdraw(desk, 2, desk.sun)

    desk.town.clock.advance(days=4)
    desk.town.work()
    assert begun(desk) == 1
    assert desk.versions() == [(1, PUBLISHED), (2, WITHDRAWN)]
    assert desk.version(2).withdrawn_why == "文件推迟执行。"


def test_what_has_begun_to_hold_is_not_withdrawn(desk):
    desk.published(SECOND, effective=desk.later(days=3))
    desk.town.clock.advance(days=3)

    with pytest.raises(NotWaiting):
        withdraw(desk, 2, desk.sun)


def test_a_procedure_is_retired_by_two_people(desk):
    proposal = retirement(desk)
    with pytest.raises(SamePerson):
        desk.do(ConfirmRetirement(retirement_id=proposal), desk.zhao)
    assert begun(desk) == 1

    desk.do(ConfirmRetirement(retirement_id=proposal), desk.qian)

    with pytest.raises(NotPublished):
        begun(desk)
    assert desk.versions() == [(1, RETIRED)]
    with pytest.raises(RetirementClosed):
        desk.do(DropRetirement(retirement_id=proposal), desk.zhao)


def test_a_retirement_that_was_dropped_changes_nothing(desk):
    desk.do(DropRetirement(retirement_id=retirement(desk)), desk.zhao)

    assert begun(desk) == 1


def test_a_retirement_names_its_document_and_waits_for_no_version(desk):
    with pytest.raises(Invalid) as refusal:
        desk.do(ProposeRetirement(procedure=desk.key, reason="政策到期。", document={}), desk.zhao)
    assert set(refusal.value.errors) == {"number", "title"}

    proposal = retirement(desk)
    desk.published(SECOND, effective=desk.later(days=3))

    with pytest.raises(StillToCome, match="第 2 版"):
        desk.do(ConfirmRetirement(retirement_id=proposal), desk.qian)


def test_an_earlier_version_comes_back_as_a_new_one_by_the_same_road(desk):
    desk.published(SECOND)
    desk.town.clock.advance(seconds=1)
    back = desk.open(version=1, title="恢复原流程")
    desk.submit(back)
    desk.review(back)

    assert desk.publish(back) == 3

    assert desk.versions() == [(1, RETIRED), (2, RETIRED), (3, PUBLISHED)]
    assert Bundle.load(desk.version(3).bundle).diagrams == OLD.diagrams


def test_a_retired_procedure_comes_back_by_the_same_road(desk):
    desk.do(ConfirmRetirement(retirement_id=retirement(desk)), desk.qian)
    desk.town.clock.advance(seconds=1)
    back = desk.open(version=1, title="恢复办理")
    desk.submit(back)
    desk.review(back)

    assert desk.publish(back) == 2
    assert begun(desk) == 2
