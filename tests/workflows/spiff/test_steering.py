"""Moves no arrow draws: sending back to any earlier step, adding and removing signers."""

from __future__ import annotations

import pytest

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


class Steered(Case):
    """A case that may also be moved."""

    def move(self, element: str, to: str, index: int | None = None) -> Steered:
        key = self.task(element, index)
        self._take(lambda: spiff.move(self.spec, self.step.state, key, to, self.scope, self.ask))
        return self

    def add(self, element: str, count: int = 1) -> Steered:
        key = self.task(element)
        self._take(
            lambda: spiff.add_instances(self.spec, self.step.state, key, self.scope, self.ask, count=count)
        )
        return self

    def skipped(self, element: str, to: str) -> list[str]:
        key = self.task(element)
        return list(spiff.skipped(self.spec, self.step.state, key, to))

    def remove(self, element: str, index: int) -> Steered:
        key = self.task(element, index)
        self._take(lambda: spiff.remove_instance(self.spec, self.step.state, key, self.scope, self.ask))
        return self


LINE = START + "".join(map(user, "ABCD")) + END + chain("S", "A", "B", "C", "D", "E")


def test_a_case_goes_back_to_an_earlier_step_and_comes_again():
    case = Steered(specification(LINE)).do("A").do("B").move("C", "A")
    assert case.open == ["A"]

    case.do("A").do("B").do("C").do("D")

    assert case.step.ended


@pytest.mark.parametrize("to", ["C", "D", "B", "S", "E", "nowhere"])
def test_only_an_earlier_step_of_a_person_will_do(to):
    case = Steered(specification(LINE)).do("A")

    with pytest.raises(spiff.NoWayBack):
        case.move("B", to)

    assert case.open == ["B"]


def test_the_time_limit_of_the_left_step_is_gone_and_that_of_the_new_one_runs():
    spec = specification(
        LINE + boundary("TA", "A", timer("P1D"), interrupting=False) + boundary("TB", "B", timer("P2D"))
        + user("X") + chain("TA", "X", "E") + flow("TB", "X")
    )  # fmt: skip
    case = Steered(spec).do("A")
    assert case.waiting == ["TB"]

    assert case.move("B", "A").waiting == ["TA"]


BLOCK = (
    START + user("A") + node("parallelGateway", "P1") + user("B1") + user("B2") + user("C")
    + node("parallelGateway", "P2") + user("D") + END + chain("S", "A", "P1", "B1", "B2", "P2", "D", "E")
    + chain("P1", "C", "P2")
)  # fmt: skip


@pytest.mark.parametrize("first", ["", "C", "B1"])
def test_going_back_before_a_split_takes_all_branches_along(first):
    case = Steered(specification(BLOCK)).do("A")
    if first:
        case.do(first)
    last = "B2" if first == "B1" else "B1"

    case.move(last, "A")
    assert case.open == ["A"]

    case.do("A").do("C").do("B1").do("B2")
    assert case.open == ["D"]


def test_going_back_within_a_branch_leaves_the_others_alone():
    case = Steered(specification(BLOCK)).do("A").do("B1").do("C").move("B2", "B1")
    assert case.open == ["B1"]

    assert case.do("B1").do("B2").open == ["D"]


@pytest.mark.parametrize(("done", "here", "to"), [(("B1",), "B2", "C"), (("C", "B1", "B2"), "D", "B1")])
def test_a_step_in_another_branch_or_in_a_closed_block_is_no_way_back(done, here, to):
    case = Steered(specification(BLOCK)).do("A")
    for key in done:
        case.do(key)

    with pytest.raises(spiff.NoWayBack):
        case.move(here, to)


def test_going_back_after_a_block_runs_the_whole_block_again():
    case = Steered(specification(BLOCK)).do("A").do("C").do("B1").do("B2").move("D", "A")

    case.do("A").do("B1")
    assert case.open == ["B2", "C"]
    assert case.do("C").do("B2").do("D").step.ended


def test_a_subprocess_is_left_as_a_whole():
    inside = node("startEvent", "s2") + user("X") + user("Y") + node("endEvent", "e2")
    subprocess = node("subProcess", "SP", inside + chain("s2", "X", "Y", "e2"))
    body = START + user("A") + subprocess + user("D") + END + chain("S", "A", "SP", "D", "E")
    case = Steered(specification(body)).do("A").do("X")

    assert case.move("Y", "X").open == ["X"]
    assert case.move("X", "A").open == ["A"]
    assert case.do("A").do("X").do("Y").do("D").step.ended


