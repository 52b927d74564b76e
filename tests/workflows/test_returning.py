"""退回 and 撤回: where a case may go back to, and what stays of what was done."""

import pytest

from tests.workflows.approving import Approval, back
from workflows import catalogue
from workflows.errors import Invalid
from workflows.returning import (
    NoStraightReturn,
    NotExecuted,
    NothingToTakeBack,
    SendBackTo,
    WithdrawStep,
    ways_back,
)
from workflows.running import SaveDraft
from workflows.work_items import TAKEN_BACK, NotYours

WHY = "材料需补充"


@pytest.fixture
def linear(town):
    return Approval(town, "linear")


@pytest.fixture
def parallel(town_on_sqlite):
    return Approval(town_on_sqlite, "parallel")


# 退回


def test_sent_back_to_any_executed_step_it_goes_to_who_did_it_and_runs_through_again(linear):
    work = linear.begin("apply")
    first = work.do("a")
    work.do("b")

    back(work, "c", "a")

    assert work.steps == ["a"]
    assert work.item("a").assignee_id == first.person_id
    assert work.item("a").round == 2
    assert work.journal[-1]["conclusion"] == "退回"
    work.do("a")
    assert work.steps == ["b"]


def test_sent_back_to_the_applicant(linear):
    work = linear.begin("apply", "a")

    back(work, "b", "apply")

    assert work.item("apply").assignee_id == work.cadre.person_id


def test_sent_straight_back_it_returns_to_who_sent_it_past_the_steps_between(linear):
    work = linear.begin("apply", "a", "b")
    sender = work.who(work.item("c"))

    work.run(SendBackTo(item_id=work.item("c").id, to="apply", reason=WHY, straight=True), sender)
    work.do("apply")

    assert work.steps == ["c"]
    work.do("c")
    assert work.case.state == "ended"


def test_only_executed_steps_are_offered_and_taken(linear):
    work = linear.begin("apply", "a")
    ways = work.town.read(
        lambda session: ways_back(session, work.case, _release(session, work), work.item("b"))
    )

    assert [way.step for way in ways] == ["apply", "a"]
    for nowhere in ("c", "b", "S", "over", "nonsense"):
        with pytest.raises(NotExecuted):
            back(work, "b", nowhere)


def _release(session, work):
    return catalogue.release(session, work.case.version_id)


def test_what_is_mended_is_never_sent_straight_past_a_notice(town_on_sqlite):
    town = town_on_sqlite
    subject = town.begun("apply", "check", "review", "post", "end")
    item, case = town.item(subject), town.case(subject)

    ways = town.read(
        lambda session: ways_back(session, case, catalogue.release(session, case.version_id), item)
    )

    assert [(way.step, way.straight) for way in ways] == [
        ("apply", False),
        ("household_check", False),
        ("village_review", False),
        ("publicity", False),
    ]


def test_a_return_out_of_one_branch_takes_the_branches_beside_it_along(parallel):
    work = parallel.begin("apply", "b1")

    with pytest.raises(NoStraightReturn):
        back(work, "c", "apply", straight=True)
    back(work, "c", "apply")

    assert work.steps == ["apply"]
    for each in ("apply", "b1", "c", "b2", "d"):
        work.do(each)
    assert work.case.state == "ended"


def test_a_return_inside_a_branch_leaves_the_branches_beside_it_alone(parallel):
    work = parallel.begin("apply", "b1")

    back(work, "b2", "b1", straight=True)

    assert work.steps == ["b1", "c"]
    work.do("b1")
    assert work.steps == ["b2", "c"]


def test_a_return_through_a_countersign_takes_all_its_items_and_asks_all_again(town_on_sqlite):
    work = Approval(town_on_sqlite, "vote").begin("apply")
    work.do("m", place=0)

    item = work.item("m", place=1)
    work.run(SendBackTo(item_id=item.id, to="apply", reason=WHY), work.who(item))

    assert work.steps == ["apply"]
    work.do("apply")
    assert work.steps == ["m", "m", "m"]
    for place in (0, 1):
        work.do("m", place=place)
    assert work.steps == ["d"]


def test_a_return_needs_a_reason(linear):
    work = linear.begin("apply", "a")
    with pytest.raises(Invalid) as refused:
        work.run(SendBackTo(item_id=work.item("b").id, to="a", reason=" "), work.who(work.item("b")))
    assert "reason" in refused.value.errors


# 撤回


def test_a_step_is_taken_back_with_what_was_typed_while_nobody_has_begun_on_the_next(linear):
    work = linear.begin("apply")
    doer = work.do("a", note="第一次")

    work.run(WithdrawStep(item_id=work.last("a").id, reason="填错了"), doer)

    assert work.steps == ["a"]
    assert work.item("a").assignee_id == doer.person_id
    assert work.item("a").draft["note"] == "第一次"
    assert [item.state for item in work.items if item.step == "a"] == [TAKEN_BACK, "claimed"]
    assert "a" not in work.case.variables
    work.do("a", note="第二次")
    assert work.case.variables["a"]["note"] == "第二次"


def test_once_somebody_has_begun_on_the_next_step_it_cannot_be_taken_back(linear):
    work = linear.begin("apply")
    doer = work.do("a")
    item = work.item("b")
    work.run(SaveDraft(item_id=item.id, answers={"note": "在看"}), work.other(doer))

    with pytest.raises(NothingToTakeBack, match="着手"):
        work.run(WithdrawStep(item_id=work.last("a").id, reason="填错了"), doer)


def test_nobody_takes_back_what_another_did(linear):
    work = linear.begin("apply")
    doer = work.do("a")

    with pytest.raises(NotYours):
        work.run(WithdrawStep(item_id=work.last("a").id, reason="x"), work.other(doer))


def test_a_step_in_one_branch_is_taken_back_whatever_the_other_branch_did_since(parallel):
    work = parallel.begin("apply")
    doer = work.do("b1")
    work.do("c")

    work.run(WithdrawStep(item_id=work.last("b1").id, reason="填错了"), doer)

    assert work.steps == ["b1"]
    for each in ("b1", "b2", "d"):
        work.do(each)
    assert work.case.state == "ended"


def test_a_vote_is_taken_back_and_given_anew(town_on_sqlite):
    work = Approval(town_on_sqlite, "vote").begin("apply")
    doer = work.do("m", place=0)
    work.do("m", "不同意", place=2)
    voted = next(item for item in work.items if item.step == "m" and item.place == 0)

    work.run(WithdrawStep(item_id=voted.id, reason="投错了"), doer)

    assert sorted(item.place for item in work.open) == [0, 1]
    work.do("m", "不同意", place=0)
    work.do("m", "不同意", place=1)
    assert work.case.variables["m"] == {"total": 3, "done": 3, "yes": 0, "no": 3, "abstain": 0}


def test_the_vote_that_decided_is_taken_back_and_the_others_may_vote_again(town_on_sqlite):
    work = Approval(town_on_sqlite, "vote").begin("apply")
    work.do("m", place=0)
    doer = work.do("m", place=1)
    assert work.steps == ["d"]
    voted = next(item for item in work.items if item.step == "m" and item.place == 1)

    work.run(WithdrawStep(item_id=voted.id, reason="投错了"), doer)

    assert sorted(item.place for item in work.open) == [1, 2]
    work.do("m", place=2)
    assert work.steps == ["d"]
