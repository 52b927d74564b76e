"""Running cases move to another version only where their record stays true; timers and drafts are kept."""

import pytest
from sqlalchemy import select

from tests.workflows.designing.drafts import end
from tests.workflows.designing.moving import (
    APPLY,
    OVER,
    USUAL,
    Moving,
    S,
    chain,
    drawn,
    flow,
    limit,
    line,
    node,
    step,
)
from tests.workflows.spiff import drawing
from workflows.cases import SUSPENDED
from workflows.designing.judging import REPLAY, STRUCTURE
from workflows.handling import SuspendCase
from workflows.outbox import OutboxEffect
from workflows.running import ClaimWorkItem, SaveDraft

WAITING = ("apply", "a", "b")
"""What is done; the case waits at c."""


@pytest.fixture
def work(town):
    return Moving(town).begin(*WAITING)


def test_a_case_stays_on_its_version_by_default(work):
    before = work.whole()

    work.publish(line("apply", "a", "b", "c", "n", "d"))
    work.town.work()

    assert work.whole() == before
    work.do("c")
    work.do("d")
    assert work.case.state == "ended"


def test_a_step_inserted_after_the_one_at_hand_will_be_done(work):
    row = work.moved_to(line("apply", "a", "b", "c", "n", "d"))

    assert (row.said["method"], row.said["stands"]) == (STRUCTURE, "C")
    work.finished("c", "n", "d")


def test_a_step_ahead_that_was_removed_will_not_be_done(work):
    work.moved_to(line("apply", "a", "b", "c"))

    work.finished("c")


def test_another_lane_ahead_is_the_one_that_acts(work):
    work.moved_to(line(*USUAL, d=step("d", role="county_rvb", level="county")))

    work.do("c")
    assert work.item("d").role == "county_rvb"
    work.finished("d")


def test_another_lane_at_hand_gets_the_item(work):
    item = work.item("c")
    work.run(ClaimWorkItem(item_id=item.id), work.who(item))

    row = work.moved_to(line(*USUAL, c=step("c", role="county_rvb", level="county")))

    moved = work.item("c")
    assert (moved.id, moved.role, moved.assignee_id, moved.due_at) == (
        item.id,
        "county_rvb",
        None,
        item.due_at,
    )
    assert "需重新签收" in row.said["notes"][0]
    work.finished("c", "d")


def test_who_has_to_act_from_now_on_is_told_and_so_is_who_held_it(work):
    item = work.item("c")
    who = work.who(item)
    work.run(ClaimWorkItem(item_id=item.id), who)

    work.moved_to(line(*USUAL, c=step("c", role="county_rvb", level="county")))

    moved = work.item("c")
    here, away = told(work, "moved_here"), told(work, "moved_away")
    assert [(one["role"], one["unit_id"], one["item"]) for one in here] == [
        ("county_rvb", moved.unit_id, item.id)
    ]
    assert [(one["person_id"], one["to"]) for one in away] == [(who.person_id, moved.unit)]


def test_nobody_is_told_of_a_move_that_changes_nothing_for_them(work):
    item = work.item("c")
    work.run(ClaimWorkItem(item_id=item.id), work.who(item))

    work.moved_to(line("apply", "a", "b", "c", "n", "d"))

    assert told(work, "moved_here") + told(work, "moved_away") == []


def told(work, about):
    """What was promised to whom on that occasion."""
    promised = work.town.read(lambda session: session.scalars(select(OutboxEffect.payload)).all())
    return [payload for payload in promised if payload.get("about") == about]


def test_another_condition_ahead_decides_when_the_case_comes_there(town):
    def chosen(condition):
        body = S + APPLY + step("a") + step("b") + drawing.xor("G", "no") + step("h") + OVER + end("out")
        body += chain("S", "apply", "a", "b", "G") + flow("G", "h", condition) + flow("G", "out", key="no")
        return drawn(body + chain("h", "over"))

    work = Moving(town, chosen('=a.conclusion = "不同意"')).begin("apply", "a")

    work.moved_to(chosen('=a.conclusion = "同意"'))

    work.finished("b", "h")


def test_a_done_step_that_is_only_called_otherwise_is_the_same_step(work):
    renamed = step("b").replace('name="B"', 'name="乙"')

    work.moved_to(line(*USUAL, b=renamed))

    assert [row["name"] for row in work.journal if row["step"] == "b"] == ["B"]
    work.finished("c", "d")


def test_a_step_inserted_before_what_was_done_is_no_step_that_was_done(work):
    said = work.refused_by(line("apply", "a", "n", "b", "c", "d"))

    assert said["code"] == "migration.inserted_before"
    assert said["sentence"] == "新版在本件已办环节之前增加了“N”，迁移会使记录看起来办过。"


def test_a_step_inserted_right_before_the_one_at_hand_is_not_passed_over(work):
    said = work.refused_by(line("apply", "a", "b", "n", "c", "d"))

    assert said["code"] == "migration.inserted_before"


def test_a_done_step_that_is_gone_keeps_the_case_where_it_is(work):
    said = work.refused_by(line("apply", "a", "c", "d"))

    assert said["code"] == "migration.removed_done"
    assert "“B”" in said["sentence"]


