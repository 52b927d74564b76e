"""Changing what the source text leaves open: by two people, from a moment on, for what begins later."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.parameters.commands import ConfirmParameter, ProposeParameter, WithdrawParameter
from tests.app.office import BUREAU, CADRE, Office
from workflows import catalogue, parameters
from workflows.audit import AuditEntry
from workflows.cases import Case, journal
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.work_items import WorkItem

ONE, OTHER = "dongsheng-admin1", "dongsheng-admin2"
NAME, DEFAULT = "household_check_days", 5


def propose(office, value=9, *, by=ONE, name=NAME, after=timedelta(0), reason="区办公会纪要"):
    at = office.executor.clock.now() + after
    command = ProposeParameter(procedure="fp_01_ds", name=name, value=value, effective_at=at, reason=reason)
    return office.executor.execute(command, by=office.actor(by))


def confirm(office, proposal, by=OTHER):
    return office.executor.execute(ConfirmParameter(proposal_id=proposal), by=office.actor(by))


def read(office, ask):
    with office.executor.database.reading() as session:
        return ask(session)


def due_days(office, number):
    """How long the visit to the household of a case may take."""
    query = select(WorkItem).where(WorkItem.case_number == number, WorkItem.step == "household_check")
    item = read(office, lambda session: session.scalars(query).one())
    return (item.due_at - item.created_at).days


def test_a_case_goes_by_what_was_in_force_when_it_began(office):
    before = office.start(number=0)
    confirm(office, propose(office, 9))
    at_once = office.start(by="zhejialiang-household2", number=1)
    office.clock.advance(minutes=2)
    after = office.start(by="zhejialiang-household3", number=2)

    days = [due_days(office, number) for number in (before, at_once, after)]

    assert days[0] == days[1] < days[2]
    first = read(
        office,
        lambda session: journal(session, session.scalars(select(Case.id).where(Case.number == after)).one())[
            0
        ],
    )
    assert "参数与默认不同" in first.why
    assert "9（默认" in first.why


def test_another_process_goes_by_the_new_value_at_once(office, tmp_path):
    beside = Office(office.executor.database.url, tmp_path / "beside", office.clock)
    number = office.start(number=0)
    read(beside, lambda session: parameters.ruled(session, _of(session, number), office.clock.now()))
    confirm(office, propose(office, 9))
    office.clock.advance(minutes=2)

    ruled = read(beside, lambda session: parameters.ruled(session, _of(session, number), office.clock.now()))

    beside.close()
    assert ruled.parameters[NAME] == 9


def _of(session, number):
    version = session.scalars(select(Case.version_id).where(Case.number == number)).one()
    return catalogue.release(session, version)


def test_nobody_confirms_what_they_proposed(office):
    proposal = propose(office)

    with pytest.raises(NotAllowed) as refusal:
        confirm(office, proposal, by=ONE)

    assert refusal.value.code == "parameter.same_person"
    confirm(office, proposal)
    with pytest.raises(Conflict, match="石磊"):
        confirm(office, proposal)


@pytest.mark.parametrize("who", [CADRE, BUREAU, "system-officer", "dongsheng-supervisor1"])
def test_only_administrators_who_handle_no_case_propose(one_office, who):
    with pytest.raises(NotAllowed):
        propose(one_office, by=who)


@pytest.mark.parametrize("value", [0, 10_000, "9", 9.5, True, None, [9]])
def test_a_value_outside_what_the_procedure_says_is_refused(one_office, value):
    with pytest.raises(Invalid) as refusal:
        propose(one_office, value)

    assert "value" in refusal.value.errors


def test_a_change_needs_a_reason_a_known_name_and_no_other_change_waiting(one_office):
    with pytest.raises(Invalid) as refusal:
        propose(one_office, reason=" ")
    assert "reason" in refusal.value.errors
    with pytest.raises(NotFound):
        propose(one_office, name="nothing")
    proposal = propose(one_office)
    with pytest.raises(Conflict):
        propose(one_office, 8)

    command = WithdrawParameter(proposal_id=proposal)
    one_office.executor.execute(command, by=one_office.actor(OTHER))
    propose(one_office, 8)


def test_a_later_value_replaces_an_earlier_one_from_its_day_on(one_office):
    office = one_office
    confirm(office, propose(office, 9))
    confirm(office, propose(office, 7, after=timedelta(days=3)))
    office.clock.advance(days=1)
    between = office.start(number=0)
    office.clock.advance(days=3)
    after = office.start(by="zhejialiang-household2", number=1)

    cases = read(office, lambda session: session.scalars(select(Case).order_by(Case.id)).all())
    values = read(
        office,
        lambda session: [
            parameters.ruled(
                session, catalogue.release(session, case.version_id), case.created_at
            ).parameters[NAME]
            for case in cases
        ],
    )

    assert [case.number for case in cases] == [between, after]
    assert values == [9, 7]


def test_the_change_stands_in_the_audit_with_both_names(one_office):
    office = one_office
    confirm(office, propose(office, 9))

    query = select(AuditEntry).where(AuditEntry.stream == "parameters").order_by(AuditEntry.seq)
    entries = read(office, lambda session: session.scalars(query).all())

    assert [entry.command for entry in entries] == ["ProposeParameter", "ConfirmParameter"]
    assert len({entry.actor_id for entry in entries}) == 2
    assert '"value":9' in entries[1].body
