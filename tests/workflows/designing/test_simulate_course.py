"""Time, messages, decisions, operations, branches and parameters in a walk; drafts that are not ready."""

from datetime import UTC, datetime

import pytest

from tests.workflows.designing.drafts import (
    bundle,
    decision,
    end,
    form,
    service,
    table,
    task,
    walk,
)
from tests.workflows.spiff.drawing import START, boundary, catch, chain, flow, loop, message, node, timer, xor

OBJECTION = '<bpmn:message id="m" name="objection"/>'

APPLY = form("text")


# Time


def waiting():
    """Two limits of three working days, the second beginning when the first has run out."""
    body = (
        START
        + catch("first", timer("=workdays(3)", "timeDate"))
        + catch("second", timer("=workdays(3)", "timeDate"))
        + end("over", "期满")
        + chain("S", "first", "second", "over")
    )
    return bundle(body)


def test_what_falls_due_on_the_way_fires_at_its_own_time():
    came = walk(waiting(), {"advance": "P30D"})

    assert [passed.at for passed in came.trace] == [
        datetime(2026, 3, 5, 16, tzinfo=UTC),
        datetime(2026, 3, 11, 16, tzinfo=UTC),
    ]
    assert came.outcome == "期满"


def test_a_moment_before_the_limit_nothing_fires():
    before = walk(waiting(), {"to": "2026-03-05T23:59:59+08:00"})
    after = walk(waiting(), {"to": "2026-03-06T00:00:00+08:00"})

    assert before.waiting == ("first",)
    assert after.waiting == ("second",)
    assert before.due == {"first": datetime(2026, 3, 5, 16, tzinfo=UTC)}


def test_time_does_not_go_back():
    came = walk(waiting(), {"to": "2026-03-01T09:00:00+08:00"})

    assert came.problems == ("第1步：时间不能往回调。",)


def test_a_timer_that_never_rests_is_stopped():
    body = (
        START
        + task("apply")
        + task("check")
        + boundary("tick", "check", timer("R/PT1M", "timeCycle"), interrupting=False)
        + end("told")
        + end("over")
        + chain("S", "apply", "check", "over")
        + chain("tick", "told")
    )

    came = walk(bundle(body), {"advance": "P30D"})

    assert came.problems == ("第1步：定时触发超过 1000 次，流程图可能存在死循环。",)


# Messages


def noticed():
    body = (
        START
        + task("apply")
        + boundary("objected", "apply", message("m"))
        + end("over", "完成")
        + end("stopped", "有异议")
        + chain("S", "hold")
        + catch("hold", message("m"))
        + chain("hold", "apply", "over")
        + chain("objected", "stopped")
    )
    return bundle(body, extra=OBJECTION)


def test_a_message_reaches_the_event_that_waits_for_it_with_what_it_brings():
    came = walk(noticed(), {"message": "objection", "answers": {"reason": "不实"}}, {"message": "objection"})

    assert came.steps == ("hold", "objected")
    assert came.values["hold"] == {"reason": "不实"}
    assert came.outcome == "有异议"


def test_a_message_nobody_waits_for_is_told():
    came = walk(noticed(), {"message": "greeting"})

    assert came.problems == ("第1步：没有环节等待消息“greeting”，待办的是无，等待的是“hold”。",)


def test_a_message_that_should_be_refused_and_is_not_is_told():
    came = walk(noticed(), {"message": "objection", "refused": True})

    assert came.problems == ("第1步：消息“objection”应被拒绝，实际由“hold”收下。",)


def test_a_message_that_should_be_refused_and_is_leaves_the_case_where_it_is():
    came = walk(noticed(), {"message": "greeting", "refused": True})

    assert came.problems == ()
    assert came.waiting == ("hold",)


# Decisions and operations


def graded(*rules):
    body = (
        START
        + task("apply", "apply")
        + decision("ask", "grade", "graded")
        + task("check")
        + end("over")
        + chain("S", "apply", "ask", "check", "over")
    )
    return bundle(body, forms={"apply": APPLY}, decisions={"P/decisions.dmn": table(*rules)})


def test_decisions_are_really_decided_and_their_rules_noted():
    came = walk(graded(('"大"', '"一级"'), ('"小"', '"二级"')), start={"text": "小"})

    assert came.values["graded"] == "二级"
    assert [(rule.decision, rule.id, rule.number) for rule in came.rules] == [("grade", "rule_2", 2)]
    assert came.trace[-1].conclusion == "二级"


def test_a_decision_takes_what_its_task_maps_for_it():
    body = (
        START
        + task("apply", "apply")
        + decision("ask", "grade", "graded", size="apply.text", apply='"不用"')
        + task("check")
        + end("over")
        + chain("S", "apply", "ask", "check", "over")
    )
    rules = table(('"大"', '"一级"'), ('"小"', '"二级"'), needs="size", source="size")
    came = walk(
        bundle(body, forms={"apply": APPLY}, decisions={"P/decisions.dmn": rules}), start={"text": "小"}
    )

    assert came.values["graded"] == "二级"
    assert came.values["apply"] == {"text": "小"}


def test_a_decision_knows_the_local_day():
    draft = graded(('"大"', "string(today())"))

    came = walk(draft, start={"text": "大"}, at="2026-03-02T00:30:00+08:00")

    assert came.values["graded"] == "2026-03-02"


def test_a_decision_that_gives_nothing_is_told_and_leaves_no_trace():
    came = walk(graded(('"大"', '"一级"')), start={"text": "小"})

    (problem,) = came.problems
    assert problem.startswith("发起“apply”：决策“ask”没有给出结果，办件未变动。grade：没有规则符合：内容为")
    assert problem.endswith("请管理员检查决策表。")
    assert came.rules == ()
    assert came.open == ("apply",)


