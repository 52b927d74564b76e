"""State equals record: a case rebuilt from its journal stands where its row says it stands."""

import pytest
from sqlalchemy import text

from tests.workflows.approving import Approval, administrator, back
from tests.workflows.desks import STRAIGHT
from workflows import rebuilding
from workflows.cases import Case
from workflows.handling import CancelCase, JumpItem, ResumeCase, SuspendCase
from workflows.returning import WithdrawStep


def differences(town, case_id):
    return town.read(lambda session: rebuilding.differences(session, session.get(Case, case_id)))


def test_a_whole_approval_with_its_notice_timer_decision_and_papers_is_rebuilt_after_every_act(town):
    subject = town.begun()
    for act in STRAIGHT:
        town.take(subject, act)
        town.work()
        assert differences(town, subject.case_id) == [], act
    assert town.case(subject).state == "ended"


def test_a_notice_that_was_objected_to_and_posted_again_is_rebuilt_after_every_act(town):
    subject = town.begun()
    for act in (*STRAIGHT[:4], "object", "check", "review", "post", "end", "return", "check"):
        town.take(subject, act)
        town.work()
        assert differences(town, subject.case_id) == [], act


def test_each_kind_of_act_is_rebuilt(town):
    work = Approval(town, "linear").begin("apply", "a")
    admin = administrator(town)
    done = work.last("a")
    doer = next(one for one in work.people if one.person_id == done.done_by_id)
    acts = (
        lambda: work.run(WithdrawStep(item_id=done.id, reason="填错了"), doer),
        lambda: work.do("a"),
        lambda: back(work, "b", "apply", straight=True),
        lambda: work.do("apply"),
        lambda: work.run(JumpItem(item_id=work.item("b").id, to="a", reason="更正"), admin),
        lambda: work.run(SuspendCase(number=work.number, reason="等批复"), admin),
        lambda: work.run(ResumeCase(number=work.number, reason="已批复"), admin),
        lambda: work.run(CancelCase(number=work.number, reason="不办了"), work.cadre),
    )
    for number, act in enumerate(acts):
        act()
        assert work.differences() == [], number


CHANGES = {
    "a variable": (
        "UPDATE cases SET variables = replace(variables, '属实', '不属实')",
        "变量",
    ),
    "the rounds": ("UPDATE cases SET rounds = '{}'", "办理次数"),
    "the state": ("UPDATE cases SET state = 'ended'", "办件状态"),
    "an item": ("UPDATE work_item SET step = 'apply' WHERE state = 'offered'", "待办"),
    "an item that is gone": ("DELETE FROM work_item WHERE state IN ('offered', 'claimed')", "待办"),
    "the engine's state": (
        "UPDATE cases SET engine_state = CAST(replace(CAST(engine_state AS TEXT), 'village_r', 'r') AS BLOB)",
        "引擎状态",
    ),
    "the way taken": ("UPDATE step_record SET passed = '[]' WHERE step = 'household_check'", "重演"),
    "an answer that decided": ("UPDATE step_record SET answers = '{}' WHERE step = 'apply'", ""),
}


@pytest.mark.parametrize(("change", "word"), CHANGES.values(), ids=CHANGES.keys())
def test_what_no_record_leads_to_is_named(town_on_sqlite, change, word):
    town = town_on_sqlite
    subject = town.begun("apply", "check")
    assert differences(town, subject.case_id) == []

    town.change(text(change))

    found = differences(town, subject.case_id)
    assert found
    assert any(word in each.sentence for each in found)


def test_a_record_from_before_says_that_it_cannot_be_played(town_on_sqlite):
    town = town_on_sqlite
    subject = town.begun("apply")
    town.change(text("UPDATE audit_entry SET body = replace(body, '\"moves\"', '\"moved\"')"))

    with pytest.raises(rebuilding.Unplayable):
        differences(town, subject.case_id)
