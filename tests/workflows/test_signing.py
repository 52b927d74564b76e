"""委派, 加签, 减签, 会签: who is asked beside a step, and what waits for whom."""

import pytest

from tests.workflows.approving import Approval, back
from workflows.asides import WaitsForOthers
from workflows.returning import (
    WithdrawStep,
)
from workflows.running import CompleteWorkItem, TransferWorkItem
from workflows.signing import AddSigners, DelegateWorkItem, NotAdded, NoVoters, RemoveSigner
from workflows.work_items import AFTER, BEFORE, DELEGATED, HELD, Held, NotYours

WHY = "材料需补充"


@pytest.fixture
def linear(town):
    return Approval(town, "linear")


@pytest.fixture
def parallel(town_on_sqlite):
    return Approval(town_on_sqlite, "parallel")


# 委派、加签


def test_what_is_delegated_is_filled_in_by_a_colleague_and_decided_by_who_delegated(linear):
    work = linear.begin("apply")
    item = work.item("a")
    boss = work.who(item)
    helper = work.other(boss)

    work.run(DelegateWorkItem(item_id=item.id, to_person_id=helper.person_id, reason="请先核"), boss)
    with pytest.raises(WaitsForOthers, match=helper.name):
        work.do("a", by=boss)
    work.do("a", by=helper, kind=DELEGATED, note="已核三项")

    assert work.steps == ["a"]
    assert work.item("a").draft["note"] == "已核三项"
    work.do("a", by=boss)
    assert work.steps == ["b"]


def test_the_delegate_does_not_decide(linear):
    work = linear.begin("apply")
    item = work.item("a")
    boss = work.who(item)
    helper = work.other(boss)
    work.run(DelegateWorkItem(item_id=item.id, to_person_id=helper.person_id, reason="请先核"), boss)

    with pytest.raises(NotYours):
        work.run(CompleteWorkItem(item_id=item.id, answers={"conclusion": "同意"}), helper)


def test_a_signer_before_signs_before_the_decision(linear):
    work = linear.begin("apply")
    boss, signer = work.who(work.item("a")), work.staff.county[0]
    ask = AddSigners(
        item_id=work.item("a").id, place=BEFORE, to_person_ids=(signer.person_id,), reason="请把关"
    )
    work.run(ask, boss)

    with pytest.raises(WaitsForOthers, match=signer.name):
        work.do("a", by=boss)
    work.do("a", "不同意", by=signer, kind=BEFORE)

    assert work.steps == ["a"]
    work.do("a", by=boss)
    assert work.steps == ["b"]


def test_a_signer_behind_brings_the_decision_into_force(linear):
    work = linear.begin("apply")
    boss, signer = work.who(work.item("a")), work.staff.county[0]
    ask = AddSigners(
        item_id=work.item("a").id, place=AFTER, to_person_ids=(signer.person_id,), reason="请会签"
    )
    work.run(ask, boss)
    assert signer.person_id not in [i.assignee_id for i in work.open if i.state == "claimed"]

    work.do("a", by=boss, note="定了")
    assert work.last("a").state == HELD
    with pytest.raises(Held):
        work.do("a", by=boss)
    work.do("a", by=signer, kind=AFTER)

    assert work.steps == ["b"]
    decided = [row for row in work.journal if row["kind"] == "task"][-1]
    assert (decided["step"], decided["actor"]) == ("a", boss.name)
    assert work.case.variables["a"]["note"] == "定了"


def test_a_signer_behind_who_refuses_gives_the_decision_back_and_all_sign_the_next_one(linear):
    work = linear.begin("apply")
    boss, first, second = work.who(work.item("a")), *work.staff.county[:2]
    people = (first.person_id, second.person_id)
    work.run(AddSigners(item_id=work.item("a").id, place=AFTER, to_person_ids=people, reason="请会签"), boss)
    work.do("a", by=boss)
    sign = [item for item in work.open if item.kind == AFTER]
    for signer, item, verdict in zip((first, second), sign, ("同意", "不同意"), strict=True):
        answers = {"conclusion": verdict, "opinion": "金额不符"}
        work.run(CompleteWorkItem(item_id=item.id, answers=answers), signer)

    assert work.item("a").state == "claimed"
    work.do("a", by=boss)
    assert sorted(i.assignee_id for i in work.open if i.kind == AFTER) == sorted(people)
    for signer in (first, second):
        item = next(i for i in work.open if i.kind == AFTER and i.assignee_id == signer.person_id)
        work.run(CompleteWorkItem(item_id=item.id, answers={"conclusion": "同意"}), signer)
    assert work.steps == ["b"]


