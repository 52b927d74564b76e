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
