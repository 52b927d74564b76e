"""State equals record where a case was moved to another version: the move is made once more too."""

import pytest
from sqlalchemy import text

from tests.workflows.approving import back
from tests.workflows.designing.moving import USUAL, Moving, limit, line, step
from tests.workflows.designing.test_migrating import branches, nested, several
from workflows.designing.judging import REPLAY, STRUCTURE
from workflows.handling import JumpItem, ResumeCase, SuspendCase
from workflows.returning import WithdrawStep

LONGER = line("apply", "a", "b", "c", "d", "n")
LIMITED = line(*USUAL, also=limit("c"))


@pytest.mark.parametrize("done", [USUAL[:length] for length in range(1, len(USUAL))], ids="".join)
def test_moved_from_wherever_it_stood_a_case_is_rebuilt_after_every_later_step(town, done):
    work = Moving(town).begin(*done)

    row = work.moved_to(LONGER)

    assert row.said["method"] == STRUCTURE
    work.finished(*USUAL[len(done) :], "n")
    assert work.differences() == []


def test_a_case_moved_by_its_record_is_rebuilt_until_its_new_limit_fires(town):
    work = Moving(town).begin("apply", "a", "b")
    town.clock.advance(days=1)

    row = work.moved_to(LIMITED)
    assert row.said["method"] == REPLAY

    town.clock.advance(days=3)
    town.work()
    assert work.differences() == []
    work.finished("d")


def test_a_case_moved_twice_is_rebuilt_through_three_versions(town):
    work = Moving(town).begin("apply", "a", "b")

    work.moved_to(LIMITED)
    work.moved_to(line("apply", "a", "b", "c", "n", "d", also=limit("c")))

    for each in ("c", "n", "d"):
        work.do(each)
    assert work.case.state == "ended"


@pytest.mark.parametrize(
    ("old", "done", "new", "rest"),
    [
        (branches("b", "c"), ("apply", "b"), branches("b", "c", after=("n",)), ("c", "n", "d")),
        (several(), ("apply", "m"), several("n"), ("m", "n", "d")),
        (nested("x", "y"), ("apply", "x"), nested("x", "y", after=("n",)), ("y", "n", "d")),
        (LIMITED, ("apply", "a", "b"), line(*USUAL), ("c", "d")),
        (line(*USUAL), ("apply", "a", "b"), line("apply", "a", "b", "d"), ("d",)),
        (line(*USUAL), ("apply", "a"), line(*USUAL, b=step("b", role="county_rvb", level="county")), "bcd"),
    ],
    ids=["branches", "several", "nested", "limit gone", "step gone", "another lane"],
)
def test_whatever_the_case_stood_in_its_move_is_rebuilt(town, old, done, new, rest):
    work = Moving(town, old).begin(*done)

    work.moved_to(new)

    for each in rest:
        work.do(each)
    assert work.case.state == "ended"


def test_acts_behind_the_move_are_rebuilt(town):
    work = Moving(town).begin("apply", "a", "b")
    work.moved_to(LIMITED)
    acts = (
        lambda: back(work, "c", "a", straight=True),
        lambda: work.do("a"),
        lambda: work.run(JumpItem(item_id=work.item("c").id, to="b", reason="更正"), work.admin),
        lambda: work.run(SuspendCase(number=work.number, reason="等批复"), work.admin),
        lambda: work.run(ResumeCase(number=work.number, reason="已批复"), work.admin),
        lambda: work.do("b"),
        lambda: work.run(WithdrawStep(item_id=work.last("b").id, reason="错"), work.who_did(work.last("b"))),
    )
    for number, act in enumerate(acts):
        act()
        assert work.differences() == [], number


def test_a_case_said_to_be_on_another_version_than_its_record_leads_to_is_named(town_on_sqlite):
    work = Moving(town_on_sqlite).begin("apply", "a")
    before = work.case.version_id
    work.moved_to(LONGER)

    work.town.change(text("UPDATE cases SET version_id = :before"), before=before)

    assert any("流程版本" in each.sentence for each in work.differences())
