"""Splits and joins stay correct however often a case is sent back, in whatever order the branches arrive."""

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
    node,
    specification,
    timer,
    user,
    xor,
)
from workflows import spiff

BRANCHES = "BCF"


def block(kind: str, branches: str = BRANCHES) -> spiff.Specification:
    """A, then all branches at once, then D, which may send everything back to A."""
    condition = "=true" if kind == "inclusiveGateway" else ""
    default = {"default": "P1-Z"} if kind == "inclusiveGateway" else {}
    unused = user("Z") + flow("P1", "Z") + flow("Z", "P2") if default else ""
    body = (
        START
        + user("A")
        + node(kind, "P1", **default)
        + "".join(map(user, branches))
        + unused
        + node(kind, "P2")
    )
    body += user("D") + xor("G", "done") + END + chain("S", "A", "P1") + chain("P2", "D", "G")
    body += "".join(flow("P1", key, condition) + flow(key, "P2") for key in branches)
    body += flow("G", "A", '=D.conclusion = "退回"', "back") + flow("G", "E", key="done")
    return specification(body)


ROUNDS = st.lists(st.permutations(BRANCHES), min_size=1, max_size=5)


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
@settings(max_examples=60, deadline=None)
@given(orders=ROUNDS)
def test_a_join_waits_for_every_branch_in_every_round(kind, orders):
    case = Case(block(kind))

    for number, order in enumerate(orders):
        case.do("A")
        for done, key in enumerate(order):
            assert case.open == sorted(order[done:])
            case.do(key)
        assert case.open == ["D"]
        case.do("D", conclusion="退回" if number < len(orders) - 1 else "同意")

    assert case.step.ended


