"""Each rule names the file and element, has an id, a sentence and a fix."""

import re
from functools import cache
from pathlib import Path

import pytest

from app.designer.trying import OFFICE
from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES
from tests.workflows.designing.drafts import (
    bundle,
    decision,
    end,
    form,
    one,
    properties,
    redrawn,
    service,
    table,
    task,
)
from tests.workflows.designing.faults import only, rules, said
from tests.workflows.spiff.drawing import START, catch, chain, flow, message, node, user, xor
from workflows.designing import findings, folders, lint

SOURCES = Path(lint.__file__).parents[1]
APPLY = {"apply": form("text")}


def sound():
    body = (
        task("apply", "apply", due="=workdays(param.days)")
        + decision("ask", "grade", "graded")
        + task("check", "check")
        + xor("way", "no")
        + end("refused")
    )
    return bundle(
        START
        + body
        + end("over")
        + chain("S", "apply", "ask", "check", "way")
        + flow("way", "over", '=check.conclusion = "属实" and graded = "一级"', key="yes")
        + flow("way", "refused", key="no"),
        forms={"apply": form("text"), "check": form(conclusion=["属实", "不属实"])},
        decisions={"P/decisions.dmn": table(('"大"', '"一级"'), ('not("大")', '"二级"'))},
        parameters=[{"name": "days", "type": "integer", "default": 3, "origin": "default"}],
        start={"step": "apply", "form": "apply"},
        subject={"name": "apply.text"},
    )


def test_a_sound_draft_has_nothing_to_mend():
    assert said(sound()) == []


