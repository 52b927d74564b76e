"""What an expression, a clause or a description names must be there."""

import json

import pytest

from tests.workflows.designing.drafts import bundle, end, form, one, properties, service, task
from tests.workflows.designing.faults import only, rules, said
from tests.workflows.spiff.drawing import START, catch, chain, flow, loop, timer, user, xor
from workflows.designing import lint

APPLY = {"apply": form("text")}


def condition(text, **more):
    body = task("apply", "apply") + xor("way", "no") + end("refused")
    return bundle(
        START
        + body
        + end("over")
        + chain("S", "apply", "way")
        + flow("way", "over", text, key="yes")
        + flow("way", "refused", key="no"),
        forms={"apply": form("text", conclusion=["通过", "不通过"])},
        **more,
    )


def test_an_expression_that_cannot_be_read_is_named_with_line_and_column():
    finding = only(condition("=apply.text >\n* 3"))

    assert (finding.rule, finding.element) == ("expression.syntax", "yes")
    assert "第2行第1列" in finding.sentence


def test_a_date_that_is_none_is_named():
    finding = only(condition('=date(apply.text) > @"2026-02-30"'))

    assert (finding.severity, finding.rule, finding.element) == ("error", "expression.syntax", "yes")
    assert finding.sentence == "连线“yes”的条件写错了：日期不存在。"


def test_a_name_that_never_exists_is_named():
    finding = only(condition('=aply.text = "x"'))

    assert (finding.severity, finding.rule, finding.element) == ("error", "expression.unknown_name", "yes")
    assert finding.sentence == "连线“yes”的条件用了不存在的名称“aply”。"


def test_a_field_the_steps_form_does_not_ask_is_named():
    finding = only(condition('=apply.tekst = "x"'))

    assert (finding.severity, finding.rule) == ("error", "expression.unknown_field")
    assert "用了“apply”没有的内容“tekst”" in finding.sentence


@pytest.mark.parametrize("name", ["case.nummer", "subject.nam"])
def test_what_a_case_does_not_have_is_named(name):
    assert rules(condition(f'={name} = "x"')) == ["expression.unknown_field"]


@pytest.mark.parametrize(
    "text", ['=apply.conclusion = "通"', '="通" != apply.conclusion', '=apply.conclusion in ("通过", "通")']
)
def test_a_comparison_with_an_option_that_is_not_offered_is_worth_a_look(text):
    finding = only(condition(text))

    assert (finding.severity, finding.rule) == ("warning", "expression.unknown_option")
    assert "“通”" in finding.sentence


def test_a_parameter_that_is_not_defined_is_named():
    finding = only(condition("=param.days > 3"))

    assert (finding.severity, finding.rule) == ("error", "expression.unknown_parameter")
    assert finding.sentence.endswith("用了没有定义的参数“days”。")


def test_a_text_that_only_looks_like_a_parameter_is_left_alone():
    assert said(condition('=apply.text = "param.days"')) == []


@pytest.mark.parametrize(
    "text",
    [
        "=some apply in [{tekst: 1}] satisfies apply.tekst = 1",
        "=(function(apply) apply.tekst)({tekst: 1}) = 1",
        "={apply: {tekst: 1}, one: apply.tekst}.one = 1",
    ],
)
def test_names_an_expression_takes_for_itself_are_left_alone(text):
    assert said(condition(text)) == []


def test_votes_and_the_end_of_a_notice_are_known():
    post = service("post", "notice.post", content='"公示"', days="5")
    vote = task("vote", "vote", inside=loop(card="=3", until="=yes * 2 > total"))
    body = (
        post + catch("ends", timer("=end of notice", "timeDate")) + vote + xor("way", "no") + end("refused")
    )
    draft = bundle(
        START
        + body
        + end("over")
        + chain("S", "post", "ends", "vote", "way")
        + flow("way", "over", "=vote.yes > vote.no and post.notice > 0", key="yes")
        + flow("way", "refused", key="no"),
        forms={"vote": form(conclusion=["同意", "反对"])},
    )

    assert [each.rule for each in said(draft) if each.rule != "basis.missing"] == []


def test_what_an_operation_never_gives_is_named():
    post = service("post", "notice.post", content='"公示"', days="5")
    act = service("stop", "notice.stop", notice="post.notce")

    assert rules(one(post + act, "post", "stop")) == ["expression.unknown_field"]


