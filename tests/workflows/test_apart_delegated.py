"""[[apart]] and 委派: filling in for a colleague is doing the step, also where the colleague decides it."""

import pytest

from tests.workflows.approving import Approval
from workflows.errors import Invalid
from workflows.exclusion import KeptApart
from workflows.running import TransferWorkItem
from workflows.signing import DelegateWorkItem
from workflows.work_items import DELEGATED

WHY = "请先核"


@pytest.fixture
def strict(town):
    return Approval(town, "linear", apart=[{"steps": ["a", "b"]}])


def delegated(work, step):
    """The step's decider and the colleague to whom it is delegated."""
    item = work.item(step)
    boss = work.who(item)
    helper = work.other(boss)
    work.run(DelegateWorkItem(item_id=item.id, to_person_id=helper.person_id, reason=WHY), boss)
    return boss, helper


def test_who_filled_in_the_one_step_for_a_colleague_may_not_do_the_other(strict):
    work = strict.begin("apply")
    boss, helper = delegated(work, "a")
    work.do("a", by=helper, kind=DELEGATED, note="已核")
    work.do("a", by=boss)

    for hand in (helper, boss):
        with pytest.raises(KeptApart):
            work.do("b", by=hand)
    assert work.steps == ["b"]


def test_nor_is_the_other_step_handed_or_delegated_to_them(strict):
    work = strict.begin("apply")
    boss, helper = delegated(work, "a")
    work.do("a", by=helper, kind=DELEGATED, note="已核")
    work.do("a", by=boss)
    item = work.item("b")

    with pytest.raises(Invalid):
        work.run(TransferWorkItem(item_id=item.id, to_person_id=helper.person_id, reason=WHY), boss)
    with pytest.raises(Invalid):
        work.run(DelegateWorkItem(item_id=item.id, to_person_id=helper.person_id, reason=WHY), boss)


def test_without_a_rule_who_filled_in_may_go_on(town_on_sqlite):
    work = Approval(town_on_sqlite, "linear").begin("apply")
    boss, helper = delegated(work, "a")
    work.do("a", by=helper, kind=DELEGATED, note="已核")
    work.do("a", by=boss)

    work.do("b", by=helper)

    assert work.steps == ["c"]
