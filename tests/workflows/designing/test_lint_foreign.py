"""Files of other tools, broken files and hostile files are told about; none of them stops the lint."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.bpmn.artefacts import FORMS, PROCEDURES
from tests.workflows.designing.drafts import bundle, end, form, table, task
from tests.workflows.spiff.drawing import HEAD, START, chain, flow, process, xor
from workflows.designing import folders, lint

CAMUNDA_7 = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="http://bpmn.io/schema/bpmn">
  <process id="invoice" name="Invoice" isExecutable="true" camunda:historyTimeToLive="P30D">
    <startEvent id="start" camunda:formKey="embedded:app:forms/start.html"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="assign"/>
    <businessRuleTask id="assign" camunda:decisionRef="approver" camunda:resultVariable="group"/>
    <sequenceFlow id="f2" sourceRef="assign" targetRef="approve"/>
    <userTask id="approve" name="Approve" camunda:assignee="${user}" camunda:candidateGroups="sales">
      <extensionElements><camunda:taskListener event="create" class="org.acme.Listener"/></extensionElements>
    </userTask>
    <sequenceFlow id="f3" sourceRef="approve" targetRef="gate"/>
    <exclusiveGateway id="gate"/>
    <sequenceFlow id="yes" sourceRef="gate" targetRef="archive">
      <conditionExpression xsi:type="tFormalExpression">${approved}</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="no" sourceRef="gate" targetRef="end">
      <conditionExpression xsi:type="tFormalExpression">${!approved}</conditionExpression>
    </sequenceFlow>
    <serviceTask id="archive" camunda:class="org.acme.Archive"/>
    <sequenceFlow id="f4" sourceRef="archive" targetRef="end"/>
    <scriptTask id="script" scriptFormat="groovy"><script>System.exit(0)</script></scriptTask>
    <endEvent id="end"/>
  </process>
</definitions>"""

CAMUNDA_8 = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
    modeler:executionPlatform="Camunda Cloud" targetNamespace="t">
  <bpmn:process id="order" isExecutable="true">
    <bpmn:startEvent id="start"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="pay"/>
    <bpmn:serviceTask id="pay"><bpmn:extensionElements><zeebe:taskDefinition type="payment" retries="3"/>
      <zeebe:taskHeaders><zeebe:header key="a" value="b"/></zeebe:taskHeaders>
    </bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:boundaryEvent id="late" attachedToRef="pay"><bpmn:timerEventDefinition>
      <bpmn:timeDuration>PT10S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="pay" targetRef="end"/>
    <bpmn:sequenceFlow id="f3" sourceRef="late" targetRef="end"/>
    <bpmn:subProcess id="inner" triggeredByEvent="true"><bpmn:startEvent id="s2"><bpmn:signalEventDefinition/>
      </bpmn:startEvent></bpmn:subProcess>
    <bpmn:endEvent id="end"/>
  </bpmn:process>
</bpmn:definitions>"""

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]><definitions>&b;&c;</definitions>"""

DEEP = b"<bpmn:subProcess>" * 5_000 + b"</bpmn:subProcess>" * 5_000
NESTED = b'<bpmn:subProcess id="s">' * 200 + b"</bpmn:subProcess>" * 200


def named(found):
    assert all(each.rule and each.sentence and each.fix for each in found)
    return [each.rule for each in found]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "xml.syntax"),
        (b" \n", "xml.syntax"),
        (b"PK\x03\x04\x00\x00", "xml.syntax"),
        (b"{}", "xml.syntax"),
        (b"<definitions", "xml.syntax"),
        (b"<a>\xff\xfe</a>", "xml.syntax"),
        ("<a/>".encode("utf-16"), "xml.root"),
        (BOMB, "xml.doctype"),
        (HEAD.encode() + DEEP + b"</bpmn:definitions>", "xml.syntax"),
        (b"<html/>", "xml.root"),
        (b'<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>', "xml.root"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "xml.root"),
        (HEAD.encode() + b"</bpmn:definitions>", "process.none"),
        (HEAD.encode() + b"<!--" + b"x" * 2_000_000 + b"--></bpmn:definitions>", "xml.size"),
    ],
)
def test_what_is_no_diagram_is_told(content, rule):
    (finding,) = lint.diagram(content, "a.bpmn")

    assert (finding.severity, finding.file, finding.rule) == ("error", "a.bpmn", rule)
    assert named([finding])


