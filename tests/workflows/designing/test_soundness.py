"""Every diagram that can stop, double or go round for ever is found, and no other is."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workflows.designing.drafts import task
from tests.workflows.designing.families import BLOCKS, MUTATIONS, PAIRED, TASK, TORN, Drawing, holding, play
from tests.workflows.spiff.drawing import (
    END,
    START,
    boundary,
    chain,
    flow,
    node,
    process,
    specification,
    user,
    xor,
)
from workflows import spiff
from workflows.designing import findings, lint
from workflows.designing.nets import nets
from workflows.designing.searching import search
from workflows.designing.soundness import soundness_findings


def split(key):
    return node("parallelGateway", key)


def found(body, **more):
    return list(soundness_findings(specification(body), "p.bpmn", **more))


def rules(body, **more):
    return {finding.rule for finding in found(body, **more)}


@settings(max_examples=120)
@given(BLOCKS)
def test_whatever_is_drawn_in_blocks_is_sound(block):
    assert found(Drawing(block).body) == []


@settings(max_examples=40)
@given(BLOCKS, st.integers(0, 10_000))
# The inner split, begun anew, took what waited for the outer join to be left over from the round before.
@example(("again", ("both", ("choice", TASK, TASK), ("both", TASK, TASK))), 1)
def test_whatever_is_proven_sound_ends_on_the_engine_however_it_is_answered(block, seed):
    assert play(Drawing(block), seed) == "ended"


@pytest.mark.parametrize("wrong", MUTATIONS)
@settings(max_examples=40)
@given(st.data())
def test_a_block_closed_wrongly_is_found_wherever_it_stands(wrong, data):
    shape, expected = MUTATIONS[wrong]
    drawn = Drawing(data.draw(holding(shape)), wrong)

    said = found(drawn.body)

    assert {finding.rule for finding in said} & expected
    assert all(finding.sentence and finding.fix and finding.element for finding in said)


@pytest.mark.parametrize("wrong", TORN)
@settings(max_examples=40)
@given(st.data())
def test_a_diagram_torn_apart_is_found_wherever_it_is_torn(wrong, data):
    shape, expected = TORN[wrong]
    drawn = Drawing(data.draw(holding(shape)), wrong)

    said = {problem.rule for problem in spiff.problems({"p.bpmn": process(drawn.body)}, "P")}

    assert said >= expected


@settings(max_examples=40)
@given(BLOCKS, st.sampled_from(["", *MUTATIONS]))
@example(("both", TASK, ("both", TASK, TASK)), "")
def test_a_net_made_small_is_as_sound_as_it_was(block, wrong):
    drawn = specification(Drawing(block, wrong).body)

    whole = [search(net, 4_000) for net in nets(drawn)]

    if all(each.whole for each in whole):
        unsound = any(each.doubled or each.stuck or each.endless() for each in whole)
        assert bool(list(soundness_findings(drawn, "p.bpmn"))) == unsound


SMALL = st.sampled_from([TASK, ("seq", TASK, TASK), ("choice", TASK, TASK), ("again", TASK), ("timed", TASK)])


@pytest.mark.parametrize("wrong", MUTATIONS)
@settings(max_examples=8)
@given(st.tuples(SMALL, SMALL))
def test_what_is_found_happens_on_the_engine(wrong, inside):
    shape, _ = MUTATIONS[wrong]
    spoiled = (shape, *inside) if shape in PAIRED else (shape, inside[0])
    drawn = Drawing(("seq", spoiled, TASK), wrong)

    assert any(play(drawn, seed) != "ended" for seed in range(60))


# What a finding says


BOTH = ("both", TASK, TASK)


def test_a_doubled_step_is_told_with_the_way_to_it_and_a_mend_that_was_tried():
    body = (
        START
        + split("fork")
        + user("a", name="甲核")
        + user("b", name="乙核")
        + xor("meet")
        + user("c")
        + END
    )
    body += flow("S", "fork") + flow("fork", "a") + flow("fork", "b") + chain("a", "meet", "c", "E")

    (finding,) = found(body + flow("b", "meet"))

    assert (finding.severity, finding.element, finding.rule) == ("error", "meet", "sound.doubled")
    assert finding.sentence.startswith("排他网关“meet”会重复办理：")
    assert "S → 甲核 → 乙核" in finding.sentence
    assert finding.change == findings.Change("set_kind", "meet", "parallelGateway")


def test_a_step_that_waits_for_ever_is_told_with_what_it_lacks():
    body = START + xor("way", "way-b") + user("a", name="甲核") + user("b", name="乙核") + split("meet") + END
    body += flow("S", "way") + flow("way", "a", "=x") + flow("way", "b") + chain("a", "meet", "E")

    (finding,) = found(body + flow("b", "meet"))

    assert (finding.element, finding.rule) == ("meet", "sound.deadlock")
    assert "等不到从“乙核”来的一路" in finding.sentence
    assert finding.change == findings.Change("set_kind", "meet", "exclusiveGateway")


def test_a_round_that_nobody_leaves_is_told():
    body = START + user("apply") + xor("way", "way-E") + END + xor("head") + user("again") + split("fork")
    body += node("endEvent", "told") + chain("S", "apply", "way", "E") + flow("way", "head", "=x")
    body += chain("head", "again", "fork", "head") + flow("fork", "told")

    (finding,) = found(body)

    assert finding.rule == "sound.livelock"
    assert finding.sentence == "排他网关“head”走到这里就只能绕圈，再也到不了结束。走法：S → apply。"


def test_a_diagram_that_never_ends_is_told_once():
    body = START + xor("head") + user("again") + split("fork") + END
    body += chain("S", "head", "again", "fork", "head") + flow("fork", "E")

    assert [(each.element, each.rule) for each in found(body)] == [("S", "sound.never_ends")]


def test_several_branches_that_each_end_are_sound():
    body = START + split("fork") + user("a") + user("b") + node("endEvent", "F") + END
    body += flow("S", "fork") + flow("fork", "a") + flow("fork", "b") + flow("a", "E") + flow("b", "F")

    assert found(body) == []


def test_an_end_that_terminates_takes_waiting_tokens_with_it():
    body = START + split("fork") + user("a") + xor("way", "way-meet") + user("b") + split("meet") + END
    body += node("endEvent", "refused", "<bpmn:terminateEventDefinition/>")
    body += flow("S", "fork") + flow("fork", "a") + flow("fork", "b") + chain("a", "way", "meet", "E")
    body += flow("way", "refused", "=x") + flow("b", "meet")

    assert found(body) == []
    assert rules(body.replace("<bpmn:terminateEventDefinition/>", "")) == {"sound.deadlock"}


def test_sending_back_out_of_a_parallel_block_withdraws_the_other_branch():
    body = (
        START + xor("head") + user("apply") + split("fork") + user("a") + xor("way", "way-meet") + user("b")
    )
    body += split("meet") + END + chain("S", "head", "apply", "fork", "a", "way", "meet", "E")
    body += flow("fork", "b") + flow("b", "meet") + flow("way", "head", "=x")

    assert found(body) == []


def test_two_branches_that_both_send_back_double_what_they_return_to():
    body = START + xor("head") + user("apply") + split("fork") + END + split("meet")
    body += user("a") + xor("way", "way-meet") + user("b") + xor("wey", "wey-meet")
    body += chain("S", "head", "apply", "fork", "a", "way", "meet", "E") + chain("fork", "b", "wey", "meet")
    body += flow("way", "head", "=x") + flow("wey", "head", "=y")

    assert rules(body) == {"sound.doubled"}


def test_an_error_that_nothing_catches_is_told():
    throwing = '<bpmn:error id="bad" errorCode="BAD"/>'
    inner = node("startEvent", "s") + node("endEvent", "e", '<bpmn:errorEventDefinition errorRef="bad"/>')
    body = START + node("subProcess", "sub", inner + flow("s", "e")) + END + chain("S", "sub", "E")
    caught = boundary("catch", "sub", '<bpmn:errorEventDefinition errorRef="bad"/>') + flow("catch", "E")

    said = list(soundness_findings(specification(body, throwing), "p.bpmn"))

    assert [(each.element, each.rule) for each in said] == [("e", "sound.deadlock")]
    assert list(soundness_findings(specification(body + caught, throwing), "p.bpmn")) == []


def test_a_search_that_is_not_through_says_so():
    body = Drawing(("both", *[("again", TASK)] * 3), "both closed by choice").body

    (*_, last) = found(body, most=5)

    assert (last.severity, last.rule) == ("warning", "sound.bound")
    assert "查了5种办理状态仍未查完" in last.sentence


def test_three_hundred_elements_in_parallel_are_proven():
    block = ("seq", *[("both", *[("again", ("choice", TASK, TASK))] * 8)] * 5)

    assert found(Drawing(block).body) == []


def test_the_browser_gets_the_mend_with_the_finding():
    body = START + xor("way", "way-b") + task("a") + task("b") + split("meet") + END
    body += flow("S", "way") + flow("way", "a", "=true") + flow("way", "b") + chain("a", "meet", "E")

    said = lint.as_json(lint.diagram(process(body + flow("b", "meet")), "a.bpmn"))

    (told,) = [each for each in said if each["rule"] == "sound.deadlock"]
    assert told["change"] == {"kind": "set_kind", "element": "meet", "value": "exclusiveGateway"}
    assert not any("change" in each for each in said if each is not told)
