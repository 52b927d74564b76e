"""What a deputy asks of others, sends back, decides or takes back is the absent person's, and says so."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.organisation.models import Person
from tests.app.absences import leave
from tests.app.absences.leave import TEAM, appoint, person
from tests.app.office import CADRE, OTHER_CADRE
from workflows import proving
from workflows.cases import Case
from workflows.errors import Invalid
from workflows.journal import StepRecord
from workflows.returning import SendBackTo, WithdrawStep
from workflows.running import CompleteWorkItem
from workflows.signing import AddSigners, DelegateWorkItem, RemoveSigner
from workflows.work_items import AFTER, NotYours, WorkItem

SIGNED = {"conclusion": "同意", "opinion": "同意"}


@pytest.fixture
def village(office):
    """Two cadres, and a deputy who holds no role that any item asks for."""
    leave.helper_only(office)
    return office


def do(office, command, by):
    return office.executor.execute(command, by=leave.as_of_now(office, by))


def rows(office, number):
    with office.executor.database.reading() as session:
        assert proving.verify(session).sound
        return list(session.scalars(select(StepRecord).order_by(StepRecord.seq)))


def last(office, number):
    row = rows(office, number)[-1]
    return row.name, row.actor, row.for_name


def aside_of(office, host):
    with office.executor.database.reading() as session:
        return session.scalars(
            select(WorkItem).where(WorkItem.host_id == host).order_by(WorkItem.id.desc())
        ).first()


def test_what_a_deputy_delegates_is_asked_for_by_the_absent_person(village):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)

    do(
        village,
        DelegateWorkItem(item_id=item, to_person_id=person(village, OTHER_CADRE), reason="入户"),
        TEAM,
    )

    aside = aside_of(village, item)
    assert (aside.asked_by, leave.item(village, item).assignee) == ("折海军", "折海军")
    assert last(village, number) == ("委派贺丽霞（入户核实）", "陈志远", "折海军")
    do(village, RemoveSigner(item_id=aside.id, reason="自己去"), TEAM)
    assert last(village, number)[1:] == ("陈志远", "折海军")


def test_when_the_time_is_over_the_deputy_removes_nobody(village):
    item = village.item(village.start())["id"]
    appoint(village)
    do(
        village,
        DelegateWorkItem(item_id=item, to_person_id=person(village, OTHER_CADRE), reason="入户"),
        TEAM,
    )
    village.clock.advance(days=1)

    with pytest.raises(NotYours):
        do(village, RemoveSigner(item_id=aside_of(village, item).id, reason="自己去"), TEAM)


def test_a_deputys_decision_that_waits_for_a_signature_names_both_when_it_counts(village):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)
    signer = person(village, OTHER_CADRE)
    do(village, AddSigners(item_id=item, place=AFTER, to_person_ids=(signer,), reason="请阅"), TEAM)
    answers = village.answers(village.program(TEAM), "check_true")

    do(village, CompleteWorkItem(item_id=item, answers=answers), TEAM)
    assert leave.item(village, item).assignee == "折海军"
    do(village, CompleteWorkItem(item_id=aside_of(village, item).id, answers=SIGNED), OTHER_CADRE)

    [step] = [row for row in rows(village, number) if row.step == "household_check"]
    assert (step.actor, step.for_name, step.why) == ("陈志远", "折海军", "受折海军委托（离岗）")
    signed = next(row for row in rows(village, number) if row.conclusion == "同意" and row.kind == "aside")
    assert (signed.actor, signed.for_name) == ("贺丽霞", None)


def test_a_signature_asked_of_the_absent_person_is_the_deputys_to_give(village):
    number = village.start()
    item = village.item(number)["id"]
    do(
        village,
        AddSigners(item_id=item, place="before", to_person_ids=(person(village, CADRE),), reason="阅"),
        OTHER_CADRE,
    )
    aside = aside_of(village, item).id
    assert aside not in leave.listed(village, TEAM)
    appoint(village)

    assert aside in leave.listed(village, TEAM)
    do(village, CompleteWorkItem(item_id=aside, answers=SIGNED), TEAM)

    assert last(village, number)[1:] == ("陈志远", "折海军")


def test_a_deputy_takes_back_what_they_did_while_they_stand_in_and_it_is_the_absent_persons_again(village):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)
    village.take(number, by=TEAM)

    with pytest.raises(NotYours):
        do(village, WithdrawStep(item_id=item, reason="填错"), OTHER_CADRE)
    again = do(village, WithdrawStep(item_id=item, reason="填错"), TEAM)

    assert leave.item(village, again).assignee == "折海军"
    assert leave.item(village, again).done_for is None
    assert last(village, number)[1:] == ("陈志远", "折海军")
    assert again in leave.listed(village, TEAM)


def test_afterwards_the_absent_person_takes_it_back_and_the_deputy_no_longer(village):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)
    village.take(number, by=TEAM)
    village.clock.advance(timedelta(days=1))

    with pytest.raises(NotYours):
        do(village, WithdrawStep(item_id=item, reason="填错"), TEAM)

    again = do(village, WithdrawStep(item_id=item, reason="填错"), CADRE)
    assert leave.item(village, again).assignee == "折海军"


def test_what_is_sent_back_goes_to_the_absent_person_not_to_the_deputy(village):
    number = village.start()
    appoint(village)
    village.take(number, by=TEAM)
    review = village.item(number)["id"]

    do(village, SendBackTo(item_id=review, to="household_check", reason="照片不清"), OTHER_CADRE)

    assert village.item(number)["step"] == "household_check"
    assert village.item(number)["assignee"] == "折海军"


def test_an_applicants_own_case_is_neither_delegated_to_them_nor_signed_by_them(village):
    number = village.start()
    item = village.item(number)["id"]
    with village.executor.database.engine.begin() as connection:
        key = connection.execute(select(Case.subject_key)).scalar_one()
        connection.execute(update(Person).values(identity_hash=None).where(Person.identity_hash == key))
        who = person(village, OTHER_CADRE)
        connection.execute(update(Person).values(identity_hash=key).where(Person.id == who))

    with pytest.raises(Invalid):
        do(village, DelegateWorkItem(item_id=item, to_person_id=who, reason="入户"), CADRE)
    with pytest.raises(Invalid):
        do(village, AddSigners(item_id=item, place=AFTER, to_person_ids=(who,), reason="阅"), CADRE)