def test_a_diagram_of_camunda_7_is_told_what_does_not_run_here():
    found = lint.diagram(CAMUNDA_7, "invoice.bpmn")

    assert {"element.scriptTask", "work.decision", "work.operation", "gateway.feel"} <= set(named(found))
    assert {each.element for each in found} >= {"script", "assign", "archive", "gate"}


def test_a_diagram_of_camunda_8_is_told_what_does_not_run_here():
    found = lint.diagram(CAMUNDA_8, "order.bpmn")

    assert {"element.eventSubProcess", "boundary.host"} <= set(named(found))


def test_a_sound_diagram_under_another_files_name_is_only_not_drawn():
    content = process(START + task("apply") + end("over") + chain("S", "apply", "over"))

    assert named(lint.diagram(content, "export.xml")) == ["drawing.none"]


def test_a_process_without_an_id_is_told():
    content = f'{HEAD}<bpmn:process isExecutable="true"/></bpmn:definitions>'.encode()

    assert named(lint.diagram(content, "a.bpmn")) == ["id.form"]


def test_two_processes_of_one_id_are_told():
    inside = '<bpmn:process id="P"/><bpmn:process id="P"/>'

    assert named(lint.diagram(f"{HEAD}{inside}</bpmn:definitions>".encode(), "a.bpmn")) == ["process.twice"]


def test_deeply_nested_subprocesses_are_told():
    body = START + NESTED.decode() + end("over") + chain("S", "over")

    assert "id.twice" in named(lint.diagram(process(body), "a.bpmn"))


def test_a_lone_diagram_may_call_what_lies_elsewhere():
    found = lint.diagram((PROCEDURES / "fp_08_ds" / "process.bpmn").read_bytes(), "process.bpmn")

    assert {(each.severity, each.rule) for each in found} == {("warning", "process.missing")}


@pytest.mark.parametrize("content", [b"", b"{}", b"<definitions/>", BOMB, CAMUNDA_7, b"<d>" * 3_000, b"\x00"])
def test_what_is_no_decision_table_is_told(content):
    (finding,) = lint.table(content, "a.dmn")

    assert (finding.severity, finding.file, finding.rule) == ("error", "a.dmn", "dmn.unreadable")


