"""Multi-instance steps: who must act, in which order, and when the votes suffice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.spiff.drawing import (
    END,
    START,
    Case,
    boundary,
    chain,
    flow,
    loop,
    node,
    service,
    specification,
    timer,
    user,
    xor,
)
from workflows import spiff


def meeting(**how: object) -> spiff.Specification:
    """A, then M by several, then the count decides: passed at more than half."""
    return specification(
        START + user("A") + user("M", loop(**how)) + xor("G", "back") + user("D") + END
        + chain("S", "A", "M", "G")
        + flow("G", "D", "=M.yes * 2 > M.total", "passed") + flow("G", "A", key="back") + chain("D", "E")
    )  # fmt: skip


def test_one_item_opens_for_each_member_of_the_collection():
    case = Case(meeting(over="=A.members", item="member")).do("A", members=["甲", "乙", "丙"])

    assert [(task.element, task.index) for task in case.step.open_tasks] == [("M", 0), ("M", 1), ("M", 2)]


@settings(max_examples=60, deadline=None)
@given(
    votes=st.lists(st.sampled_from(["yes", "no", "abstain", None]), min_size=1, max_size=7), data=st.data()
)
def test_votes_are_counted_in_whatever_order_they_come(votes, data):
    case = Case(meeting(card=f"={len(votes)}")).do("A")

    order = data.draw(st.permutations(range(len(votes))))
    for index in order:
        assert "M" in case.open
        case.do("M", index, votes[index])

    count = case.variables["M"]
    assert count == {"total": len(votes), "done": len(votes)} | {
        k: votes.count(k) for k in ("yes", "no", "abstain")
    }
    assert case.open == (["D"] if votes.count("yes") * 2 > len(votes) else ["A"])
    assert case.step.written == {"M": count}


@pytest.mark.parametrize(
    ("until", "votes", "left"),
    [
        ("=done >= 1", ["yes"], "A"),
        ("=no >= 1", ["no"], "A"),
        ("=no >= 1", ["yes", "no"], "A"),
        ("=yes * 3 >= total * 2", ["yes", "yes"], "D"),
        ("=yes * 3 >= total * 2 or no * 3 > total", ["abstain", "no", "no"], "A"),
    ],
)
def test_a_completion_condition_ends_the_voting_early(until, votes, left):
    case = Case(meeting(card="3", until=until)).do("A")

    for index, vote in enumerate(votes):
        case.do("M", index, vote)

    assert case.open == [left]


def test_members_act_one_after_another_when_the_diagram_says_so():
    case = Case(meeting(card="3", sequential=True)).do("A")

    seen = []
    while case.open == ["M"]:
        seen.append(case.step.open_tasks[0].index)
        case.do("M", vote="yes")

    assert (seen, case.open) == ([0, 1, 2], ["D"])


@pytest.mark.parametrize("sequential", [True, False])
def test_every_round_counts_afresh(sequential):
    case = Case(meeting(card="2", sequential=sequential))

    for _ in range(3):
        case.do("A").do("M", 0, "no").do("M", 1, "no")
        assert case.open == ["A"]
    case.do("A").do("M", 0, "yes").do("M", 1, "yes")

    assert case.open == ["D"]


def test_an_empty_collection_is_passed_over():
    case = Case(meeting(over="=A.members")).do("A", members=[])

    assert case.open == ["A"]
    assert case.variables["M"]["total"] == 0


@pytest.mark.parametrize("members", [None, "甲乙丙", 3, ["x"] * 1001])
def test_a_count_that_makes_no_sense_stops_the_step(members):
    with pytest.raises(spiff.Undecided, match="办理人数"):
        Case(meeting(over="=A.members")).do("A", members=members)


def test_a_completion_condition_must_say_yes_or_no():
    case = Case(meeting(card="2", until="=quorum > 1")).do("A")

    with pytest.raises(spiff.Undecided, match="会签"):
        case.do("M", 0, "yes")


def test_a_service_task_is_asked_once_for_each_member_and_sees_it():
    mapping = (
        '<zeebe:input source="=member.name" target="to"/><zeebe:input source="=loopCounter" target="nth"/>'
    )
    spec = specification(
        START + service("tell", "notify.send", mapping, loop(over="=members", item="member")) + END
        + chain("S", "tell", "E")
    )  # fmt: skip
    case = Case(spec, members=[{"name": "甲"}, {"name": "乙"}])

    assert [dict(call.inputs) for call in case.calls] == [{"to": "甲", "nth": 1}, {"to": "乙", "nth": 2}]
    assert [call.index for call in case.calls] == [0, 1]
    assert case.step.ended


def test_a_subprocess_runs_once_for_each_member():
    note = service("note", mapping='<zeebe:input source="=member" target="who"/>')
    inner = loop(over="=members", item="member") + node("startEvent", "s2") + user("X") + note
    inner += node("endEvent", "e2") + chain("s2", "X", "note", "e2")
    spec = specification(START + node("subProcess", "SP", inner) + END + chain("S", "SP", "E"))
    case = Case(spec, members=["甲", "乙"])
    assert sorted(task.index for task in case.step.open_tasks) == [0, 1]

    case.do("X", 1)
    assert not case.step.ended
    case.do("X", 0)

    assert [call.inputs["who"] for call in case.calls] == ["乙", "甲"]
    assert case.step.ended
    assert "SP" in case.passed


def test_a_time_limit_on_the_border_takes_all_items_away():
    spec = specification(
        START + user("M", loop(card="3")) + boundary("T", "M", timer("P3D")) + user("L") + END
        + chain("S", "M", "E")
        + chain("T", "L", "E")
    )  # fmt: skip
    case = Case(spec).do("M", 1).wake(days=3)

    assert case.open == ["L"]


def test_instances_by_number_know_which_they_are():
    mapping = '<zeebe:input source="=loopCounter" target="nth"/>'
    spec = specification(
        START + service("X", mapping=mapping, inside=loop(card="3")) + END + chain("S", "X", "E")
    )

    assert [call.inputs["nth"] for call in Case(spec).calls] == [1, 2, 3]