def test_the_first_step_may_be_returned_to_when_nothing_else_is_left():
    spec = specification(START + user("A") + service("T") + xor("G", "on") + user("B") + END
                         + chain("S", "A", "T", "G") + flow("G", "B", key="on")
                         + flow("G", "A", "=again = true", "b")
                         + chain("B", "E"))  # fmt: skip
    case = Steered(spec).do("A")

    for _ in range(3):
        assert case.move("B", "A").do("A").open == ["B"]


def voting(**how: object) -> spiff.Specification:
    return specification(START + user("A") + user("M", loop(card="2", **how)) + user("D") + END
                         + chain("S", "A", "M", "D", "E"))  # fmt: skip


@pytest.mark.parametrize("sequential", [True, False])
def test_a_signer_added_must_be_waited_for(sequential):
    case = Steered(voting(sequential=sequential)).do("A").add("M")

    for index in range(3):
        assert "M" in case.open
        case.do("M", index, "yes")

    assert case.variables["M"]["total"] == 3
    assert case.open == ["D"]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_signer_removed_is_not_waited_for(sequential):
    case = Steered(voting(sequential=sequential)).do("A").do("M", 0, "no").remove("M", 1)

    assert case.open == ["D"]
    assert case.variables["M"] == {"total": 1, "done": 1, "yes": 0, "no": 1, "abstain": 0}


def test_the_last_signer_cannot_be_removed():
    case = Steered(voting()).do("A").remove("M", 1)

    with pytest.raises(spiff.Undecided, match="至少"):
        case.remove("M", 0)


def test_removing_a_signer_may_decide_the_vote():
    case = Steered(voting(until="=yes * 2 > total")).do("A").add("M").do("M", 0, "yes").remove("M", 1)
    assert case.open == ["M"]

    assert case.remove("M", 2).open == ["D"]


def test_only_a_step_for_several_has_signers():
    case = Steered(voting())

    with pytest.raises(spiff.NotWaiting):
        case.add("A")


def test_all_items_of_a_vote_go_when_it_is_sent_back():
    case = Steered(voting()).do("A").do("M", 1, "yes").move("M", "A")
    assert case.open == ["A"]

    assert case.do("A").do("M", 0, "yes").open == ["M"]


def test_a_stored_state_names_the_elements_it_needs():
    case = Steered(specification(BLOCK)).do("A").do("C")

    assert spiff.tokens(case.step.state) == {"P1", "B1", "P2"}
    assert spiff.tokens(Steered(voting()).do("A").step.state) == {"M"}


def test_more_signers_than_a_step_can_hold_are_refused():
    with pytest.raises(spiff.Undecided, match="人数过多"):
        Steered(voting()).do("A").add("M", 999)


def test_a_signer_removed_in_turn_makes_room_for_the_next():
    case = Steered(
        specification(START + user("M", loop(card="3", sequential=True)) + END + chain("S", "M", "E"))
    )

    case.remove("M", 0)

    assert [task.index for task in case.step.open_tasks] == [1]
    assert case.do("M", 1).do("M", 2).step.ended


def test_a_called_procedure_cannot_be_entered_from_outside():
    inside = node("startEvent", "s2") + user("X") + node("endEvent", "e2") + chain("s2", "X", "e2")
    case = Steered(
        specification(START + node("subProcess", "SP", inside) + user("D") + END + chain("S", "SP", "D", "E"))
    )

    with pytest.raises(spiff.NoWayBack):
        case.do("X").move("D", "X")


def test_a_branch_that_needs_no_join_stays_when_the_others_go_back():
    spec = specification(BLOCK + user("NOTE") + node("endEvent", "E2") + chain("P1", "NOTE", "E2"))
    case = Steered(spec).do("A").move("C", "A")

    assert case.open == ["A", "NOTE"]


def test_the_ways_back_are_those_that_a_move_would_go():
    for body, acts in ((LINE, "ABC"), (BLOCK, ("A", "B1")), (BLOCK, ("A", "B1", "C", "B2"))):
        case = Steered(specification(body))
        for act in acts:
            case.do(act)
        for task in case.step.open_tasks:
            for there in case.spec.steps():
                ways = spiff.ways_back(case.spec, case.step.state, task.task_id)
                if there.id in ways:
                    spiff.move(case.spec, case.step.state, task.task_id, there.id, case.scope, case.ask)
                else:
                    with pytest.raises(spiff.NoWayBack):
                        spiff.move(case.spec, case.step.state, task.task_id, there.id, case.scope, case.ask)


