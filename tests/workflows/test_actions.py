"""What each action does, and where it is refused: one story for each row of the table of actions."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.workflows.approving import Approval
from workflows.asides import WaitsForOthers
from workflows.cases import CANCELLED, SUSPENDED, CaseNotRunning
from workflows.copies import CaseCopy, ReadCopy, SendCopies, UnknownCopy
from workflows.errors import Invalid
from workflows.handling import CancelCase, JumpItem, NotToHandle, ResumeCase, SuspendCase
from workflows.returning import (
    NoStraightReturn,
    NotExecuted,
    NothingToTakeBack,
    SendBackTo,
    WithdrawStep,
    ways_back,
)
from workflows.running import CompleteWorkItem, SaveDraft, TransferWorkItem
from workflows.signing import AddSigners, DelegateWorkItem, NotAdded, NoVoters, RemoveSigner
from workflows.work_items import AFTER, BEFORE, DELEGATED, HELD, TAKEN_BACK, Held, NotYours

WHY = "材料需补充"


@pytest.fixture
def linear(town):
    return Approval(town, "linear")


@pytest.fixture
def parallel(town_on_sqlite):
    return Approval(town_on_sqlite, "parallel")


def back(work, step, to, **more):
    item = work.item(step)
    return work.run(SendBackTo(item_id=item.id, to=to, reason=WHY, **more), work.who(item))


def ask(work, step, place, *signers, by):
    """加签."""
    people = tuple(signer.person_id for signer in signers)
    work.run(AddSigners(item_id=work.item(step).id, place=place, to_person_ids=people, reason="请把关"), by)


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
    from workflows import catalogue

    return catalogue.release(session, work.case.version_id)


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


# 终止、挂起、恢复、跳转


@pytest.fixture
def admin(town):
    return administrator(town)


def administrator(town):
    from app.security import demo

    people = town.read(lambda session: [one.actor() for one in demo.accounts(session)])
    return next(
        one
        for one in people
        if any(g.role == "procedure_admin" and g.division.startswith("150602") for g in one.grants)
    )


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