def rework_inside() -> spiff.Specification:
    """Branch C may send the whole block back to A while B is open or has already arrived."""
    return specification(
        START + user("A") + node("parallelGateway", "P1") + user("B") + user("C") + xor("X", "on")
        + node("parallelGateway", "P2") + user("D") + END + chain("S", "A", "P1", "B", "P2", "D", "E")
        + chain("P1", "C", "X") + flow("X", "A", '=C.conclusion = "退回"', "back") + flow("X", "P2", key="on")
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(arrived=st.lists(st.booleans(), max_size=4), last=st.permutations("BC"))
def test_a_branch_sent_back_withdraws_what_is_left_of_its_round(arrived, last):
    case = Case(rework_inside()).do("A")

    for with_b in arrived:
        if with_b:
            case.do("B")
        case.do("C", conclusion="退回")
        case.do("A")
        assert case.open == ["B", "C"]
    for key in last:
        case.do(key, conclusion="同意")

    assert case.open == ["D"]
    assert case.do("D").step.ended


def test_an_open_item_of_the_earlier_round_is_withdrawn_when_the_block_starts_again():
    case = Case(rework_inside()).do("A")
    old = case.task("B")
    case.do("C", conclusion="退回")
    assert case.open == ["A", "B"]

    case.do("A")

    assert case.open == ["B", "C"]
    assert case.task("B") != old


def test_a_branch_that_needs_no_join_survives_the_rework():
    spec = specification(
        START + user("A") + node("parallelGateway", "P1") + user("NOTE") + node("endEvent", "E2") + user("C")
        + xor("X", "on") + END + chain("S", "A", "P1", "NOTE", "E2") + chain("P1", "C", "X")
        + flow("X", "A", '=C.conclusion = "退回"', "back") + flow("X", "E", key="on")
    )  # fmt: skip
    case = Case(spec).do("A").do("C", conclusion="退回").do("A")

    assert case.open == ["C", "NOTE", "NOTE"]


def test_a_second_token_on_one_flow_does_not_stand_for_the_other_flow():
    spec = specification(
        START + node("parallelGateway", "P1") + user("B") + user("C") + xor("M")
        + node("parallelGateway", "P2")
        + user("D") + END + chain("S", "P1", "B", "M", "P2", "D", "E") + chain("P1", "C", "P2")
        + boundary("T", "B", timer("P1D"), interrupting=False) + flow("T", "M")
    )  # fmt: skip
    case = Case(spec).wake(days=1).do("B")
    assert case.open == ["C"]

    with pytest.raises(spiff.EngineStuck, match="P2"):
        case.do("C").do("D")


def nested() -> spiff.Specification:
    return specification(
        START + user("A") + node("parallelGateway", "P1") + user("B") + node("parallelGateway", "Q1")
        + user("X")
        + user("Y") + node("parallelGateway", "Q2") + xor("G", "on") + node("parallelGateway", "P2")
        + user("D") + END
        + chain("S", "A", "P1", "B", "P2", "D", "E") + chain("P1", "Q1", "X", "Q2", "G")
        + chain("Q1", "Y", "Q2")
        + flow("G", "A", '=Y.conclusion = "退回"', "back") + flow("G", "P2", key="on")
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(orders=st.lists(st.permutations("BXY"), min_size=1, max_size=4))
def test_nested_blocks_sent_back_from_the_inner_one_stay_correct(orders):
    case = Case(nested()).do("A")

    for order in orders[:-1]:
        for key in order:
            if key in case.open:
                case.do(key, conclusion="退回")
            if case.open in (["A"], ["A", "B"]):
                break
        case.do("A")
        assert case.open == ["B", "X", "Y"]
    for done, key in enumerate(orders[-1]):
        assert "D" not in case.open, done
        case.do(key, conclusion="同意")

    assert case.open == ["D"]


def one_inside_another(kind: str) -> spiff.Specification:
    """B beside K and its own block of C and F; behind both, what F says may begin everything anew."""
    inclusive = kind == "inclusiveGateway"
    condition = "=true" if inclusive else ""
    body = START + "".join(map(user, "BKCF")) + xor("L", "none") + xor("G", "done") + END
    body += node(kind, "P1", **({"default": "P1-Z"} if inclusive else {})) + node(kind, "P2")
    body += node(kind, "P3", **({"default": "P3-Y"} if inclusive else {})) + node(kind, "P4")
    if inclusive:
        body += user("Y") + user("Z") + chain("P1", "Z", "P2") + chain("P3", "Y", "P4")
    body += (
        chain("S", "L") + chain("K", "P3") + chain("C", "P4") + chain("F", "P4", "P2", "G") + chain("B", "P2")
    )
    ways = [("P1", "B"), ("P1", "K"), ("P3", "C"), ("P3", "F")]
    body += "".join(flow(one, other, condition) for one, other in ways) + flow("L", "P1", key="none")
    body += flow("G", "L", '=F.conclusion = "退回"', "back") + flow("G", "E", key="done")
    return specification(body)


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
@settings(max_examples=60, deadline=None)
@given(rounds=st.lists(st.tuples(*[st.integers(0, 2)] * 4), min_size=1, max_size=5))
def test_a_block_inside_another_keeps_what_waits_for_it_in_every_round(kind, rounds):
    case = Case(one_inside_another(kind))

    for number, choices in enumerate(rounds):
        case.variables["F"] = {"conclusion": "退回" if number < len(rounds) - 1 else "同意"}
        done = []
        for choice in choices:
            done.append(case.open[choice % len(case.open)])
            case.do(done[-1])
        assert sorted(done) == ["B", "C", "F", "K"]

    assert case.step.ended


def test_an_inclusive_join_waits_only_for_the_branches_that_were_taken():
    spec = specification(
        START + user("A") + node("inclusiveGateway", "P1", default="P1-Z") + user("B") + user("C") + user("Z")
        + node("inclusiveGateway", "P2") + user("D") + END + chain("S", "A", "P1") + chain("P2", "D", "E")
        + flow("P1", "B", "=A.b") + flow("P1", "C", "=A.c") + flow("P1", "Z") + chain("B", "P2")
        + chain("C", "P2")
        + chain("Z", "P2")
    )  # fmt: skip

    assert Case(spec).do("A", b=True, c=False).do("B").open == ["D"]
    assert Case(spec).do("A", b=False, c=False).do("Z").open == ["D"]
    both = Case(spec).do("A", b=True, c=True).do("C")
    assert both.open == ["B"]
    assert both.do("B").open == ["D"]


def test_an_inclusive_join_waits_for_a_branch_that_was_sent_back_inside_the_block():
    spec = specification(
        START + node("inclusiveGateway", "P1", default="P1-Z") + user("B") + user("C") + user("Z")
        + user("C0")
        + xor("X", "on") + node("inclusiveGateway", "P2") + user("D") + END + chain("S", "P1")
        + chain("P2", "D", "E")
        + flow("P1", "B", "=true") + flow("P1", "C0", "=true") + flow("P1", "Z") + chain("B", "P2")
        + chain("Z", "P2")
        + chain("C0", "C", "X") + flow("X", "C0", '=C.conclusion = "退回"', "back")
        + flow("X", "P2", key="on")
    )  # fmt: skip
    case = Case(spec).do("B").do("C0").do("C", conclusion="退回")
    assert case.open == ["C0"]

    assert case.do("C0").do("C", conclusion="同意").open == ["D"]


def test_an_inclusive_block_inside_a_parallel_one_does_not_wait_for_the_other_branch():
    spec = specification(
        START + user("A") + node("parallelGateway", "O1") + user("K")
        + node("inclusiveGateway", "P1", default="P1-Z")
        + user("B") + user("C") + user("Z") + node("inclusiveGateway", "P2") + user("D")
        + node("parallelGateway", "O2") + xor("G", "on") + END + chain("S", "A", "O1", "K", "O2", "G")
        + chain("O1", "P1") + flow("P1", "B", "=true") + flow("P1", "C", "=true") + flow("P1", "Z")
        + chain("B", "P2", "D", "O2") + chain("C", "P2") + chain("Z", "P2")
        + flow("G", "A", "=again", "back") + flow("G", "E", key="on")
    )  # fmt: skip
    case = Case(spec, again=True).do("A").do("B").do("C")

    assert case.open == ["D", "K"]


def test_a_join_that_nothing_can_complete_stops_the_step_and_keeps_the_case():
    spec = specification(
        START + user("A") + node("parallelGateway", "P1") + user("B") + user("C")
        + node("parallelGateway", "P2")
        + user("D") + xor("G", "on") + END + chain("S", "A", "P1", "B", "P2", "D", "G")
        + chain("P1", "C", "P2")
        + flow("G", "B", '=D.conclusion = "退回"', "back") + flow("G", "E", key="on")
    )  # fmt: skip
    case = Case(spec).do("A").do("B").do("C").do("D", conclusion="退回")
    assert case.open == ["B"]

    with pytest.raises(spiff.EngineStuck, match="P2"):
        case.do("B")

    assert case.open == ["B"]


def test_an_interrupted_branch_reaches_the_join_by_its_other_way():
    spec = specification(
        START + node("parallelGateway", "P1") + user("B") + user("C") + node("exclusiveGateway", "M")
        + node("parallelGateway", "P2") + user("D") + END + chain("S", "P1", "B", "M", "P2", "D", "E")
        + chain("P1", "C", "P2") + boundary("T", "B", timer("P1D")) + flow("T", "M")
    )  # fmt: skip
    case = Case(spec).do("C").wake(days=2)

    assert case.open == ["D"]
