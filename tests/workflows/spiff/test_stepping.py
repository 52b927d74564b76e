"""Starting, completing, asking, ending: the ordinary life of a case."""

from __future__ import annotations

import pytest

from tests.workflows.spiff.drawing import (
    END,
    START,
    Case,
    chain,
    flow,
    node,
    service,
    specification,
    user,
    xor,
)
from workflows import spiff

REVIEW = (
    START
    + user("A")
    + user("B")
    + service("post")
    + xor("G", "back")
    + END
    + chain("S", "A", "B", "G")
    + flow("G", "post", '=B.conclusion = "同意"', "yes")
    + flow("G", "A", key="back")
    + flow("post", "E")
)


def test_a_step_tells_the_way_the_token_took():
    case = Case(specification(REVIEW))

    assert case.step.passed == ("S", "S-A")
    assert case.do("A").step.passed == ("A", "A-B")
    case.do("B", conclusion="同意")

    assert case.step.passed == ("B", "B-G", "G", "yes", "post", "post-E", "E")
    assert (case.step.ended, case.step.ended_at) == (True, "E")
    assert case.step.open_tasks == ()


def test_a_refusal_sends_the_case_back_by_the_default_way():
    case = Case(specification(REVIEW)).do("A").do("B", conclusion="不同意")

    assert case.open == ["A"]
    assert case.calls == []


def test_a_service_task_asks_once_with_its_inputs_and_its_outputs_become_variables():
    mapping = (
        '<zeebe:input source="=A.amount * 2" target="amount"/><zeebe:input source="公示" target="title"/>'
    )
    mapping += '<zeebe:output source="=post.number" target="subject.notice"/>'
    spec = specification(
        START + user("A") + service("post", "notice.post", mapping) + END + chain("S", "A", "post", "E")
    )

    class Noticing(Case):
        def ask(self, call):
            super().ask(call)
            self.variables["post"] = {"number": 7}

    case = Noticing(spec, subject={"name": "甲"}).do("A", amount=3)

    [call] = case.calls
    assert (call.operation, call.element.id) == ("notice.post", "post")
    assert dict(call.inputs) == {"amount": 6, "title": "公示"}
    assert case.variables["subject"] == {"name": "甲", "notice": 7}
    assert case.step.written == {"subject": {"name": "甲", "notice": 7}}


def test_a_business_rule_task_asks_for_a_decision_whose_result_decides_the_way():
    rule = '<zeebe:calledDecision decisionId="Grade" resultVariable="grade"/>'
    spec = specification(
        START + node("businessRuleTask", "R", extensions=rule) + xor("G", "low") + user("A") + user("B") + END
        + chain("S", "R", "G") + flow("G", "A", '=grade = "高"', "high") + flow("G", "B", key="low")
        + chain("A", "E")
        + chain("B", "E")
    )  # fmt: skip

    class Deciding(Case):
        def ask(self, call):
            assert (call.decision, call.operation) == ("Grade", None)
            self.variables[call.element.result_variable] = "高"

    assert Deciding(spec).open == ["A"]


def test_a_task_is_completed_only_once():
    case = Case(specification(REVIEW))
    first = case.task("A")
    case.do("A")

    with pytest.raises(spiff.NotWaiting):
        spiff.complete(case.spec, case.step.state, first, case.scope, case.ask)


@pytest.mark.parametrize("task_id", ["999", "", "x", "-1", "１"])
def test_a_task_that_never_was_is_refused(task_id):
    case = Case(specification(REVIEW))

    with pytest.raises(spiff.NotWaiting):
        spiff.complete(case.spec, case.step.state, task_id, case.scope, case.ask)


def test_a_condition_that_is_neither_true_nor_false_stops_the_step():
    spec = specification(
        START + user("A") + xor("G", "no") + user("B") + END + chain("S", "A", "G")
        + flow("G", "B", "=A.amount > 10", "yes") + flow("G", "E", key="no") + chain("B", "E")
    )  # fmt: skip
    case = Case(spec)

    with pytest.raises(spiff.Undecided, match="没有得出是或否"):
        case.do("A", remark="金额漏填")

    assert case.open == ["A"]
    assert case.do("A", amount=11).open == ["B"]


