"""A draft is walked with scripted answers; what comes otherwise is said in a sentence."""

import json
from datetime import UTC, datetime

import pytest

from app.designer.trying import check_form
from tests.workflows.designing.drafts import (
    bundle,
    end,
    form,
    redrawn,
    scenario,
    task,
    walk,
)
from tests.workflows.spiff.drawing import START, chain, flow, xor
from workflows import catalogue
from workflows.designing import simulate

OBJECTION = '<bpmn:message id="m" name="objection"/>'

APPLY = form("text")
CHECK = form("opinion", conclusion=["属实", "不属实"])


def checked():
    """Apply, check, and one of two ends."""
    body = (
        START
        + task("apply", "apply", name="申请")
        + task("check", "check", name="核实", due="=workdays(3)")
        + xor("way", "no")
        + end("done", "已纳入")
        + end("refused", "未纳入")
        + chain("S", "apply", "check", "way")
        + flow("way", "done", '=check.conclusion = "属实"', key="yes")
        + flow("way", "refused", key="no")
    )
    return bundle(body, forms={"apply": APPLY, "check": CHECK}, subject={"name": "apply.text"})


def true(**more):
    return {"step": "check", "answers": {"conclusion": "属实"}, **more}


def test_a_walk_tells_the_steps_the_outcome_and_what_is_known():
    came = walk(checked(), true(), start={"text": "王三"})

    assert came.problems == ()
    assert came.steps == ("apply", "check")
    assert came.outcome == "已纳入"
    assert (came.open, came.waiting) == ((), ())
    assert came.values["apply"] == {"text": "王三"}
    assert came.values["check"]["conclusion"] == "属实"
    assert came.passed == ("S", "S-apply", "apply", "apply-check", "check", "check-way", "way", "yes", "done")


def test_the_trace_says_when_each_step_was_done_how_and_by_when_it_had_to_be():
    came = walk(checked(), {"advance": "P1D"}, true(), start={"text": "王三"})

    last = came.trace[-1]

    assert (last.element, last.name, last.kind, last.conclusion) == ("check", "核实", "userTask", "属实")
    assert last.at == datetime(2026, 3, 3, 1, tzinfo=UTC)
    assert last.due == datetime(2026, 3, 5, 16, tzinfo=UTC)


def test_a_case_under_way_shows_what_is_open_and_until_when():
    came = walk(checked(), start={"text": "王三"})

    assert came.open == ("check",)
    assert came.outcome == ""
    assert came.due == {"check": datetime(2026, 3, 5, 16, tzinfo=UTC)}


def test_a_walk_is_json():
    told = walk(checked(), true(), start={"text": "王三"}).as_json()

    assert json.loads(json.dumps(told)) == told
    assert told["ok"] is True
    assert told["trace"][1]["due"] == "2026-03-06T00:00:00+08:00"


def test_walking_twice_gives_the_same():
    release = catalogue.prepare(checked())
    script = scenario(
        true(), start={"text": "王三"}, expect={"steps": ["apply", "check"], "outcome": "已纳入"}
    )

    first, second = (simulate.run(release, script, check_form=check_form) for _ in range(2))

    assert first == second
    assert first.went_as_told


def test_the_subject_is_read_off_the_start_form():
    draft = redrawn(checked(), "check.conclusion", "subject.name")

    assert walk(draft, true(), start={"text": "属实"}).outcome == "已纳入"
    assert walk(draft, true(), start={"text": "王三"}).outcome == "未纳入"


# What comes otherwise


def test_a_step_that_is_not_open_is_named_with_what_is():
    came = walk(checked(), {"step": "apply", "answers": {}}, start={"text": "王三"})

    assert came.problems == (
        "第1步：应办理“申请”（apply），但此时不能办理，待办的是“核实”（check），等待的是无。",
    )


def test_a_step_after_the_end_is_told_that_the_case_is_over():
    came = walk(checked(), true(), true(), start={"text": "王三"})

    assert came.problems == ("第2步：应办理“核实”（check），但此时不能办理，办件已经办结（已纳入）。",)


