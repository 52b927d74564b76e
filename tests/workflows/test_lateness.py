"""Who does a step after its limit says why; a household is not asked."""

import pytest
from sqlalchemy import update

from tests.workflows.designing import drafts
from tests.workflows.test_pausing import Course, row
from workflows import facts
from workflows.errors import Invalid
from workflows.journal import StepRecord
from workflows.running import SendBack

STEPS = ("look", "check", "sign")
DRAFT = row(
    *STEPS,
    body=drafts.task("look", "look", due="=workdays(1)")
    + drafts.task("check", due="=workdays(1)")
    + drafts.task("sign", role="household", due="=workdays(1)"),
    forms={"look": drafts.form("said", "opinion", conclusion=["属实", "退回"])},
)
WHY = "大雪封路，无法入户。"


def course_of(town, days=0):
    course = Course(town, DRAFT)
    town.clock.advance(days=days)
    return course


def done(course, step, conclusion="属实", **said):
    answers = {"conclusion": conclusion, "said": "已看"} if step == "look" else {}
    course.do(step, answers=answers, **said)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_an_overdue_step_is_not_done_without_an_explanation(town, reason):
    course = course_of(town, days=2)

    with pytest.raises(Invalid) as refusal:
        done(course, "look", late_reason=reason)

    assert set(refusal.value.errors) == {"late_reason"}
    assert course.item("look").state == "offered"


def test_the_explanation_stands_in_the_journal_and_the_chain_proves_it(town):
    course = course_of(town, days=2)

    done(course, "look", late_reason=f" {WHY} ")

    entry = course.journal()[-1]
    assert (entry.step, entry.late_reason) == ("look", WHY)
    assert town.verified().sound
    town.change(update(StepRecord).where(StepRecord.late_reason == WHY).values(late_reason="一切正常。"))
    [broken] = town.verified().breaks
    assert broken.stream == f"case:{course.number}"


def test_the_chain_keeps_the_words_as_a_digest_only(town):
    course = course_of(town, days=2)

    done(course, "look", late_reason=WHY)

    assert WHY not in town.entries(f"case:{course.number}")[-1].body


def test_a_step_done_in_time_needs_none_and_keeps_none(town):
    course = course_of(town)

    done(course, "look", late_reason=WHY)

    entry = course.journal()[-1]
    assert entry.late_reason is None
    row = {name: getattr(entry, name) for name in StepRecord.__table__.columns.keys()}  # noqa: SIM118
    assert "late_reason" not in facts.of_row(row)


def test_the_limit_itself_is_the_last_moment_in_time(town):
    course = course_of(town)
    due = course.item("look").due_at
    town.clock.set(due)
    with pytest.raises(Invalid):
        done(course, "look")

    town.clock.set(due - due.resolution)
    done(course, "look")

    assert course.journal()[-1].late_reason is None


def test_sending_back_late_needs_one_too(town):
    course = course_of(town, days=2)
    asked = {"item_id": course.item("look").id, "reason": "照片不清", "answers": {"said": "已看"}}

    with pytest.raises(Invalid) as refusal:
        town.do(SendBack(**asked), course.cadre)
    town.do(SendBack(**asked, late_reason=WHY), course.cadre)

    assert set(refusal.value.errors) == {"late_reason"}
    assert course.journal()[-1].late_reason == WHY


def test_a_household_s_step_is_done_late_without_a_word(town):
    course = course_of(town)
    done(course, "look")
    done(course, "check")
    town.clock.advance(days=9)

    done(course, "sign")

    assert course.case().state == "ended"


def test_what_is_wrong_with_the_form_and_the_missing_explanation_are_said_together(town):
    course = course_of(town, days=2)

    with pytest.raises(Invalid) as refusal:
        done(course, "look", conclusion="不知道")

    assert set(refusal.value.errors) == {"conclusion", "late_reason"}


def test_an_explanation_has_an_end(town):
    course = course_of(town, days=2)

    with pytest.raises(Invalid) as refusal:
        done(course, "look", late_reason="长" * 501)

    assert "500" in refusal.value.errors["late_reason"]