def test_a_loop_without_people_in_it_is_stopped():
    spec = specification(
        START + user("A") + service("T") + xor("G", "again") + END + chain("S", "A", "T", "G")
        + flow("G", "E", "=false", "out") + flow("G", "T", key="again")
    )  # fmt: skip

    with pytest.raises(spiff.TooManyRounds):
        Case(spec).do("A")


def test_a_terminating_end_withdraws_what_is_open():
    spec = specification(
        START + node("parallelGateway", "P1") + user("A") + user("B") + END
        + node("endEvent", "T", "<bpmn:terminateEventDefinition/>") + chain("S", "P1", "A", "E")
        + chain("P1", "B", "T")
    )  # fmt: skip
    case = Case(spec)
    assert case.open == ["A", "B"]

    case.do("B")

    assert (case.step.ended, case.step.ended_at, case.open) == (True, "T", [])


def test_a_case_with_two_ends_goes_on_until_both_are_reached():
    spec = specification(
        START + node("parallelGateway", "P1") + user("A") + user("B") + END + node("endEvent", "E2")
        + chain("S", "P1", "A", "E") + chain("P1", "B", "E2")
    )  # fmt: skip
    case = Case(spec).do("B")
    assert not case.step.ended

    assert case.do("A").step.ended_at == "E"


def test_three_hundred_steps_in_a_row_run_at_once():
    keys = [f"T{number}" for number in range(300)]
    case = Case(specification(START + "".join(map(service, keys)) + END + chain("S", *keys, "E")))

    assert len(case.calls) == 300
    assert case.step.ended


def test_what_was_about_to_run_does_not_run_after_a_terminating_end():
    spec = specification(
        START + node("parallelGateway", "P1") + service("X") + END
        + node("endEvent", "T", "<bpmn:terminateEventDefinition/>") + chain("S", "P1", "T")
        + chain("P1", "X", "E")
    )  # fmt: skip
    case = Case(spec)

    assert (case.step.ended, case.calls) == (True, [])


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_a_gateway_none_of_whose_conditions_holds_stops_the_step(kind):
    spec = specification(
        START
        + user("A")
        + node(kind, "G")
        + END
        + chain("S", "A", "G")
        + flow("G", "E", '=A.conclusion = "同意"')
    )
    case = Case(spec)

    with pytest.raises(spiff.Undecided, match="没有一个条件成立"):
        case.do("A", conclusion="不同意")
    assert case.do("A", conclusion="同意").step.ended


def test_a_message_sent_is_an_operation_like_any_other():
    throw = node(
        "intermediateThrowEvent", "X", '<bpmn:messageEventDefinition messageRef="m"/>',
        '<zeebe:taskDefinition type="notify.send"/>',
    )  # fmt: skip
    spec = specification(
        START + throw + END + chain("S", "X", "E"), extra='<bpmn:message id="m" name="告知"/>'
    )

    assert [call.operation for call in Case(spec).calls] == ["notify.send"]


def test_outputs_are_kept_as_json_and_never_change_what_the_caller_holds():
    mapping = '<zeebe:output source="=[1/3, {a: 0.5}]" target="r.x.y"/>'
    spec = specification(START + service("X", "do.it", mapping) + END + chain("S", "X", "E"))
    before = {"x": {"z": 1}}

    case = Case(spec, r=before)

    assert case.variables["r"] == {"x": {"z": 1, "y": [1 / 3, {"a": 0.5}]}}
    assert before == {"x": {"z": 1}}


def test_a_case_has_a_limit_to_the_steps_of_its_whole_life():
    case = Case(specification(REVIEW))
    state = case.step.state.replace(b'"n":2', b'"n":100000')

    with pytest.raises(spiff.TooManyRounds, match="100000"):
        spiff.complete(case.spec, state, "2", case.scope, case.ask)


def test_a_variable_whose_name_upsets_an_expression_stops_the_step():
    mapping = '<zeebe:input source="=a-1" target="n"/>'
    spec = specification(START + service("X", "do.it", mapping) + END + chain("S", "X", "E"))

    assert Case(spec, a=3).calls[0].inputs["n"] == 2
    with pytest.raises(spiff.Undecided, match="表达式"):
        Case(spec, **{"a-": 3})