def test_a_step_the_diagram_does_not_know_is_named_by_its_id():
    came = walk(checked(), {"step": "approve", "answers": {}}, start={"text": "王三"})

    assert "应办理“approve”" in came.problems[0]


def test_an_answer_the_form_refuses_is_told_with_the_forms_words():
    came = walk(checked(), true(answers={"conclusion": "大概"}), start={"text": "王三"})

    (problem,) = came.problems
    assert problem.startswith("第1步“核实”（check）：表单拒绝了没有预期的内容（conclusion：")
    assert came.open == ("check",)


def test_a_refusal_that_is_expected_leaves_the_case_where_it_is():
    came = walk(checked(), true(answers={}, refused=["conclusion"]), start={"text": "王三"})

    assert came.problems == ()
    assert came.open == ("check",)
    assert "check" not in came.values


def test_a_refusal_that_does_not_come_is_told():
    came = walk(checked(), true(refused=["opinion"]), start={"text": "王三"})

    assert came.problems == ("第1步“核实”（check）：表单应拒绝“opinion”，实际没有拒绝。",)


def test_a_start_form_that_is_refused_makes_no_case():
    came = walk(checked(), start={"text": ["王三"]})

    assert came.problems[0].startswith("发起“申请”（apply）：表单拒绝了")
    assert came.steps == ()


def test_a_start_that_must_be_refused_and_is_makes_no_case():
    draft = checked()
    script = {"answers": {"text": ["王三"]}, "refused": ["text"]}
    (read,) = simulate.read(
        json.dumps({"at": "2026-03-02T09:00:00+08:00", "start": script, "expect": {"steps": []}}), "a.json"
    )

    came = simulate.run(catalogue.prepare(draft), read, check_form=check_form)

    assert came.problems == ()
    assert (came.steps, came.open) == ((), ())


def test_steps_after_a_refused_start_cannot_be_made():
    script = {"answers": {"text": 7}, "refused": ["text"]}
    said = {"at": "2026-03-02T09:00:00+08:00", "start": script, "steps": [true()]}
    (read,) = simulate.read(json.dumps(said), "a.json")

    came = simulate.run(catalogue.prepare(checked()), read, check_form=check_form)

    assert came.problems == ("第1步：发起已被拒绝，没有办件可办。",)


def test_what_differs_from_the_expectation_is_told_point_by_point():
    expect = {
        "steps": ["apply", "review"],
        "open": ["check"],
        "waiting": ["timer"],
        "outcome": "已纳入",
        "values": {"check.conclusion": "属实", "apply.text": 3},
    }
    answers = {"conclusion": "不属实"}

    came = walk(checked(), true(answers=answers), start={"text": "王三"}, expect=expect)

    assert came.problems == (
        "经过的第2个环节应为“review”，实际为“核实”（check）。",
        "待办环节应为“核实”（check），实际为无。",
        "等待的事件应为“timer”，实际为无。",
        "结果应为“已纳入”，实际为“未纳入”。",
        "“check.conclusion”应为 “属实”，实际为 “不属实”。",
        "“apply.text”应为 3，实际为 “王三”。",
    )


def test_a_case_that_should_be_over_and_is_not_is_told():
    expect = {"steps": ["apply", "check"], "outcome": "已纳入"}

    came = walk(checked(), start={"text": "王三"}, expect=expect)

    assert came.problems == (
        "经过的第2个环节应为“核实”（check），实际为无。",
        "待办环节应为无，实际为“核实”（check）。",
        "结果应为“已纳入”，实际为“未办结”。",
    )


def test_a_script_without_a_time_to_start_starts_now():
    (script,) = simulate.read(json.dumps({"start": {"text": "王三"}}), "a.json")
    release = catalogue.prepare(checked())
    now = datetime(2026, 3, 4, tzinfo=UTC)

    assert simulate.run(release, script, check_form=check_form, now=now).trace[0].at == now
    with pytest.raises(simulate.BadScenario, match="没有写“at”"):
        simulate.run(release, script, check_form=check_form)