class Jumped(Steered):
    """A case an administrator may put elsewhere."""

    def jump(self, element: str, to: str) -> Jumped:
        key = self.task(element)
        self._take(lambda: spiff.jump(self.spec, self.step.state, key, to, self.scope, self.ask))
        return self


@pytest.mark.parametrize("to", ["A", "C", "D"])
def test_a_jump_goes_back_or_on(to):
    case = Jumped(specification(LINE)).do("A").jump("B", to)

    assert case.open == [to]


def test_a_jump_out_of_a_branch_takes_the_branches_beside_it_along():
    case = Jumped(specification(BLOCK)).do("A").jump("B1", "D")

    assert case.open == ["D"]
    assert case.do("D").step.ended


@pytest.mark.parametrize(("here", "to"), [("A", "B1"), ("A", "C"), ("B1", "C"), ("B1", "B1"), ("B1", "P2")])
def test_a_jump_never_enters_a_block_nor_another_branch(here, to):
    case = Jumped(specification(BLOCK))
    if here != "A":
        case.do("A")

    with pytest.raises(spiff.NoWay):
        case.jump(here, to)


def test_a_jump_within_a_branch_leaves_the_others_alone():
    case = Jumped(specification(BLOCK)).do("A").jump("B1", "B2")
    assert case.open == ["B2", "C"]

    assert case.do("C").do("B2").open == ["D"]


NESTED = (
    START + user("A") + node("parallelGateway", "P1") + user("B") + node("parallelGateway", "Q1") + user("X")
    + user("Y") + node("parallelGateway", "Q2") + user("Z") + user("C") + node("parallelGateway", "P2")
    + user("D") + END + chain("S", "A", "P1", "B", "Q1", "X", "Q2", "Z", "P2", "D", "E")
    + chain("Q1", "Y", "Q2") + chain("P1", "C", "P2")
)  # fmt: skip


def test_going_back_over_an_inner_block_stays_in_the_outer_branch():
    case = Steered(specification(NESTED)).do("A").do("B").do("X").do("Y").move("Z", "B")
    assert case.open == ["B", "C"]

    assert case.do("C").do("B").do("Y").do("X").do("Z").open == ["D"]


def test_only_a_way_that_withdraws_nothing_leads_straight_back():
    case = Steered(specification(BLOCK)).do("A").do("B1")

    def straight(to):
        return spiff.stays_in_its_branch(case.spec, case.step.state, case.task("B2"), to)

    assert straight("B1")
    assert not straight("A")


def test_a_jump_ahead_leaves_out_the_step_itself_and_what_lies_between():
    case = Steered(specification(LINE)).do("A")

    assert case.skipped("B", "D") == ["B", "C"]
    assert case.skipped("B", "A") == []


def test_an_arrow_back_makes_no_earlier_step_a_skipped_one():
    drawn = START + "".join(map(user, "ABCD")) + xor("G", "on") + END + chain("S", "A", "B", "C", "G")
    drawn += flow("G", "D", key="on") + flow("G", "A", "=again") + chain("D", "E")
    case = Steered(specification(drawn)).do("A").do("B")

    assert case.skipped("C", "D") == ["C"]
    assert case.skipped("C", "A") == []
    assert case.skipped("C", "B") == []


def test_a_jump_out_of_a_block_leaves_out_the_branches_beside_it():
    case = Steered(specification(BLOCK)).do("A")

    assert case.skipped("B1", "D") == ["B1", "B2", "C"]
    assert case.skipped("B1", "B2") == ["B1"]


def test_a_jump_past_a_subprocess_leaves_out_what_it_holds_and_one_out_of_it_the_rest_of_it():
    inner = (
        node("startEvent", "s") + user("X") + user("Y") + node("endEvent", "e") + chain("s", "X", "Y", "e")
    )
    drawn = START + user("A") + node("subProcess", "SP", inner) + user("D") + END
    case = Steered(specification(drawn + chain("S", "A", "SP", "D", "E")))

    assert set(case.skipped("A", "D")) == {"A", "SP", "X", "Y"}
    assert set(case.do("A").skipped("X", "D")) == {"SP", "X", "Y"}
