"""Whoever changes a word behind the system's back is found out, in the journal as in the case itself."""

import pytest
from sqlalchemy import text

from tests.workflows.desks import STRAIGHT
from workflows import proving

CHANGES = {
    "an answer": "UPDATE step_record SET answers = replace(answers, '属实', '属实吗')",
    "an opinion": "UPDATE step_record SET opinion = '另一种意见' WHERE step = 'household_check'",
    "a conclusion": "UPDATE step_record SET conclusion = '不属实' WHERE step = 'household_check'",
    "who did it": "UPDATE step_record SET actor = '别人' WHERE step = 'household_check'",
    "the unit": "UPDATE step_record SET unit = '别的单位' WHERE step = 'household_check'",
    "the way taken": "UPDATE step_record SET passed = '[]' WHERE step = 'household_check'",
    "a row that is gone": "DELETE FROM step_record WHERE step = 'household_check'",
    "the variables": "UPDATE cases SET variables = replace(variables, '属实', '属实吗')",
    "the state": "UPDATE cases SET state = 'cancelled'",
    "the household": "UPDATE cases SET subject_name = '别人'",
    "words that are no JSON": "UPDATE step_record SET answers = '{' WHERE step = 'household_check'",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_word_changed_by_hand_is_named(town, change):
    town.begun("apply", "check")
    town.begun("apply", "check", "review")
    assert town.read(proving.verify).sound

    town.change(text(change))

    breaks = town.read(proving.verify).breaks
    assert len({found.stream for found in breaks}) == len(breaks) == 2


def test_one_case_is_verified_alone(town):
    mine, other = town.begun("apply", "check"), town.begun("apply", "check")
    town.change(text("UPDATE cases SET state = 'cancelled' WHERE id = :id"), id=other.case_id)

    assert town.read(lambda session: proving.verify(session, town.case(mine).number)).sound
    assert not town.read(lambda session: proving.verify(session, town.case(other).number)).sound


def test_a_whole_approval_is_borne_out_by_its_chain(town):
    town.begun(*STRAIGHT)

    assert town.read(proving.verify).breaks == []