def test_a_case_at_a_step_that_is_gone_goes_on_at_the_next(work):
    item = work.item("c")

    row = work.moved_to(line("apply", "a", "b", "d"))

    assert (row.said["method"], row.said["stands"]) == (REPLAY, "D")
    assert "待办撤销" in row.said["notes"][0]
    assert work.last("c").id == item.id
    work.finished("d")


def test_a_time_limit_put_on_the_step_at_hand_runs_from_when_the_step_was_opened(work):
    opened = work.item("c").created_at
    work.town.clock.advance(days=1)

    row = work.moved_to(line(*USUAL, also=limit("c")))

    assert row.said["method"] == REPLAY
    assert (work.timers["late"] - opened).days == 3
    work.finished("c", "d")


def test_a_time_limit_put_on_the_step_at_hand_fires(work):
    work.moved_to(line(*USUAL, also=limit("c")))

    work.town.clock.advance(days=3)
    work.town.work()

    work.finished("d")


def test_what_was_due_stays_due_whatever_the_new_version_says(town):
    work = Moving(town, line(*USUAL, also=limit("c"))).begin(*WAITING)
    due = work.timers
    work.town.clock.advance(days=1)

    work.moved_to(line("apply", "a", "b", "c", "n", "d", also=limit("c")))

    assert work.timers == due
    work.finished("c", "n", "d")


def test_a_limit_taken_off_the_step_at_hand_is_not_waited_for(town):
    work = Moving(town, line(*USUAL, also=limit("c"))).begin(*WAITING)

    row = work.moved_to(line(*USUAL))

    assert (row.said["method"], work.timers) == (REPLAY, {})
    work.finished("c", "d")


def test_two_steps_that_changed_places_are_not_mistaken_for_done(work):
    said = work.refused_by(line("apply", "a", "b", "d", "c"))

    assert said["code"] == "migration.reordered"
    assert "没有办过的“D”" in said["sentence"]


def branches(*keys, after=()):
    nodes = "".join(step(key) for key in (*keys, *after, "d"))
    body = S + APPLY + nodes + OVER + node("parallelGateway", "P1") + node("parallelGateway", "P2")
    body += chain("S", "apply", "P1") + "".join(chain("P1", key, "P2") for key in keys)
    return drawn(body + chain("P2", *after, "d", "over"))


def test_a_new_branch_on_a_split_that_was_passed_would_never_begin(town):
    work = Moving(town, branches("b", "c")).begin("apply", "b")

    said = work.refused_by(branches("b", "c", "x"))

    assert said["code"] == "migration.branches_changed"
    assert "“X”这一支" in said["sentence"]


def test_a_step_inserted_behind_a_join_waits_for_both_branches(town):
    work = Moving(town, branches("b", "c")).begin("apply", "b")

    work.moved_to(branches("b", "c", after=("n",)))

    work.finished("c", "n", "d")


def several(*after, inside="", **how):
    how = how or {"card": "3", "until": "=yes * 2 > total"}
    nodes = "".join(step(key) for key in (*after, "d"))
    body = S + APPLY + step("m", inside or drawing.loop(**how)) + nodes + OVER
    return drawn(body + chain("S", "apply", "m", *after, "d", "over"))


def test_a_step_inserted_behind_a_step_that_several_have_begun_is_done(town):
    work = Moving(town, several()).begin("apply")
    work.do("m", place=0)

    work.moved_to(several("n"))

    work.do("m", place=1)
    work.finished("n", "d")


def test_how_several_decide_is_not_changed_under_their_hands(town):
    work = Moving(town, several()).begin("apply")
    work.do("m", place=0)

    said = work.refused_by(several(card="5", until="=yes * 2 > total"))

    assert said["code"] == "migration.several_changed"


def nested(*inside, after=()):
    inner = drawing.node("startEvent", "si") + "".join(step(key) for key in inside)
    inner += drawing.node("endEvent", "ei") + chain("si", *inside, "ei")
    nodes = "".join(step(key) for key in (*after, "d"))
    body = S + APPLY + drawing.node("subProcess", "sub", inner) + nodes + OVER
    return drawn(body + chain("S", "apply", "sub", *after, "d", "over"))


def test_a_step_inserted_behind_a_subprocess_that_has_begun_is_done(town):
    work = Moving(town, nested("x", "y")).begin("apply", "x")

    work.moved_to(nested("x", "y", after=("n",)))

    work.finished("y", "n", "d")


def test_a_subprocess_is_not_rebuilt_from_inside(town):
    work = Moving(town, nested("x", "y")).begin("apply", "x")

    said = work.refused_by(nested("x", "y", "z"))

    assert said["code"] == "migration.inside_changed"


def test_a_draft_its_holder_and_its_limit_are_kept(work):
    item = work.item("c")
    holder = work.who(item)
    work.run(SaveDraft(item_id=item.id, answers={"note": "已看现场"}), holder)

    work.moved_to(line("apply", "a", "b", "c", "n", "d"))

    moved = work.item("c")
    assert (moved.id, moved.assignee_id, moved.due_at) == (item.id, holder.person_id, item.due_at)
    assert moved.draft["note"] == "已看现场"
    work.finished("c", "n", "d")


def test_a_case_at_rest_is_moved_when_it_goes_on(work):
    work.run(SuspendCase(number=work.number, reason="等待批复。"), work.admin)
    assert work.case.state == SUSPENDED

    assert "恢复办理后再迁移" in work.refused_by(line("apply", "a", "b", "c", "n", "d"))["sentence"]
