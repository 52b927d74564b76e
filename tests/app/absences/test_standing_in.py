"""A deputy may do what the absent person may, in their time, for their procedures, and nothing else."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.organisation.models import Absence, Person
from tests.app.absences import leave
from tests.app.absences.leave import TEAM, TODAY, appoint, end, listed
from tests.app.office import CADRE, ELSEWHERE, OTHER_CADRE, SUPERVISOR
from tests.clock import LOCAL
from tests.tampering import open_up
from tests.workflows.desks import at_once
from workflows import proving
from workflows.cases import Case
from workflows.errors import Refusal
from workflows.exclusion import MustKeepAway
from workflows.journal import StepRecord
from workflows.running import ClaimWorkItem, CompleteWorkItem
from workflows.work_items import AlreadyDone, NotYours, UnknownItem, WorkItem

DAY = timedelta(days=1)


@pytest.fixture
def village(office):
    """An office in which a team member holds no role that any item asks for."""
    leave.helper_only(office)
    return office


def history(office, number):
    return office.case(number)["history"]


def test_the_deputy_finds_and_does_the_absent_persons_work_and_the_record_names_both(village):
    number = village.start()
    item = village.item(number)["id"]
    assert listed(village, TEAM) == set()
    assert village.program(TEAM).get(f"/work-items/{item}").status_code == 404
    appoint(village)

    assert listed(village, TEAM) == listed(village, CADRE) == {item}
    assert village.take(number, by=TEAM).status_code == 200

    [entry] = [one for one in history(village, number) if one["step"] == "household_check"]
    absent = village.actor(CADRE)
    assert (entry["actor"], entry["for"]) == ("陈志远", {"id": absent.person_id, "name": "折海军"})
    assert entry["why"] == "受折海军委托（离岗）"
    assert entry["unit"] == absent.grants[0].unit_name
    with village.executor.database.reading() as session:
        assert proving.verify(session).sound
        row = session.scalars(select(StepRecord).where(StepRecord.for_id.is_not(None))).one()
        assert row.actor_id == leave.person(village, TEAM)
    page = village.browser(CADRE).get(f"/cases/{number}?tab=record").text
    assert "陈志远（受折海军委托）" in page


def test_a_step_said_to_be_done_for_somebody_else_does_not_fit_its_chain(village):
    number = village.start()
    appoint(village)
    village.take(number, by=TEAM)
    assert village.actor(OTHER_CADRE).person_id

    with village.executor.database.engine.begin() as connection:
        open_up(connection)
        connection.execute(update(StepRecord).where(StepRecord.for_id.is_not(None)).values(for_name="李四"))

    with village.executor.database.reading() as session:
        [broken] = proving.verify(session).breaks
    assert broken.stream == f"case:{number}"


def test_what_the_deputy_claims_and_saves_is_the_absent_persons(village):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)
    program = village.program(TEAM)

    assert program.act(item, "claim").json["assignee"] == "折海军"
    seen = program.get(f"/work-items/{item}").json
    saved = program.act(item, "save", answers={"opinion": "已看"}, revision=seen["revision"])

    assert saved.json["assignee"] == "折海军"
    village.clock.advance(days=1)
    assert listed(village, TEAM) == set()
    assert listed(village, CADRE) == {item}
    assert village.program(CADRE).get(f"/work-items/{item}").json["answers"]["opinion"] == "已看"


def test_it_begins_at_midnight_and_ends_at_24_00_beijing_time_also_in_an_open_session(village):
    item = village.item(village.start())["id"]
    browser = village.browser(TEAM)
    appoint(village, first=TODAY + DAY, last=TODAY + 2 * DAY)
    begins = datetime(2026, 3, 17, tzinfo=LOCAL)
    ends = datetime(2026, 3, 19, tzinfo=LOCAL)

    def seen(instant):
        village.clock.set(instant)
        return browser.get(f"/items/{item}").status_code, listed(village, TEAM)

    moment = timedelta(microseconds=1)
    assert seen(begins - moment) == (404, set())
    assert seen(begins) == (200, {item})
    assert seen(ends - moment) == (200, {item})
    assert seen(ends) == (404, set())


def test_a_command_held_back_past_midnight_is_refused_though_who_asks_was_known_before(village):
    item = village.item(village.start())["id"]
    appoint(village)
    asked_in_time = leave.as_of_now(village, TEAM)
    village.clock.set(datetime(2026, 3, 17, tzinfo=LOCAL))

    with pytest.raises(NotYours):
        village.executor.execute(ClaimWorkItem(item_id=item), by=asked_in_time)


def test_ending_early_takes_the_power_back_at_once(village):
    item = village.item(village.start())["id"]
    absence = appoint(village, last=TODAY + 5 * DAY)
    browser = village.browser(TEAM)
    assert browser.get(f"/items/{item}").status_code == 200

    end(village, absence)

    assert browser.get(f"/items/{item}").status_code == 404
    assert village.program(TEAM).act(item, "claim").status_code in {403, 404}


def test_only_the_procedures_named_are_lent(village):
    item = village.item(village.start())["id"]
    absence = appoint(village, procedures=("fp_08_ds",))
    assert listed(village, TEAM) == set()
    assert village.program(TEAM).get(f"/work-items/{item}").status_code == 404

    end(village, absence)
    appoint(village, procedures=("fp_01_ds", "fp_08_ds"))

    assert listed(village, TEAM) == {item}


def test_the_absent_person_goes_on_as_before(village):
    number = village.start()
    appoint(village)

    assert village.take(number, by=CADRE).status_code == 200

    [entry] = [one for one in history(village, number) if one["step"] == "household_check"]
    assert (entry["actor"], entry["for"]) == ("折海军", None)


def test_who_may_act_anyway_acts_for_nobody(office):
    number = office.start()
    appoint(office, deputy=OTHER_CADRE)

    assert office.take(number, by=OTHER_CADRE).status_code == 200

    [entry] = [one for one in history(office, number) if one["step"] == "household_check"]
    assert (entry["actor"], entry["for"]) == ("贺丽霞", None)


def test_a_colleagues_item_claimed_by_the_absent_person_is_done_for_them(office):
    number = office.start()
    item = office.item(number)["id"]
    office.program(CADRE).act(item, "claim")
    assert office.program(OTHER_CADRE).act(item, "claim").status_code == 403
    appoint(office, deputy=OTHER_CADRE)

    page = office.browser(OTHER_CADRE).get("/").text
    assert "代折海军" in page
    assert office.take(number, by=OTHER_CADRE).status_code == 200

    [entry] = [one for one in history(office, number) if one["step"] == "household_check"]
    assert entry["for"]["name"] == "折海军"


def test_power_is_not_passed_on_by_the_deputys_own_leave(village):
    item = village.item(village.start())["id"]
    appoint(village, who=CADRE, deputy=TEAM)
    appoint(village, who=TEAM, deputy="zhejialiang-team2")
    leave.strip_roles(village, "zhejialiang-team2", "helper")

    assert listed(village, TEAM) == {item}
    assert listed(village, "zhejialiang-team2") == set()


def test_who_no_longer_works_in_the_unit_stands_in_for_nobody(village):
    village.start()
    appoint(village)
    leave.strip_roles(village, TEAM)

    assert listed(village, TEAM) == set()


def test_what_the_absent_person_may_no_longer_do_the_deputy_may_not_either(village):
    number = village.start()
    item = village.item(number)["id"]
    village.program(CADRE).act(item, "claim")
    appoint(village)
    leave.strip_roles(village, CADRE, "village_branch")

    assert listed(village, TEAM) == set()
    assert village.program(TEAM).act(item, "claim").status_code == 403


def test_a_deputy_never_acts_on_their_own_familys_case(village):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)
    with village.executor.database.engine.begin() as connection:
        key = connection.execute(select(Case.subject_key)).scalar_one()
        connection.execute(update(Person).values(identity_hash=None).where(Person.identity_hash == key))
        who = leave.person(village, TEAM)
        connection.execute(update(Person).values(identity_hash=key).where(Person.id == who))

    assert listed(village, TEAM) == set()
    assert village.program(TEAM).get(f"/work-items/{item}").status_code == 404
    assert village.browser(TEAM).get(f"/items/{item}").status_code == 404
    with pytest.raises(MustKeepAway):
        village.executor.execute(ClaimWorkItem(item_id=item), by=leave.as_of_now(village, TEAM))
    with pytest.raises(MustKeepAway):
        village.executor.execute(CompleteWorkItem(item_id=item), by=leave.as_of_now(village, TEAM))
    assert leave.person(village, TEAM) not in {
        one["id"] for one in village.program(CADRE).get(f"/work-items/{item}").json["colleagues"]
    }


@pytest.mark.parametrize("kept_from", [CADRE, TEAM])
def test_a_case_kept_from_either_is_kept_from_the_deputy(village, kept_from):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)
    with village.executor.database.engine.begin() as connection:
        case = connection.execute(select(Case.id)).scalar_one()
        connection.execute(update(Case).values(kept=True))
        who = leave.person(village, kept_from)
        connection.exec_driver_sql(
            f"INSERT INTO case_withheld (case_id, kind, who) VALUES ({case}, 'person', {who})"
        )

    assert listed(village, TEAM) == set()
    assert village.program(TEAM).get(f"/work-items/{item}").status_code == 404
    with pytest.raises(UnknownItem):
        village.executor.execute(ClaimWorkItem(item_id=item), by=leave.as_of_now(village, TEAM))


def test_both_press_at_once_and_the_step_is_done_once(village):
    number = village.start()
    item = village.item(number)
    appoint(village)
    answers = village.answers(village.program(CADRE), "check_true")
    theirs = village.answers(village.program(TEAM), "check_true")
    mine, deputy = leave.as_of_now(village, CADRE), leave.as_of_now(village, TEAM)

    ended = at_once(
        lambda: village.executor.execute(CompleteWorkItem(item_id=item["id"], answers=answers), by=mine),
        lambda: village.executor.execute(CompleteWorkItem(item_id=item["id"], answers=theirs), by=deputy),
    )

    assert sorted(isinstance(one, Refusal) for one in ended) == [False, True], ended
    [refused] = [one for one in ended if isinstance(one, Refusal)]
    assert isinstance(refused, AlreadyDone)
    assert len([one for one in history(village, number) if one["step"] == "household_check"]) == 1


def test_the_audit_entry_names_for_whom(village):
    item = village.item(village.start())["id"]
    absence = appoint(village)
    village.program(TEAM).act(item, "claim")

    entries = village.program(SUPERVISOR).get("/audit?limit=100").json["items"]

    [claimed] = [one for one in entries if one["command"] == "ClaimWorkItem"]
    assert claimed["actor"]["for"] == {
        "person": leave.person(village, CADRE),
        "name": "折海军",
        "absence": absence,
    }
    [appointed] = [one for one in entries if one["command"] == "AppointDeputy"]
    assert appointed["facts"]["deputy"] == leave.person(village, TEAM)


def test_a_supervisor_of_elsewhere_does_not_read_of_it(village):
    appoint(village)
    entries = village.program("ewenke-supervisor1").get("/audit?limit=100")

    assert entries.status_code == 200
    assert [one for one in entries.json["items"] if one["command"] == "AppointDeputy"] == []


def test_a_deputy_hands_an_item_on_within_the_unit(village):
    number = village.start()
    item = village.item(number)["id"]
    appoint(village)
    program = village.program(TEAM)
    seen = program.get(f"/work-items/{item}").json
    assert leave.person(village, OTHER_CADRE) in {one["id"] for one in seen["colleagues"]}

    moved = program.act(item, "transfer", to=OTHER_CADRE, reason="更熟悉", revision=seen["revision"])

    assert moved.status_code == 200
    assert leave.item(village, item).assignee == "贺丽霞"


def test_the_absent_persons_own_pages_stay_closed_to_the_deputy(village):
    appoint(village)
    row = village.executor.database.reading().scalars(select(Absence)).one()

    assert village.browser(TEAM).get(f"/me/absences/{row.id}/end").status_code == 404
    assert village.browser(ELSEWHERE).get(f"/me/absences/{row.id}/end").status_code == 404
    page = village.browser(TEAM).get("/me/absences").text
    assert "受折海军委托" in page


def test_nothing_is_left_over_of_a_deputy_in_the_items(village):
    item = village.item(village.start())["id"]
    appoint(village)
    village.program(TEAM).act(item, "claim")
    village.program(TEAM).act(item, "release")

    with village.executor.database.reading() as session:
        row = session.get(WorkItem, item)
    assert (row.state, row.assignee_id, row.assignee) == ("offered", None, None)
