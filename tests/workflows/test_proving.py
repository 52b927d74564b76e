"""Whoever changes a word behind the system's back is found out, in the journal as in the case itself."""

import pytest
from sqlalchemy import text

from tests.workflows.desks import STRAIGHT
from workflows import proving
from workflows.cases import Case
from workflows.journal import StepRecord

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


def another(column, value):
    """Some other value of the column's kind."""
    if column in {"answers", "passed"}:
        return '{"x": 1}'
    if column in {"at", "opened_at"}:
        return "2020-01-01 00:00:00+00"
    return 77_777 if value is None or isinstance(value, int) else f"x{value[1:]}"


COLUMNS = [column.name for column in StepRecord.__table__.columns]


@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_of_the_journal_can_be_changed_unseen(town, column):
    subject = town.begun("apply", "check", "review")
    row = town.journal(subject)[2]
    other = town.begun("apply").case_id
    value = other if column == "case_id" else another(column, getattr(row, column))
    values = {"case": row.case_id, "seq": row.seq, "value": value}

    if column in {"case_id", "seq"}:
        town.change(
            text("DELETE FROM step_record WHERE case_id = :other AND seq = :seq"), other=other, seq=row.seq
        )
    town.change(
        text(f"UPDATE step_record SET {column} = :value WHERE case_id = :case AND seq = :seq"), **values
    )

    [found, *_] = town.read(proving.verify).breaks
    assert found.stream in {f"case:{town.case(subject).number}", "case:" + town.read(number_of(other))}


def number_of(case_id):
    return lambda session: session.get(Case, case_id).number


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3)])
def test_two_journal_rows_that_changed_places_are_found(town, one, other):
    subject = town.begun("apply", "check", "review")
    swap = "UPDATE step_record SET seq = :now WHERE case_id = :case AND seq = :was"
    for was, now in ((one, 900), (other, one), (900, other)):
        town.change(text(swap), case=subject.case_id, was=was, now=now)

    [found] = town.read(proving.verify).breaks
    assert found.stream == f"case:{town.case(subject).number}"


def test_journals_of_two_cases_that_changed_places_are_found(town):
    mine, other = town.begun("apply", "check"), town.begun("apply", "check")
    swap = "UPDATE step_record SET case_id = :now, seq = seq + :more WHERE case_id = :was AND seq < 900"
    town.change(text(swap), was=mine.case_id, now=other.case_id, more=900)
    town.change(text(swap), was=other.case_id, now=mine.case_id, more=0)
    town.change(text("UPDATE step_record SET seq = seq - 900 WHERE seq > 900"))

    assert {found.stream for found in town.read(proving.verify).breaks} == {
        f"case:{town.case(each).number}" for each in (mine, other)
    }


def test_a_journal_emptied_at_once_is_missed(town):
    subject = town.begun("apply", "check")
    town.change(text("DELETE FROM step_record"))

    [found] = town.read(proving.verify).breaks
    assert (found.stream, found.seq) == (f"case:{town.case(subject).number}", 1)


def test_a_whole_trail_emptied_at_once_is_missed(town):
    subject = town.begun("apply", "check")
    town.change(text("DELETE FROM audit_entry"))

    assert [found.stream for found in town.read(proving.verify).breaks] == [
        f"case:{town.case(subject).number}"
    ]