def test_a_decision_table_in_another_language_is_told():
    found = lint.table(table(("${x > 3}", "org.acme.Run()"), key="a").encode(), "a.dmn")

    assert "dmn.syntax" in named(found)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[[[", b"\xff", b"[" * 100_000, b'{"components": [[]]}', b"null"]
)
def test_what_is_no_form_is_told(content):
    (finding,) = lint.form(content, "a.json")

    assert (finding.severity, finding.rule) == ("error", "form.unreadable")


@pytest.mark.parametrize(
    "component",
    [
        {"type": "radio", "key": "a", "values": "none"},
        {"type": "radio", "key": ["a"], "values": [1, None]},
        {"type": "textfield", "key": "a", "properties": [], "conditional": "never"},
        {"type": "textfield", "key": "a", "properties": {"check": 7, "default": ["=1"]}},
        {"type": "group", "components": {"a": 1}},
        {"type": "dynamiclist", "path": 7, "components": [None]},
    ],
)
def test_a_form_of_strange_shape_stops_nothing(component):
    draft = bundle(
        START + task("apply", "strange") + end("over") + chain("S", "apply", "over"),
        forms={"strange": json.dumps({"components": [component]})},
    )

    assert isinstance(lint.bundle(draft), list)


def test_every_broken_artefact_of_a_draft_is_told_at_once():
    draft = bundle("", forms={"a": "{"}, decisions={"a.dmn": "", "b.dmn": BOMB.decode()})

    found = lint.bundle(draft)

    assert {each.file for each in found} == {"process.bpmn", "forms/a.json", "a.dmn", "b.dmn"}


REAL = folders.read(PROCEDURES, FORMS, "fp_08_ds")
OWN = next(iter(REAL.diagrams))
DIAGRAM = (PROCEDURES / "fp_08_ds" / "process.bpmn").read_bytes()
DECISIONS = (PROCEDURES / "fp_08_ds" / "decisions.dmn").read_bytes()
PIECES = [
    b"<",
    b">",
    b'"',
    b"&amp;",
    b"=",
    b"/",
    b'id="',
    b"bpmn:",
    b"zeebe:",
    b"xsi:",
    b"fp_01_ds",
    b"",
    b"\x00",
]
DAMAGE = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), min_size=1, max_size=4
)


def damaged(content, damage):
    for where, cut, piece in damage:
        at = int(where * len(content))
        content = content[:at] + piece + content[at + cut :]
    return content


@settings(max_examples=30)
@given(DAMAGE)
def test_a_damaged_diagram_is_told_or_taken_never_fatal(damage):
    assert all(each.sentence for each in lint.diagram(damaged(DIAGRAM, damage), "a.bpmn"))


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_told_by_every_reader(content):
    for found in (
        lint.diagram(content, "a.bpmn"),
        lint.table(content, "a.dmn"),
        lint.form(content, "a.json"),
    ):
        assert all(each.sentence and each.rule for each in found)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(["drop", "copy", "rename", "unset"]))
def test_well_formed_markup_changed_anywhere_is_told_or_taken_never_fatal(one, other, how):
    """The tree stays XML while its meaning goes: nodes lost, doubled, of another kind, with less said."""
    root = etree.fromstring(DIAGRAM)
    nodes = list(root.iter(etree.Element))[1:]
    node, place = nodes[one % len(nodes)], nodes[other % len(nodes)]
    if how == "drop":
        node.getparent().remove(node)
    elif how == "copy":
        place.append(deepcopy(node))
    elif how == "rename":
        node.tag = place.tag
    else:
        for name in list(node.attrib)[: 1 + other % 2]:
            del node.attrib[name]
    content = etree.tostring(root)

    assert all(each.sentence for each in lint.diagram(content, "a.bpmn"))
    text = content.decode()
    assert all(each.sentence for each in lint.bundle(replace(REAL, diagrams={**REAL.diagrams, OWN: text})))


@settings(max_examples=30)
@given(DAMAGE)
def test_a_damaged_table_is_told_or_taken_never_fatal(damage):
    assert all(each.sentence for each in lint.table(damaged(DECISIONS, damage), "a.dmn"))


@settings(max_examples=30)
@given(DAMAGE)
def test_a_damaged_form_in_a_draft_is_told_or_taken_never_fatal(damage):
    text = damaged((FORMS / "fp_01_ds_county_decision.json").read_bytes(), damage).decode(errors="replace")
    body = START + task("apply", "broken") + end("over") + chain("S", "apply", "over")

    assert all(each.sentence for each in lint.bundle(bundle(body, forms={"broken": text})))


def test_a_diagram_of_three_hundred_elements_is_looked_through():
    body, keys = START, ["S"]
    for number in range(100):
        one, way = f"task_{number}", f"way_{number}"
        body += task(one, "apply", due="=workdays(3)") + xor(way, f"no_{number}") + end(f"end_{number}")
        body += flow(way, f"end_{number}", key=f"no_{number}")
        keys += [one, way]
    links = "".join(
        flow(
            source, target, f'={source.replace("way", "task")}.conclusion = "属实"' if "way" in source else ""
        )
        for source, target in zip(keys, [*keys[1:], "over"], strict=True)
    )
    draft = bundle(body + end("over") + links, forms={"apply": form(conclusion=["属实", "不属实"])})

    assert named(lint.bundle(draft)) == ["drawing.none"]