@cache
def library():
    """What the committed procedures rest on: read once, not once for each of them."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in (PROCEDURES / "sources").iterdir()}
    return lint.Office(
        roles=OFFICE.roles,
        form_problem=OFFICE.form_problem,
        filing=OFFICE.filing,
        sources=sources,
        steps=folders.elsewhere(PROCEDURES),
    )


@pytest.mark.parametrize("key", KEYS)
def test_every_committed_procedure_is_clean(key):
    assert lint.bundle(folders.read(PROCEDURES, FORMS, key), library()) == []


# Who acts


def test_a_step_nobody_does_is_named():
    assert rules(one(task("apply", role=""), "apply")) == ["lane.role", "form.none"]


def test_a_role_nobody_can_hold_is_named():
    finding = next(
        each for each in said(one(task("apply", role="wizard"), "apply")) if each.severity == "error"
    )

    assert (finding.rule, finding.file, finding.element) == ("role.unknown", "process.bpmn", "apply")
    assert finding.sentence == "“apply”的办理角色“wizard”不存在。"
    assert finding.fix


def test_a_candidate_role_nobody_can_hold_is_named():
    extra = '<zeebe:assignmentDefinition candidateGroups="household, wizard"/>'
    body = user("apply", "", extra + properties(role="household", level="village", origin="default"))

    assert "role.unknown" in rules(one(body, "apply"))


def test_a_level_that_is_none_is_named():
    assert "lane.level" in rules(one(task("apply", level="galaxy"), "apply"))


def test_a_starting_role_nobody_can_hold_is_named():
    finding = next(
        each for each in said(one(task("apply"), "apply", start_roles=["wizard"])) if each.severity == "error"
    )

    assert (finding.rule, finding.file) == ("role.unknown", "procedure.toml")


# Forms


def test_a_form_that_does_not_exist_is_named_with_the_step_that_asks_for_it():
    finding = only(one(task("apply", "nowhere"), "apply"))

    assert (finding.rule, finding.element) == ("form.unknown", "apply")
    assert finding.sentence == "“apply”引用的表单“nowhere”不存在。"


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "7", '{"components": 3}', '{"components": [{"type": "hologram"}]}']
)
def test_a_form_that_cannot_be_asked_is_named(text):
    finding = only(one(task("apply", "broken"), "apply", forms={"broken": text}))

    assert (finding.rule, finding.file) == ("form.unreadable", "forms/broken.json")


def test_without_the_offices_reader_a_forms_shape_is_looked_at():
    draft = one(task("apply", "broken"), "apply", forms={"broken": '{"components": "none"}'})

    assert rules(draft, lint.Office()) == ["form.unreadable"]


def test_a_step_without_a_form_is_worth_a_look():
    finding = only(one(task("apply"), "apply"))

    assert (finding.severity, finding.rule) == ("warning", "form.none")


# Operations, decisions, messages


def test_an_operation_nobody_performs_is_named():
    finding = next(each for each in said(one(service("fly", "drone.fly"), "fly")) if each.severity == "error")

    assert (finding.rule, finding.element) == ("operation.unknown", "fly")
    assert "notice.post" in finding.fix


def test_an_operation_that_lacks_what_it_needs_is_named():
    asked = service("enter", "register.enter", register='="warning_ledger"', colour='="红"')
    draft = one(asked, "enter")

    assert [(each.severity, each.rule) for each in said(draft)] == [
        ("error", "operation.input"),
        ("warning", "operation.extra"),
    ]
    assert "“event”" in said(draft)[0].sentence


def test_the_operations_known_here_are_those_the_office_performs():
    from app import plugs

    assert set(lint.OPERATIONS) == set(plugs.OPERATIONS)


def test_a_decision_that_no_table_gives_is_named():
    finding = only(
        one(task("apply", "apply") + decision("ask", "grade", "graded"), "apply", "ask", forms=APPLY)
    )

    assert (finding.rule, finding.element) == ("decision.unknown", "ask")


def test_an_input_no_case_ever_has_is_named():
    decisions = {"P/decisions.dmn": table(('"大"', '"一级"'), ('not("大")', '"二级"'), needs="application")}
    draft = one(
        task("apply", "apply") + decision("ask", "grade", "graded"),
        "apply",
        "ask",
        forms=APPLY,
        decisions=decisions,
    )

    assert "decision.input" in rules(draft)


def test_an_input_that_the_task_maps_is_known():
    decisions = {"P/decisions.dmn": table(('"大"', '"一级"'), ('not("大")', '"二级"'), needs="application")}
    draft = one(
        task("apply", "apply") + decision("ask", "grade", "graded", application="apply"),
        "apply",
        "ask",
        forms=APPLY,
        decisions=decisions,
    )

    assert "decision.input" not in rules(draft)


def test_what_a_table_has_wrong_is_named_with_its_file():
    decisions = {"P/decisions.dmn": table(('"大"', '"一级"'), ('"大"', '"二级"'))}
    draft = one(
        task("apply", "apply") + decision("ask", "grade", "graded"),
        "apply",
        "ask",
        forms=APPLY,
        decisions=decisions,
    )

    overlap = next(each for each in said(draft) if each.rule == "dmn.overlap")

    assert (overlap.severity, overlap.file, overlap.element) == ("error", "P/decisions.dmn", "rule_2")
    assert overlap.fix


def test_a_table_that_cannot_be_read_is_named_and_the_rest_still_looked_at():
    draft = one(task("apply", "nowhere"), "apply", decisions={"P/decisions.dmn": "<oops"})

    assert sorted(rules(draft)) == ["dmn.unreadable", "form.unknown"]


def test_a_message_nobody_sends_is_worth_a_look():
    greeting = '<bpmn:message id="m" name="greeting"/>'
    found = said(one(catch("hold", message("m")), "hold", extra=greeting))

    assert ("warning", "message.unknown", "hold") in [(f.severity, f.rule, f.element) for f in found]


# The drawing


def test_a_diagram_without_a_drawing_is_worth_a_look():
    found = lint.bundle(one(task("apply", "apply"), "apply", forms=APPLY), OFFICE)

    assert [(each.severity, each.rule, each.file) for each in found] == [
        ("warning", "drawing.none", "process.bpmn")
    ]


def test_an_element_that_was_not_drawn_is_named():
    draft = folders.read(PROCEDURES, FORMS, "fp_01_ds")
    drawn = re.compile(r'<bpmndi:BPMNShape[^>]*bpmnElement="apply".*?</bpmndi:BPMNShape>', re.DOTALL)
    shape = drawn.search(draft.diagrams["process.bpmn"])

    (finding,) = lint.bundle(redrawn(draft, shape[0], ""), lint.Office(steps=library().steps))

    assert (finding.severity, finding.rule, finding.element) == ("warning", "drawing.missing", "apply")


# The rules themselves


def test_every_rule_has_a_fix():
    emitted = re.compile(
        r'"((?:xml|id|size|element|extension|event|timer|message|error|boundary|work|loop|flow|start|end|gateway'
        r"|reach|process|expression|lane|role|form|operation|decision|basis|drawing|dmn|procedure|parameter"
        r'|scenario|file)\.[\w-]+)"'
    )
    sources = [
        *(SOURCES / "spiff").glob("*.py"),
        *(SOURCES / "decisions").glob("*.py"),
        *(path for path in (SOURCES / "designing").glob("*.py") if path.name != "findings.py"),
    ]
    used = {name for path in sources for name in emitted.findall(path.read_text(encoding="utf-8"))}
    codes = {"decision.unreadable", "operation.unanswerable"}

    assert len(used) > 60
    assert [name for name in sorted(used - codes) if not findings.fix(name)] == []


def test_a_finding_is_one_line_and_json():
    draft = one(task("apply", "nowhere"), "apply")

    assert only(draft).told() == (
        "process.bpmn apply [form.unknown] “apply”引用的表单“nowhere”不存在。（核对 formId）"
    )
    assert lint.as_json(said(draft)) == [
        {
            "severity": "error",
            "file": "process.bpmn",
            "element": "apply",
            "rule": "form.unknown",
            "sentence": "“apply”引用的表单“nowhere”不存在。",
            "fix": "核对 formId",
            "line": 0,
        }
    ]


def test_errors_stand_before_what_is_only_worth_a_look():
    found = lint.bundle(one(task("a", "nowhere") + task("b", "nowhere"), "a", "b"), OFFICE)

    assert [each.severity for each in found] == ["error", "error", "warning"]


def test_a_broken_diagram_is_told_by_its_own_rules_only():
    body = START + task("apply", "nowhere") + node("scriptTask", "run") + end("over")
    found = said(bundle(body + chain("S", "apply", "run", "over")))

    assert "element.scriptTask" in [each.rule for each in found]
    assert all(each.fix for each in found)
