"""Every decision has a way for each option, and each way an option: where a field's options prove it."""

import json

import pytest

from tests.workflows.designing.drafts import bundle, end, form, task
from tests.workflows.designing.faults import only, said
from tests.workflows.spiff.drawing import START, chain, flow, node, xor
from workflows.designing import lint

OPTIONS = ["同意", "退回", "不同意"]
EACH = [f'=check.conclusion = "{each}"' for each in OPTIONS]
OPTIONAL = json.loads(form(conclusion=OPTIONS))
OPTIONAL["components"][0]["validate"]["required"] = False


def decided(*conditions, default=False, asked=None, kind="exclusiveGateway"):
    body = START + task("check", "ask") + chain("S", "check", "way")
    body += node(kind, "way", **({"default": "rest"} if default else {}))
    for number, condition in enumerate(conditions):
        body += end(f"over{number}") + flow("way", f"over{number}", condition, key=f"f{number}")
    if default:
        body += end("else") + flow("way", "else", key="rest")
    return bundle(body, forms={"ask": asked or form(conclusion=OPTIONS)})


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_all_options_of_a_required_choice_need_no_default(kind):
    assert said(decided(*EACH, kind=kind)) == []
    assert said(decided(EACH[0], '=check.conclusion in ("退回", "不同意")', kind=kind)) == []


def test_an_option_without_a_way_is_an_error():
    finding = only(decided(*EACH[:2]))

    assert (finding.severity, finding.rule, finding.element) == ("error", "gateway.default", "way")


def test_a_choice_that_may_be_left_out_proves_nothing():
    assert only(decided(*EACH, asked=json.dumps(OPTIONAL))).rule == "gateway.default"


def test_a_default_way_that_no_option_is_left_for_is_worth_a_look():
    finding = only(decided(*EACH, default=True))

    assert (finding.severity, finding.rule, finding.element) == ("warning", "gateway.never", "rest")


def test_a_way_whose_option_an_earlier_one_takes_is_worth_a_look():
    finding = only(decided('=check.conclusion != "退回"', EACH[0], default=True))

    assert (finding.severity, finding.rule, finding.element) == ("warning", "gateway.never", "f1")


def test_a_step_that_may_be_passed_by_proves_nothing():
    body = START + xor("first", "short") + task("check", "ask") + xor("way") + chain("S", "first")
    body += flow("first", "check", '=case.number = "1"') + flow("first", "way", key="short")
    body += flow("check", "way")
    for number, condition in enumerate(EACH):
        body += end(f"over{number}") + flow("way", f"over{number}", condition, key=f"f{number}")

    assert only(bundle(body, forms={"ask": form(conclusion=OPTIONS)})).rule == "gateway.default"


def test_a_diagram_without_its_forms_says_that_they_would_be_needed():
    body = decided(*EACH).diagrams["process.bpmn"].encode()

    assert [
        (each.severity, each.rule) for each in lint.diagram(body, "p.bpmn") if "gateway" in each.rule
    ] == [("warning", "gateway.default")]