def test_a_held_decision_is_taken_back_by_who_made_it(linear):
    work = linear.begin("apply")
    boss, signer = work.who(work.item("a")), work.staff.county[0]
    ask = AddSigners(
        item_id=work.item("a").id, place=AFTER, to_person_ids=(signer.person_id,), reason="请会签"
    )
    work.run(ask, boss)
    work.do("a", by=boss)

    work.run(WithdrawStep(item_id=work.item("a").id, reason="再想想"), boss)

    assert [item.state for item in work.open] == ["claimed", "planned"]


def test_leaving_the_last_signer_out_lets_the_decision_count(linear):
    work = linear.begin("apply")
    boss, signer = work.who(work.item("a")), work.staff.county[0]
    ask = AddSigners(
        item_id=work.item("a").id, place=AFTER, to_person_ids=(signer.person_id,), reason="请会签"
    )
    work.run(ask, boss)
    work.do("a", by=boss)

    work.run(RemoveSigner(item_id=work.item("a", kind=AFTER).id, reason="已出差"), boss)

    assert work.steps == ["b"]


def test_asides_go_when_their_step_goes(parallel):
    work = parallel.begin("apply")
    boss, signer = work.who(work.item("b1")), work.staff.county[0]
    ask = AddSigners(
        item_id=work.item("b1").id, place=BEFORE, to_person_ids=(signer.person_id,), reason="把关"
    )
    work.run(ask, boss)

    back(work, "c", "apply")

    assert [item.kind for item in work.open] == ["step"]


def test_one_voter_more_and_one_less(town_on_sqlite):
    work = Approval(town_on_sqlite, "veto").begin("apply")
    item = work.item("m")
    voter = work.who(item)
    with pytest.raises(NotAdded):
        work.run(RemoveSigner(item_id=item.id, reason="不必"), voter)

    work.run(AddSigners(item_id=item.id, place="beside", count=1, reason="多一人"), voter)
    assert len(work.open) == 4
    work.run(RemoveSigner(item_id=work.open[-1].id, reason="不必"), voter)

    for place in (0, 1, 2):
        work.do("m", place=place)
    assert work.case.variables["m"]["total"] == 3
    assert work.steps == ["d"]


def test_voters_are_added_only_where_a_number_of_people_vote(linear):
    work = linear.begin("apply")
    item = work.item("a")
    with pytest.raises(NoVoters):
        work.run(AddSigners(item_id=item.id, place="beside", reason="多一人"), work.who(item))


@pytest.mark.parametrize(
    ("shape", "votes", "total"),
    [
        ("vote", ("同意", "同意"), {"yes": 2, "no": 0, "done": 2}),
        ("vote", ("不同意", "同意", "不同意"), {"yes": 1, "no": 2, "done": 3}),
        ("veto", ("同意", "不同意"), {"yes": 1, "no": 1, "done": 2}),
        ("any", ("同意",), {"yes": 1, "no": 0, "done": 1}),
        ("turns", ("同意", "同意", "同意"), {"yes": 3, "no": 0, "done": 3}),
    ],
)
def test_countersigning_by_ratio_veto_any_and_in_turn(town_on_sqlite, shape, votes, total):
    work = Approval(town_on_sqlite, shape).begin("apply")
    for vote in votes:
        assert work.steps == ["m"] * (1 if shape == "turns" else len(work.steps))
        work.do("m", vote)

    assert work.steps == ["d"]
    assert total.items() <= work.case.variables["m"].items()


def test_transferring_waits_until_nobody_is_asked_beside(linear):
    work = linear.begin("apply")
    item = work.item("a")
    boss = work.who(item)
    helper = work.other(boss)
    work.run(DelegateWorkItem(item_id=item.id, to_person_id=helper.person_id, reason="请先核"), boss)

    with pytest.raises(WaitsForOthers):
        work.run(TransferWorkItem(item_id=item.id, to_person_id=helper.person_id, reason="转"), boss)
