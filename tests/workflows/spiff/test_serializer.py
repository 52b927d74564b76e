"""The stored state: small, complete, readable by every later version and on a specification parsed anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

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
    message,
    node,
    process,
    service,
    timer,
    user,
    xor,
)
from workflows import spiff

STATES = Path(__file__).parents[2] / "states"
DIAGRAMS = Path(__file__).parents[2] / "diagrams"

APPROVAL = process(
    START + "".join(map(user, ("apply", "check", "review", "approve", "archive"))) + xor("G", "on") + END
    + chain("S", "apply", "check", "review", "approve", "G")
    + flow("G", "apply", '=approve.conclusion = "退回"', "back") + flow("G", "archive", key="on")
    + chain("archive", "E")
)  # fmt: skip

EVERYTHING = process(
    START + xor("merge") + node("parallelGateway", "P1") + user("M", loop(card="3"))
    + boundary("R", "M", timer("R/P1D", "timeCycle"), interrupting=False) + service("remind")
    + node("endEvent", "E2")
    + node("subProcess", "SP", node("startEvent", "s2") + user("X") + node("endEvent", "e2")
    + chain("s2", "X", "e2"))
    + node("eventBasedGateway", "G") + catch("T", timer("P9D")) + catch("O", message("m"))
    + node("inclusiveGateway", "P2") + user("D") + xor("back", "on") + END
    + chain("S", "merge", "P1", "M", "P2", "D", "back") + chain("R", "remind", "E2")
    + chain("P1", "SP", "G", "T", "P2")
    + chain("G", "O", "P2") + flow("back", "merge", "=D.again = true", "again") + flow("back", "E", key="on"),
    extra='<bpmn:message id="m" name="异议"/>',
)  # fmt: skip


def parsed(text: bytes) -> spiff.Specification:
    return spiff.parse({"p.bpmn": text}, "P")


def test_an_approval_with_a_rework_stays_small():
    case = Case(parsed(APPROVAL))

    for key in ("apply", "check", "review"):
        case.do(key)
    case.do("approve", conclusion="退回").do("apply")

    assert len(case.step.state) < 4096
    assert len(case.step.state) < 100, case.step.state


def test_a_hundred_rounds_do_not_make_it_grow():
    case = Case(parsed(APPROVAL)).do("apply")
    first = len(case.step.state)

    for _ in range(100):
        case.do("check").do("review").do("approve", conclusion="退回").do("apply")

    assert len(case.step.state) <= first + 8


def test_a_state_holds_no_variable_and_no_diagram():
    case = Case(parsed(APPROVAL)).do("apply", secret="150602198001011234")

    assert b"1506" not in case.step.state
    assert set(orjson.loads(case.step.state)) == {"v", "n", "e", "p"}


def test_every_step_goes_on_from_a_specification_parsed_anew():
    case = Case(parsed(EVERYTHING))

    def anew() -> Case:
        case.spec = parsed(EVERYTHING)
        return case

    for round_ in range(2):
        anew().do("M", 0)
        anew().wake(days=1, hours=1)
        anew().do("X")
        anew().do("M", 2)
        anew().tell("异议")
        assert case.open == ["M"]
        anew().do("M", 1)
        assert case.open == ["D"]
        anew().do("D", again=round_ == 0)

    assert case.step.ended


def test_loading_and_storing_again_changes_nothing():
    case = Case(parsed(EVERYTHING)).do("M", 1).do("X")

    again = spiff.wake(case.spec, case.step.state, case.scope, case.ask)

    assert again.state == case.step.state
    assert again.open_tasks == case.step.open_tasks
    assert again.waiting == case.step.waiting


def test_the_same_steps_give_the_same_bytes():
    def play() -> list[bytes]:
        case = Case(parsed(EVERYTHING))
        return [case.do("M", 1).step.state, case.do("X").step.state, case.wake(days=2).step.state]

    assert play() == play()


@pytest.mark.parametrize("path", sorted(STATES.glob("*.json")), ids=lambda path: path.stem)
def test_a_state_stored_by_an_earlier_version_still_loads(path):
    kept = orjson.loads(path.read_bytes())
    spec = spiff.parse({"p.bpmn": (DIAGRAMS / kept["diagram"]).read_bytes()}, "P")
    case = Case(spec)
    case.step = spiff.wake(spec, orjson.dumps(kept["state"]), case.scope, case.ask)

    assert [task.element for task in case.step.open_tasks] == kept["open"]
    assert [event.element for event in case.step.waiting] == kept["waiting"]
    for verb, *words in kept["then"]:
        getattr(case, verb)(*words)
    assert case.step.ended


def test_there_is_a_stored_state_of_every_format():
    assert {orjson.loads(path.read_bytes())["state"]["v"] for path in STATES.glob("*.json")} == {1}


@pytest.mark.parametrize(
    "state",
    [b"", b"{", b"[]", b"7", b'{"v":99}', b'{"v":null}', b'{"v":1}',
     b'{"v":1,"n":1,"e":null,"p":[[0,"",[]]]}',
     b'{"v":1,"n":2,"e":null,"p":[[0,"",[[2,1,"apply","r"]]]]}',
     b'{"v":1,"n":2,"e":null,"p":[[0,"",[[2,0,"apply","?"]]]]}',
     b'{"v":1,"n":2,"e":null,"p":[[0,"",[[2,0,"gone","r"]]]]}',
     b'{"v":1,"n":2,"e":null,"p":[[7,"Q",[[2,0,"apply","r"]]]]}'],
)  # fmt: skip
def test_a_state_that_does_not_fit_is_refused(state):
    case = Case(parsed(APPROVAL))

    with pytest.raises(spiff.StateUnreadable):
        spiff.complete(case.spec, state, "2", case.scope, case.ask)


def test_sixteen_threads_share_one_specification():
    spec = parsed(EVERYTHING)

    def play(number: int) -> tuple[bytes, ...]:
        case = Case(spec, at=NOON)
        order = (0, 1, 2) if number % 2 else (2, 1, 0)
        states = []
        for round_ in range(3):
            states += [case.do("M", index).step.state for index in order]
            case.do("X").tell("异议").do("D", again=round_ < 2)
        assert case.step.ended
        return tuple(states)

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(play, range(64)))

    assert len(set(results)) == 2
