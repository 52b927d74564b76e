"""A name is known only where a step that gives it can have been done before, and joined."""

import pytest

from tests.workflows.designing.drafts import bundle, end, form, one, service, task
from tests.workflows.designing.faults import only, said
from tests.workflows.spiff.drawing import START, boundary, catch, chain, flow, loop, node, timer, xor

FORMS = {"ask": form("text", "days", conclusion=["同意", "退回"])}


def steps(*keys, **due):
    return "".join(task(key, "ask", due=due.get(key, "")) for key in keys)


def decided(condition, *, back=""):
    """apply, a decision, then check: behind which a way may lead back."""
    body = START + steps("apply") + xor("way", "on") + steps("check") + end("over") + end("refused")
    body += chain("S", "apply", "way") + flow("way", "refused", condition, key="no")
    body += flow("way", "check", key="on")
    if not back:
        return bundle(body + flow("check", "over"), forms=FORMS)
    body += xor("again", "done") + flow("check", "again") + flow("again", "over", key="done")
    return bundle(body + flow("again", back, '=check.conclusion = "退回"', key="back"), forms=FORMS)


def test_a_condition_may_ask_what_was_answered_before():
    assert said(decided('=apply.conclusion = "退回"')) == []


def test_a_condition_that_asks_a_later_step_is_an_error_with_a_mend():
    finding = only(decided('=check.conclusion = "退回"'))

    assert (finding.severity, finding.rule, finding.element) == ("error", "expression.name_later", "no")
    assert "“check”" in finding.sentence
    assert "要到后面才办" in finding.sentence
    assert finding.fix == "改用此前环节的内容"


def test_a_way_back_that_is_drawn_makes_the_later_step_an_earlier_one():
    assert said(decided('=check.conclusion = "退回"', back="apply")) == []


def test_a_time_limit_that_asks_a_later_step_is_worth_a_look():
    finding = only(one(steps("apply", "check", apply="=workdays(check.days)"), "apply", "check", forms=FORMS))

    assert (finding.severity, finding.rule, finding.element) == ("warning", "expression.name_later", "apply")


@pytest.mark.parametrize(
    "early",
    [
        catch("early", timer("=duration(check.text)")),
        task("early", "ask", inside=loop(card="=check.days")),
    ],
)
def test_a_timer_or_a_number_of_copies_that_asks_a_later_step_is_an_error(early):
    found = said(one(early + steps("check"), "early", "check", forms=FORMS))

    (finding,) = [each for each in found if each.rule.startswith("expression.")]
    assert (finding.severity, finding.rule, finding.element) == ("error", "expression.name_later", "early")


def test_an_event_on_a_border_does_not_know_what_its_own_step_answers():
    body = START + steps("apply", "late") + end("over") + end("closed")
    body += boundary("over_time", "apply", timer("=duration(apply.text)"))
    draft = bundle(body + chain("S", "apply", "over") + chain("over_time", "late", "closed"), forms=FORMS)

    assert [(each.rule, each.element) for each in said(draft)] == [("expression.name_later", "over_time")]


def test_what_is_done_inside_a_subprocess_is_known_behind_it():
    inner = node("startEvent", "s") + steps("inside") + node("endEvent", "e") + chain("s", "inside", "e")
    body = node("subProcess", "sub", inner) + steps("check", check="=workdays(inside.days)")

    assert said(one(body, "sub", "check", forms=FORMS)) == []


def beside(asking):
    body = START + node("parallelGateway", "fork") + steps("left")
    body += service("right", "notice.post", content=asking, days="5") + node("parallelGateway", "meet")
    body += steps("last", last="=workdays(left.days)") + end("over")
    body += chain("S", "fork", "left", "meet", "last", "over") + chain("fork", "right", "meet")
    return bundle(body, forms=FORMS)


def test_a_step_on_a_branch_beside_is_not_surely_known():
    finding = only(beside("left.text"))

    assert (finding.severity, finding.rule, finding.element) == ("warning", "expression.name_beside", "right")


def test_a_step_behind_the_join_is_later_and_not_beside():
    assert only(beside("last.text")).rule == "expression.name_later"