def operated(**inputs):
    body = START + task("apply") + service("act", **inputs) + end("over") + chain("S", "apply", "act", "over")
    return bundle(body)


def test_an_operation_nobody_performs_is_told():
    came = walk(operated(operation="drone.fly"))

    assert "操作“drone.fly”不能进行" in came.problems[0]
    assert came.open == ("apply",)


def test_a_script_may_say_what_an_operation_gives():
    came = walk(operated(operation="drone.fly"), results={"act": {"photos": 7}})

    assert came.problems == ()
    assert came.values["act"] == {"photos": 7}


def test_results_for_a_step_that_does_not_exist_are_told():
    came = walk(operated(operation="drone.fly"), results={"fly": {}})

    assert came.problems == ("脚本用了本事项没有的参数或环节：fly。",)


# Several at once


def test_both_branches_are_open_at_once():
    fork, join = node("parallelGateway", "fork"), node("parallelGateway", "join")
    body = START + fork + join + task("a") + task("b") + end("over")
    body += chain("S", "fork", "a", "join", "over") + chain("fork", "b", "join")
    expect = {"steps": ["a"], "open": ["b"], "outcome": ""}

    came = walk(bundle(body), {"step": "a"}, expect=expect)

    assert came.problems == ()


def test_the_answers_of_several_people_are_counted():
    vote = task("vote", "vote", inside=loop(card="=3", until="=yes >= 2"))
    body = START + vote + end("over", "通过") + chain("S", "first", "vote", "over") + task("first")
    forms = {"vote": form(conclusion=["同意", "反对", "弃权"])}
    agree, against = ({"step": "vote", "answers": {"conclusion": each}} for each in ("同意", "反对"))

    came = walk(bundle(body, forms=forms), agree, against, agree)

    assert came.outcome == "通过"
    assert came.values["vote"]["yes"] == 2
    assert came.values["vote"]["no"] == 1


def test_a_called_procedure_is_walked_with_its_own_steps():
    call = node("callActivity", "identify", extensions='<zeebe:calledElement processId="Q"/>')
    body = START + task("apply") + call + end("over") + chain("S", "apply", "identify", "over")
    inner = START + task("visit") + end("seen") + chain("S", "visit", "seen")

    came = walk(bundle(body, called={"Q": inner}), {"step": "visit"})

    assert came.steps == ("apply", "identify", "visit")
    assert came.outcome == "over"


# Parameters


def test_a_script_may_set_parameters_the_procedure_has():
    days = {"name": "days", "type": "integer", "default": 3}
    body = START + task("apply") + task("check", due="=workdays(param.days)") + end("over")
    draft = bundle(body + chain("S", "apply", "check", "over"), parameters=[days])

    usual, changed = walk(draft), walk(draft, parameters={"days": 1})

    assert usual.due == {"check": datetime(2026, 3, 5, 16, tzinfo=UTC)}
    assert changed.due == {"check": datetime(2026, 3, 3, 16, tzinfo=UTC)}
    assert walk(draft, parameters={"dais": 1}).problems == ("脚本用了本事项没有的参数或环节：dais。",)


# Drafts that are not ready


def test_a_form_that_does_not_exist_is_told():
    body = START + task("apply", "nowhere") + end("over") + chain("S", "apply", "over")

    assert walk(bundle(body)).problems == ("发起“apply”：表单“nowhere”不存在。",)


@pytest.mark.parametrize(
    "broken",
    [
        '{"components": [{"type": "hologram", "key": "x"}]}',
        '{"components": [{"type": "textfield", "key": "x", "properties": {"required_if": "=1 +"}}]}',
    ],
)
def test_a_form_that_cannot_be_asked_is_told(broken):
    body = START + task("apply", "broken") + end("over") + chain("S", "apply", "over")

    (problem,) = walk(bundle(body, forms={"broken": broken}), start={"x": "1"}).problems

    assert problem.startswith("发起“apply”：表单“broken”不能使用：")


def test_a_limit_that_is_no_time_is_told():
    body = START + task("apply", due='="sometime"') + end("over") + chain("S", "apply", "over")

    (problem,) = walk(bundle(body)).problems

    assert problem == "发起“apply”：“apply”的办理期限没有得出可用的时间。"


def test_a_limit_that_comes_to_nothing_is_none():
    body = START + task("apply") + task("check", due="=apply.limit") + end("over")

    came = walk(bundle(body + chain("S", "apply", "check", "over")))

    assert (came.open, came.due, came.problems) == (("check",), {}, ())


def test_a_decision_that_no_table_gives_is_told():
    body = START + task("apply") + decision("ask", "grade", "graded") + end("over")

    came = walk(bundle(body + chain("S", "apply", "ask", "over")))

    assert came.problems == ("发起“apply”：“ask”引用的决策“grade”不在决策表文件中。",)


def test_a_gateway_that_cannot_decide_is_told_and_the_case_stays():
    body = (
        START
        + task("apply")
        + xor("way")
        + end("a")
        + end("b")
        + chain("S", "apply", "way")
        + flow("way", "a", "=apply.number > 3")
        + flow("way", "b", "=apply.number <= 3")
    )

    came = walk(bundle(body))

    assert "无法判断走向" in came.problems[0]
    assert came.open == ("apply",)


def test_a_procedure_that_begins_without_a_form_is_walked_too():
    body = START + catch("hold", timer("P1D")) + end("over", "到期") + chain("S", "hold", "over")

    assert walk(bundle(body), {"advance": "P1D"}).outcome == "到期"
