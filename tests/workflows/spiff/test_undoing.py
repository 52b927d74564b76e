"""Undoing a step on the stored state, whatever other branches did since; putting off what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.spiff.drawing import (
    END,
    NOON,
    START,
    Case,
    boundary,
    catch,
    chain,
    flow,
    loop,
    node,
    specification,
    timer,
    user,
    xor,
)
from workflows import spiff
from workflows.spiff.serializer import upgraded


class Undone(Case):
    """A case whose steps may be taken back."""

    def keep(self, element, index=None, vote=None):
        """Do a step; gives what is needed to take it back."""
        before = self.step.state
        self.do(element, index, vote)
        return before, self.step.state

    def take_back(self, kept):
        before, after = kept
        self._take(lambda: spiff.take_back(self.spec, before, after, self.step.state, self.scope, self.ask))
        return self

    @property
    def tokens(self):
        """Everything stored but how many ids were ever given."""
        return {key: value for key, value in upgraded(self.step.state).items() if key != "n"}


LINE = START + user("A") + user("B") + END + chain("S", "A", "B", "E")
BRANCHES = user("A") + user("B1") + user("B2") + user("C") + user("D") + END
BRANCHES += chain("S", "A", "P1") + chain("B1", "B2", "P2", "D", "E") + chain("C", "P2")
PARALLEL = START + node("parallelGateway", "P1") + BRANCHES + node("parallelGateway", "P2")
PARALLEL += chain("P1", "B1") + chain("P1", "C")
INCLUSIVE = START + node("inclusiveGateway", "P1", default="P1-D") + BRANCHES + node("inclusiveGateway", "P2")
INCLUSIVE += flow("P1", "B1", "=true") + flow("P1", "C", "=true") + flow("P1", "D")
VOTE = START + user("A") + user("M", loop(card="3", until="=yes * 2 > total")) + user("D") + END
VOTE += chain("S", "A", "M", "D", "E")
INSIDE = (
    node("startEvent", "s2") + user("X") + user("Y") + node("endEvent", "e2") + chain("s2", "X", "Y", "e2")
)
NESTED = (
    START + user("A") + node("subProcess", "SP", INSIDE) + user("D") + END + chain("S", "A", "SP", "D", "E")
)
LOOP = (
    START + user("A") + user("B") + xor("G", "on") + user("C") + END + chain("S", "A", "B", "G")
    + flow("G", "C", key="on") + flow("G", "A", "=again = true", "b") + chain("C", "E")
)  # fmt: skip
DIAGRAMS = {
    name: specification(body)
    for name, body in (
        ("line", LINE), ("parallel", PARALLEL), ("inclusive", INCLUSIVE), ("vote", VOTE), ("nested", NESTED),
        ("loop", LOOP),
    )
}  # fmt: skip


def start(name):
    return Undone(DIAGRAMS[name], again=False)


def test_the_step_is_open_again_and_what_followed_is_gone():
    case = start("line")
    kept = case.keep("A")

    assert case.take_back(kept).open == ["A"]
    assert case.do("A").do("B").step.ended


@given(name=st.sampled_from(sorted(DIAGRAMS)), picks=st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_the_last_step_can_always_be_undone_and_leaves_no_trace(name, picks):
    """Unless it ended the case: what is closed stays closed."""
    case = start(name)
    for pick in picks:
        if case.step.ended:
            return
        before, task = case.tokens, case.step.open_tasks[pick % len(case.step.open_tasks)]
        kept = case.keep(task.element, task.index, ("yes", "no")[pick % 2])
        if case.step.ended:
            with pytest.raises(spiff.NotAsItWas):
                case.take_back(kept)
            return

        case.take_back(kept)

        assert case.tokens == before
        case.do(task.element, task.index, ("yes", "no")[pick % 2])


@pytest.mark.parametrize("name", ["parallel", "inclusive"])
def test_what_another_branch_did_since_stays_done(name):
    case = start(name).do("A")
    kept = case.keep("B1")
    case.do("C")

    case.take_back(kept)

    assert case.open == ["B1"]
    assert case.do("B1").do("B2").open == ["D"]


@pytest.mark.parametrize("name", ["parallel", "inclusive"])
def test_a_token_that_waits_at_the_join_can_be_taken_back(name):
    case = start(name).do("A")
    kept = case.keep("C")
    case.do("B1")

    case.take_back(kept)

    assert case.open == ["B2", "C"]
    assert case.do("B2").open == ["C"]
    assert case.do("C").open == ["D"]


def test_once_the_branches_have_met_only_the_last_may_be_taken_back():
    case = start("parallel").do("A").do("B1")
    first = case.keep("C")
    last = case.keep("B2")

    with pytest.raises(spiff.NotAsItWas):
        case.take_back(first)
    assert case.open == ["D"]

    case.take_back(last)
    assert case.open == ["B2"]
    assert case.take_back(first).open == ["B2", "C"]


def test_a_step_whose_follower_was_done_stays_done():
    case = start("line")
    kept = case.keep("A")
    case.do("B")

    with pytest.raises(spiff.NotAsItWas):
        case.take_back(kept)


def test_a_vote_is_taken_off_the_count_whoever_voted_since():
    case = start("vote").do("A")
    kept = case.keep("M", 0, "yes")
    case.do("M", 2, "no")

    case.take_back(kept)

    assert sorted(task.index for task in case.step.open_tasks) == [0, 1]
    case.do("M", 1, "yes").do("M", 0, "no")
    assert case.variables["M"] == {"total": 3, "done": 3, "yes": 1, "no": 2, "abstain": 0}


def test_taking_back_the_vote_that_decided_lets_the_others_vote_again():
    case = start("vote").do("A").do("M", 0, "yes")
    kept = case.keep("M", 1, "yes")
    assert case.open == ["D"]

    case.take_back(kept)

    assert sorted(task.index for task in case.step.open_tasks) == [1, 2]


def test_a_step_that_left_a_subprocess_is_taken_back_into_it():
    case = start("nested").do("A").do("X")
    kept = case.keep("Y")
    assert case.open == ["D"]

    assert case.take_back(kept).open == ["Y"]
    assert case.do("Y").do("D").step.ended


def test_a_loop_that_was_taken_is_untaken():
    case = start("loop").do("A")
    case.variables["again"] = True
    kept = case.keep("B")
    assert case.open == ["A"]

    assert case.take_back(kept).open == ["B"]
    case.variables["again"] = False
    assert case.do("B").open == ["C"]


def test_the_limit_of_the_step_runs_as_it_ran_and_that_of_the_follower_is_gone():
    body = LINE + boundary("TA", "A", timer("P1D"), interrupting=False)
    body += boundary("TB", "B", timer("P2D"), interrupting=False)
    body += user("X") + chain("TA", "X", "E") + flow("TB", "X")
    case = Undone(specification(body))
    due = case.step.wake_at
    kept = case.keep("A")

    case.take_back(kept)

    assert case.waiting == ["TA"]
    assert case.step.wake_at == due


def test_every_timer_is_put_off_by_as_long_as_the_case_rested():
    body = START + user("A") + catch("T", timer("P3D")) + END + chain("S", "A", "T", "E")
    case = Case(specification(body)).do("A")
    case._take(lambda: spiff.postpone(case.spec, case.step.state, timedelta(days=2), case.scope, case.ask))

    assert case.step.wake_at == NOON + timedelta(days=5)
    assert case.wake(days=4).waiting == ["T"]
    assert case.wake(days=1).step.ended