def asked(**properties_):
    parts = [{"type": "textfield", "key": "text", "label": "内容", "properties": properties_}]
    return {"apply": json.dumps({"type": "default", "components": parts})}


def test_a_forms_expression_that_cannot_be_read_is_an_error():
    found = said(one(task("apply", "apply"), "apply", forms=asked(required_if="=text > * 3")))

    assert ("error", "expression.syntax", "forms/apply.json", "text") in [
        (each.severity, each.rule, each.file, each.element) for each in found
    ]


def test_a_name_only_another_procedure_knows_is_worth_a_look_in_a_form():
    draft = one(task("apply", "apply"), "apply", forms=asked(default="=apply_green.text"))

    finding = only(draft)

    assert (finding.severity, finding.rule) == ("warning", "expression.unknown_name")
    assert said(draft, lint.Office(steps=frozenset({"apply_green"}))) == []


def test_a_forms_own_fields_need_no_step():
    assert said(one(task("apply", "apply"), "apply", forms=asked(check='=matches(text, "[a-z]+")'))) == []


# The clause a step rests on


def cited(basis):
    said_ = {"role": "household", "level": "village"} | ({"basis": basis} if basis else {})
    extra = '<zeebe:formDefinition formId="apply"/>' + properties(**said_)
    return one(user("apply", "", extra), "apply", forms=APPLY)


@pytest.mark.parametrize(
    ("basis", "severity", "rule"),
    [
        ("", "warning", "basis.missing"),
        ("规划.txt", "error", "basis.form"),
        ("规划.txt｜ ", "error", "basis.form"),
        ("规划.txt｜入户走访", "error", "basis.quotation"),
        ("通知.txt｜入户核实", "error", "basis.quotation"),
    ],
)
def test_a_step_without_its_clause_is_worth_a_look_and_a_false_clause_stops_it(basis, severity, rule):
    finding = only(cited(basis), lint.Office(sources={"规划.txt": "提交申请、入户\n核实"}))

    assert (finding.severity, finding.rule, finding.element) == (severity, rule, "apply")


def test_a_quotation_may_run_over_a_line_break():
    assert (
        said(cited("规划.txt｜申请、入户核实"), lint.Office(sources={"规划.txt": "提交申请、入户\n核实"}))
        == []
    )


# What the description says


@pytest.mark.parametrize(
    ("described", "rule"),
    [
        ({"key": "Q"}, "procedure.key"),
        ({"start": {"step": "ask"}}, "procedure.start"),
        ({"start": {"step": "apply", "form": "ask"}}, "procedure.start"),
        ({"subject": {"name": "apply.nam"}}, "procedure.subject"),
        ({"subject": {"name": "ask.text"}}, "procedure.subject"),
        ({"case": {"due": "=workdays(param.day)"}}, "expression.unknown_parameter"),
        ({"case": {"due": "=workdays("}}, "expression.syntax"),
    ],
)
def test_a_description_that_does_not_fit_the_diagram_is_named(described, rule):
    finding = only(one(task("apply", "apply"), "apply", forms=APPLY, **described))

    assert (finding.severity, finding.rule, finding.file) == ("error", rule, "procedure.toml")


@pytest.mark.parametrize(
    ("parameter", "rule"),
    [
        ({"type": "colour", "default": 3}, "parameter.type"),
        ({"default": 3}, "parameter.type"),
        ({"type": "integer", "default": "3"}, "parameter.default"),
        ({"type": "integer", "default": True}, "parameter.default"),
        ({"type": "integer", "default": 2, "min": 5}, "parameter.default"),
        ({"type": "integer", "default": 9, "max": 5}, "parameter.default"),
        ({"type": "choice", "default": "红", "options": ["蓝"]}, "parameter.default"),
        ({"type": "list", "default": ["红", "蓝"], "options": ["蓝"]}, "parameter.default"),
        ({"type": "integer", "default": 3, "origin": "hearsay"}, "parameter.origin"),
        ({"type": "integer", "default": 3, "name": "idle"}, "parameter.unused"),
    ],
)
def test_a_parameter_that_does_not_fit_itself_is_named(parameter, rule):
    described = {"name": "days", "origin": "default", **parameter}
    draft = one(
        task("apply", "apply", due="=workdays(param.days)" if described["name"] == "days" else ""),
        "apply",
        forms=APPLY,
        parameters=[described],
    )

    finding = only(draft)

    assert (finding.rule, finding.element) == (rule, described["name"])
