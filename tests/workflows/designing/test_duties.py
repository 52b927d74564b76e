"""What a draft shows of separated duties: groups nobody can keep to, and who would review their own work."""

import pytest

from tests.workflows.designing.drafts import bundle, end, form, task
from tests.workflows.spiff.drawing import START, chain, loop
from workflows.designing import lint


def draft(*steps, apart=()):
    """Steps in a row, each with role, level, whether it judges, and what else is in it."""
    forms = {"done": form("text"), "judged": form(conclusion=["同意", "退回"])}
    body = "".join(
        task(key, "judged" if judges else "done", role=role, level=level, inside=inside)
        for key, role, level, judges, inside in steps
    )
    keys = [step[0] for step in steps]
    return bundle(
        START + body + end("over") + chain("S", *keys, "over"),
        forms=forms,
        apart=[{"steps": list(group)} for group in apart],
    )


def step(key, role="township_gov", level="township", *, judges=False, inside=""):
    return key, role, level, judges, inside


def said(subject):
    return [each for each in lint.bundle(subject) if each.rule.startswith("duty.")]


def test_two_steps_of_the_applicant_cannot_be_kept_apart():
    subject = draft(
        step("one", "household", "village"), step("two", "household", "village"), apart=[("one", "two")]
    )

    (finding,) = said(subject)

    assert (finding.severity, finding.file, finding.rule) == ("error", "procedure.toml", "duty.nobody")
    assert finding.sentence == "“one”与“two”须由不同的人办理，而两个环节都由申请人本人办理。"
    assert finding.fix


def test_a_step_that_everybody_signs_leaves_nobody_for_the_other():
    (finding,) = said(draft(step("one"), step("all", inside=loop(card="3")), apart=[("one", "all")]))

    assert (finding.severity, finding.rule) == ("warning", "duty.nobody")
    assert "“all”由同一角色的多人会签" in finding.sentence


@pytest.mark.parametrize("role", ["village_committee", "county_rvb"])
def test_a_role_that_reviews_itself_from_above_is_worth_a_look(role):
    subject = draft(step("do", role, "village"), step("review", role, "township", judges=True))

    (finding,) = said(subject)

    assert (finding.severity, finding.element, finding.rule) == ("warning", "review", "duty.own_review")
    assert said(draft(*_steps(role), apart=[("do", "review")])) == []


def _steps(role):
    return step("do", role, "village"), step("review", role, "township", judges=True)


def test_another_role_above_reviews_what_is_not_its_own():
    assert said(draft(step("do", "village_committee", "village"), step("review", judges=True))) == []


def test_who_keeps_some_steps_apart_is_told_of_a_review_left_out():
    three = (step("do"), step("check", judges=True), step("review", judges=True))

    assert said(draft(*three)) == []
    (finding,) = said(draft(*three, apart=[("do", "check")]))

    assert (finding.element, finding.rule) == ("review", "duty.own_review")


def test_steps_of_one_role_kept_apart_are_no_finding_by_themselves():
    assert said(draft(step("do"), step("check", judges=True), apart=[("do", "check")])) == []
