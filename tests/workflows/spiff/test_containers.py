"""Subprocesses and called procedures."""

from __future__ import annotations

import pytest

from tests.workflows.spiff.drawing import (
    END,
    START,
    Case,
    boundary,
    catch,
    chain,
    flow,
    message,
    node,
    process,
    service,
    specification,
    timer,
    user,
    xor,
)
from workflows import spiff

CALL = node("callActivity", "C", extensions='<zeebe:calledElement processId="Q"/>')
CALLED = process(START + user("X") + service("note") + END + chain("S", "X", "note", "E"), "Q")


def inside(body: str) -> str:
    return node("subProcess", "SP", node("startEvent", "s2") + body)


def test_a_called_procedure_runs_in_the_middle_of_the_caller():
    spec = specification(
        START + user("A") + CALL + user("B") + END + chain("S", "A", "C", "B", "E"), q=CALLED
    )
    case = Case(spec).do("A")
    assert case.open == ["X"]

    assert case.do("X", ok=True).open == ["B"]
    assert case.variables["X"] == {"ok": True}
    assert case.do("B").step.ended_at == "E"
    assert case.passed == [
        "S", "S-A", "A", "A-C", "C", "Q/S", "S-X", "X", "X-note", "note", "note-E",
        "Q/E", "C-B", "B", "B-E", "E",
    ]  # fmt: skip


def test_elements_of_the_called_procedure_are_known_by_their_own_names():
    spec = specification(START + CALL + END + chain("S", "C", "E"), q=CALLED)

    assert spec.processes == {"P": "P", "Q": "Q"}
    assert spec.elements["X"].process == "Q"
    assert (spec.elements["Q/S"].shape, spec.elements["S"].process) == ("S", "P")
    assert [flow.id for flow in spec.outgoing("Q/S")] == ["S-X"]


@pytest.mark.parametrize("rounds", [1, 4])
def test_a_subprocess_starts_afresh_in_every_round(rounds):
    body = user("X") + user("Y") + node("endEvent", "e2") + chain("s2", "X", "Y", "e2")
    spec = specification(
        START + inside(body) + user("D") + xor("G", "on") + END + chain("S", "SP", "D", "G")
        + flow("G", "SP", "=D.again", "back") + flow("G", "E", key="on")
    )  # fmt: skip
    case = Case(spec)

    for number in range(rounds):
        case.do("X").do("Y").do("D", again=number < rounds - 1)

    assert case.step.ended


def test_a_time_limit_takes_a_whole_subprocess_away():
    deeper = node(
        "subProcess",
        "SP2",
        node("startEvent", "s3") + user("Y") + node("endEvent", "e3") + chain("s3", "Y", "e3"),
    )
    body = (
        node("parallelGateway", "P1")
        + user("X")
        + deeper
        + node("endEvent", "e2")
        + chain("s2", "P1", "X", "e2")
    )
    spec = specification(
        START + inside(body + chain("P1", "SP2", "e2")) + boundary("T", "SP", timer("P3D")) + user("L") + END
        + chain("S", "SP", "E") + chain("T", "L", "E")
    )  # fmt: skip
    case = Case(spec)
    assert case.open == ["X", "Y"]

    assert case.wake(days=3).open == ["L"]
    assert case.do("L").step.ended


def test_an_error_inside_leaves_by_the_event_that_catches_it():
    body = (
        user("X")
        + node("endEvent", "bad", '<bpmn:errorEventDefinition errorRef="e"/>')
        + chain("s2", "X", "bad")
    )
    spec = specification(
        START + inside(body)
        + boundary("other", "SP", '<bpmn:errorEventDefinition errorRef="o"/>')
        + boundary("caught", "SP", '<bpmn:errorEventDefinition errorRef="e"/>')
        + user("L") + END + chain("S", "SP", "E") + chain("caught", "L", "E") + chain("other", "E"),
        extra='<bpmn:error id="e" errorCode="不符"/><bpmn:error id="o" errorCode="其他"/>',
    )  # fmt: skip

    assert Case(spec).do("X").open == ["L"]


