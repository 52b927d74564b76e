"""What a diagram says is all there afterwards; what would not run correctly is refused with its reason."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.workflows.spiff.drawing import (
    END,
    START,
    boundary,
    catch,
    chain,
    flow,
    loop,
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

DIAGRAMS = Path(__file__).parents[2] / "diagrams"


def diagram(name: str) -> spiff.Specification:
    return spiff.parse({f"{name}.bpmn": (DIAGRAMS / f"{name}.bpmn").read_bytes()}, "P")


def test_everything_said_in_extensions_is_kept():
    spec = diagram("everything_said_in_extensions_is_kept")
    check = spec.elements["check"]

    assert (spec.name, spec.documentation) == ("监测对象识别", "全流程说明")
    assert (check.lane, check.role, check.level) == ("村（社区）", "village_committee", "village")
    assert (check.form, check.due, check.groups) == ("fp_check", "=workdays(3)", ("驻村干部", "村委会"))
    assert (check.documentation, check.origin) == ("到户核实。", "source")
    assert check.basis == "000.txt｜入户核实"
    assert check.properties["note"] == "甲"
    review = spec.elements["review"]
    assert review.multi_instance == spiff.MultiInstance(
        sequential=True, collection="=members", item="member", completion="=no > 0"
    )
    assert (review.name, review.lane, review.documentation, review.form) == (
        "评议",
        "村（社区）",
        "逐人评议。",
        "fp_review",
    )
    assert spec.elements["post"].operation == "notice.post"
    assert spec.elements["post"].inputs == (spiff.Assignment("=check.name", "title"),)
    assert (spec.elements["grade"].decision, spec.elements["grade"].result_variable) == ("Grade", "grade")
    assert spec.elements["end_of_notice"].timer == spiff.Timer("date", "=end of notice")
    assert spec.flows["failed"].origin == "default"
    assert (spec.flows["failed"].default, spec.flows["passed"].condition) == (True, '=grade = "高"')


def test_elements_inside_a_subprocess_are_in_its_lane_and_keep_their_own_text():
    spec = diagram("everything_said_in_extensions_is_kept")

    assert (spec.elements["inner"].role, spec.elements["inner"].level) == ("township_gov", "township")
    assert (spec.elements["inner"].parent, spec.elements["sub"].documentation) == ("sub", "")
    assert spec.elements["inner"].documentation == "里面的说明"


def test_a_specification_cannot_be_changed():
    spec = specification(START + user("A") + END + chain("S", "A", "E"))

    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.name = "x"
    with pytest.raises(TypeError):
        spec.elements["B"] = spec.elements["A"]


SKELETON = START + user("A") + END + chain("S", "A", "E")


def between(middle: str, key: str) -> str:
    return START + middle + END + chain("S", key, "E")


REFUSED = {
    "element.scriptTask": between(node("scriptTask", "X", "<bpmn:script>1</bpmn:script>"), "X"),
    "element.task": between(node("task", "X"), "X"),
    "element.complexGateway": between(node("complexGateway", "X"), "X"),
    "element.adHocSubProcess": between(node("adHocSubProcess", "X"), "X"),
    "element.transaction": between(node("transaction", "X"), "X"),
    "element.unknown": between(node("choreographyTask", "X"), "X"),
    "element.standardLoopCharacteristics": between(user("X", "<bpmn:standardLoopCharacteristics/>"), "X"),
    "element.eventSubProcess": SKELETON
    + node("subProcess", "X", START.replace('"S"', '"s"'), triggeredByEvent="true"),
    "element.compensation": between(user("X", isForCompensation="true"), "X"),
    "extension.machinery": between(user("X", extensions="<zeebe:executionListeners/>"), "X"),
    "event.kind": between(catch("X", "<bpmn:linkEventDefinition/>"), "X"),
    "event.several": between(catch("X", timer("P1D") + message("m")), "X"),
    "event.none": between(catch("X", ""), "X"),
    "timer.missing": between(catch("X", "<bpmn:timerEventDefinition/>"), "X"),
    "timer.cycle": between(catch("X", timer("R3/P1D", "timeCycle")), "X"),
    "timer.text": between(catch("X", timer("三天")), "X"),
    "size.nodes": START + "".join(user(f"T{number}") for number in range(1001)) + END,
    "message.missing": between(node("receiveTask", "X"), "X"),
    "message.name": between(node("receiveTask", "X", messageRef="unknown"), "X"),
    "work.operation": between(node("serviceTask", "X"), "X"),
    "work.decision": between(node("businessRuleTask", "X"), "X"),
    "work.called": between(node("callActivity", "X"), "X"),
    "work.mapping": between(service("X", mapping='<zeebe:output source="=1" target="case.number"/>'), "X"),
    "loop.count": between(user("X", loop()), "X"),
    "loop.collection": between(user("X", loop(over="members")), "X"),
    "loop.data": between(
        user("X", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>a</bpmn:loopDataInputRef>"
             "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"), "X"),
    "loop.kind": between(node("receiveTask", "X", loop(card="2"), messageRef="m"), "X"),
    "id.reserved": between(user("case"), "case"),
    "id.form": between(user("A B"), "A B"),
    "id.twice": SKELETON + user("A"),
    "flow.dangling": SKELETON + flow("A", "nowhere"),
    "flow.condition": START + user("A") + END + chain("S", "A") + flow("A", "E", "=true"),
    "flow.split": SKELETON + user("B") + chain("A", "B", "E"),
    "flow.missing": SKELETON + user("B") + node("parallelGateway", "P1") + chain("P1", "B")
    + chain("P1", "E"),
    "flow.into": SKELETON + user("B") + chain("B", "S"),
    "flow.out": SKELETON + user("B") + chain("E", "B", "E"),
    "start.one": user("A") + END + chain("A", "E"),
    "end.missing": START + user("A") + user("B") + chain("S", "A", "B", "A"),
    "reach.start": SKELETON + user("B") + flow("B", "E"),
    "reach.end": START + node("parallelGateway", "P1") + user("A") + user("B") + END
    + chain("S", "P1", "A", "E") + chain("P1", "B") + flow("B", "B", key="BB"),
    "gateway.condition": START + xor("G") + user("A") + END + chain("S", "G", "A", "E") + chain("G", "E"),
    "gateway.feel": START + xor("G", "G-E") + user("A") + END + chain("S", "G") + flow("G", "A", "yes")
    + flow("A", "E")
    + flow("G", "E"),
    "gateway.default": START + xor("G") + user("A") + END + chain("S", "G") + flow("G", "A", "=x > 1")
    + flow("G", "E", "=x < 1") + flow("A", "E"),
    "gateway.deadlock": START + node("parallelGateway", "P1") + user("A") + xor("G", "G-E") + END
    + chain("S", "P1", "A", "G", "E") + flow("G", "P1", "=again"),
    "gateway.events": START + node("eventBasedGateway", "G") + catch("T", timer("P1D")) + user("A") + END
    + chain("S", "G", "T", "E") + chain("G", "A", "E"),
    "boundary.host": SKELETON + boundary("T", "E", timer("P1D")) + flow("T", "E"),
    "boundary.error": SKELETON + boundary("T", "A", "<bpmn:errorEventDefinition/>") + flow("T", "E"),
    "error.interrupting": SKELETON + boundary("T", "A", "<bpmn:errorEventDefinition/>", interrupting=False)
    + flow("T", "E"),
    "expression.syntax": START + xor("G", "no") + END + user("A") + chain("S", "G") + flow("G", "A", "=x >")
    + flow("G", "E", key="no") + flow("A", "E"),
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(REFUSED))
def test_what_would_not_run_is_refused_by_its_rule(rule):
    bundle = {"事项.bpmn": process(REFUSED[rule], extra='<bpmn:message id="m" name="异议"/>')}

    found = spiff.problems(bundle, "P")

    assert rule in {problem.rule for problem in found}
    assert all(problem.sentence.endswith("。") and problem.file == "事项.bpmn" for problem in found)
    with pytest.raises(spiff.Unreadable, match="事项"):
        spiff.parse(bundle, "P")


@pytest.mark.parametrize("tag", ["signal", "link", "compensate", "conditional", "escalation", "cancel"])
@pytest.mark.parametrize(
    "where", ["endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"]
)
def test_events_that_the_engine_would_ignore_are_refused(tag, where):
    event = node(where, "X", f"<bpmn:{tag}EventDefinition/>", attachedToRef="A")

    found = spiff.problems({"p.bpmn": process(SKELETON + event)}, "P")

    assert "event.kind" in {problem.rule for problem in found}


@pytest.mark.parametrize(
    ("definition", "rule"),
    [
        (timer("P1D"), "timer.start"),
        (timer("2026-01-01", "timeDate"), "timer.start"),
        (timer("R/P1M", "timeCycle"), "timer.schedule"),
        (timer("0 * * * * *", "timeCycle"), "timer.schedule"),
        ("<bpmn:signalEventDefinition/>", "event.kind"),
    ],
)
def test_a_start_event_begins_by_a_cycle_a_message_or_nothing(definition, rule):
    body = node("startEvent", "S", definition) + user("A") + END + chain("S", "A", "E")

    assert rule in {problem.rule for problem in spiff.problems({"p.bpmn": process(body)}, "P")}


@pytest.mark.parametrize(
    "definition",
    [timer("0 0 0 1 * *", "timeCycle"), timer('=if param.m then "@monthly" else "@yearly"', "timeCycle")],
)
def test_a_process_may_begin_by_itself(definition):
    spec = specification(node("startEvent", "S", definition) + user("A") + END + chain("S", "A", "E"))

    assert spec.start_event().timer.kind == "cycle"
    assert spec.first_step() is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('=x = "a"', '=x != "a"'),
        ("=x >= 3", "=x < 3"),
        ("=ok", "=not(ok)"),
        ("=not( ok )", "= ok"),
        ("=x<=1", "=x > 1"),
    ],
)
def test_conditions_that_are_each_other_s_opposite_need_no_default(one, other):
    body = START + xor("G") + user("A") + END + chain("S", "G") + flow("G", "A", one) + flow("G", "E", other)

    assert spiff.problems({"p.bpmn": process(body + flow("A", "E"))}, "P") == []


def test_all_problems_are_told_at_once():
    body = START + node("task", "X") + node("serviceTask", "Y") + END + chain("S", "X", "Y", "E")

    found = spiff.problems({"p.bpmn": process(body)}, "P")

    assert {problem.rule for problem in found} >= {"element.task", "work.operation"}


def test_two_steps_of_a_caller_and_a_called_process_may_not_share_a_name():
    call = node("callActivity", "C", extensions='<zeebe:calledElement processId="Q"/>')
    body = START + user("A") + call + END + chain("S", "A", "C", "E")

    with pytest.raises(spiff.Unreadable) as refusal:
        specification(body, q=process(SKELETON, "Q"))

    assert refusal.value.rule == "id.shared"


HEADERS = {
    "xml.doctype": b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + process(SKELETON),
    "xml.syntax": process(SKELETON)[:-5],
    "xml.root": b"<html/>",
    "xml.size": process(SKELETON) + b" " * 2_000_000,
}


@pytest.mark.parametrize("rule", sorted(HEADERS))
def test_files_that_are_no_honest_diagram_are_refused(rule):
    assert [problem.rule for problem in spiff.problems({"p.bpmn": HEADERS[rule]}, "P")] == [rule]


def test_an_entity_bomb_is_refused_before_it_grows():
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE d [{entities}]><d>&a11;</d>'.encode()

    [problem] = spiff.problems({"p.bpmn": bomb}, "P")
    assert problem.rule in {"xml.doctype", "xml.syntax"}


def test_other_files_of_a_bundle_are_left_alone():
    bundle = {"p.bpmn": process(SKELETON), "forms.json": b"{", "decisions.dmn": b"<"}

    assert spiff.problems(bundle, "P") == []


def test_the_processes_of_a_file_can_be_listed():
    assert spiff.processes(process(SKELETON)) == {"P": ""}


def test_a_diagram_of_a_thousand_nodes_is_read_without_trouble():
    keys = [f"T{number}" for number in range(900)]

    spec = specification(START + "".join(map(user, keys)) + END + chain("S", *keys, "E"))

    assert len(spec.steps()) == 900


def test_a_process_defined_twice_is_refused():
    bundle = {"a.bpmn": process(SKELETON), "b.bpmn": process(SKELETON)}

    assert [problem.rule for problem in spiff.problems(bundle, "P")] == ["process.twice"]


def test_a_lane_within_a_lane_takes_what_it_does_not_say_from_around():
    role = (
        '<bpmn:extensionElements><zeebe:properties><zeebe:property name="{}" value="{}"/></zeebe:properties>'
    )
    role += "</bpmn:extensionElements>"
    inner = node(
        "lane", "inner", role.format("role", "驻村干部") + "<bpmn:flowNodeRef>A</bpmn:flowNodeRef>", name="内"
    )
    lanes = node(
        "lane", "outer", role.format("level", "village") + node("childLaneSet", "more", inner), name="外"
    )

    element = specification(node("laneSet", "lanes", lanes) + SKELETON).elements["A"]

    assert (element.lane, element.role, element.level) == ("内", "驻村干部", "village")


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("work.operation", between(node("intermediateThrowEvent", "X", message("m")), "X")),
        ("work.mapping", between(service("X", mapping='<zeebe:input source="" target="a"/>'), "X")),
        (
            "gateway.events",
            between(node("eventBasedGateway", "X") + catch("T", timer("P1D")) + chain("X", "T"), "T"),
        ),
        ("timer.missing", between(catch("X", timer("")), "X")),
    ],
)
def test_what_is_only_half_said_is_refused(rule, body):
    bundle = {"p.bpmn": process(body, extra='<bpmn:message id="m" name="异议"/>')}

    assert rule in {problem.rule for problem in spiff.problems(bundle, "P")}


def test_a_word_of_explanation_inside_a_timer_does_no_harm():
    inside = timer("P1D").replace(
        "<bpmn:timeDuration>", "<bpmn:documentation>一日</bpmn:documentation><bpmn:timeDuration>"
    )

    element = specification(between(catch("X", inside), "X")).elements["X"]

    assert element.timer == spiff.Timer("duration", "P1D")