def test_a_terminating_end_inside_a_subprocess_ends_only_that():
    stop = node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
    body = node("parallelGateway", "P1") + user("X") + user("Y") + node("endEvent", "e2") + stop
    spec = specification(
        START + inside(body + chain("s2", "P1", "X", "stop") + chain("P1", "Y", "e2")) + user("B") + END
        + chain("S", "SP", "B", "E")
    )  # fmt: skip

    assert Case(spec).do("X").open == ["B"]


def test_waiting_inside_a_subprocess_is_seen_from_outside():
    body = (
        node("eventBasedGateway", "G2")
        + catch("T", timer("P5D"))
        + catch("O", message("m"))
        + node("endEvent", "e2")
    )
    spec = specification(
        START
        + inside(body + chain("s2", "G2", "T", "e2") + chain("G2", "O", "e2"))
        + END
        + chain("S", "SP", "E"),
        extra='<bpmn:message id="m" name="异议"/>',
    )
    assert Case(spec).waiting == ["O", "T"]

    assert Case(spec).tell("异议").step.ended
    assert Case(spec).wake(days=5).step.ended


def test_procedures_that_call_each_other_in_a_circle_are_refused():
    back = node("callActivity", "C2", extensions='<zeebe:calledElement processId="P"/>')
    circle = process(START + back + END + chain("S", "C2", "E"), "Q")

    with pytest.raises(spiff.Unreadable, match="循环"):
        specification(START + CALL + END + chain("S", "C", "E"), q=circle)


def test_a_called_procedure_that_is_not_in_the_bundle_is_refused_by_name():
    with pytest.raises(spiff.Unreadable, match="“Q”") as refusal:
        specification(START + CALL + END + chain("S", "C", "E"))

    assert (refusal.value.rule, refusal.value.element) == ("process.missing", "C")


def test_an_error_nobody_catches_stops_the_step():
    body = user("X") + node("endEvent", "bad", "<bpmn:errorEventDefinition/>") + chain("s2", "X", "bad")
    case = Case(specification(START + inside(body) + END + chain("S", "SP", "E")))

    with pytest.raises(spiff.Undecided, match="没有人接收"):
        case.do("X")
    assert case.open == ["X"]


def test_an_error_of_the_process_itself_ends_it():
    bad = node("endEvent", "bad", "<bpmn:errorEventDefinition/>")

    assert Case(specification(START + bad + chain("S", "bad"))).step.ended_at == "bad"


def test_a_message_that_interrupts_a_subprocess_does_not_reach_into_it():
    body = node("receiveTask", "M", messageRef="m") + user("X") + node("endEvent", "e2")
    body += chain("s2", "M", "X", "e2")
    spec = specification(
        START + inside(body) + boundary("T", "SP", message("m")) + user("L") + END + chain("S", "SP", "E")
        + chain("T", "L", "E"),
        extra='<bpmn:message id="m" name="撤销"/>',
    )  # fmt: skip

    assert Case(spec).tell("撤销").open == ["L"]


def test_an_error_may_be_caught_two_levels_up():
    bad = node("endEvent", "bad", '<bpmn:errorEventDefinition errorRef="e"/>')
    inner = node("subProcess", "IN", node("startEvent", "s3") + user("X") + bad + chain("s3", "X", "bad"))
    body = inner + node("endEvent", "e2") + chain("s2", "IN", "e2")
    spec = specification(
        START + inside(body) + boundary("caught", "SP", '<bpmn:errorEventDefinition errorRef="e"/>')
        + user("L") + END
        + chain("S", "SP", "E") + chain("caught", "L", "E"),
        extra='<bpmn:error id="e" errorCode="不符"/>',
    )  # fmt: skip

    assert Case(spec).do("X").open == ["L"]
