"""Who may appoint whom, for when, and what both are told."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.absences.commands import AppointDeputy, NoCasework, NotInForce, OnlyOneself, Overlapping
from app.absences.queries import UnknownAbsence
from app.messages.models import Message
from app.organisation.models import Absence, RoleGrant, Unit
from tests.app.absences.leave import TEAM, TODAY, appoint, end, person
from tests.app.office import BUREAU, CADRE, CLERK, ELSEWHERE, HOUSEHOLD, OFFICERS, OTHER_CADRE
from tests.pages import check
from tests.workflows.desks import at_once
from workflows import worker
from workflows.commands import CONSOLE
from workflows.errors import Invalid

DAY = timedelta(days=1)


def messages(office, username):
    worker.drain(office.executor)
    with office.executor.database.reading() as session:
        query = select(Message.text).where(Message.person_id == person(office, username)).order_by(Message.id)
        return list(session.scalars(query))


@pytest.mark.parametrize(
    "deputy",
    [CADRE, HOUSEHOLD, *OFFICERS, ELSEWHERE, CLERK, BUREAU],
    ids=["oneself", "household", *OFFICERS, "another village", "the township", "the county"],
)
def test_only_a_colleague_of_the_same_unit_may_be_appointed(standing_office, deputy):
    with pytest.raises(Invalid) as refused:
        appoint(standing_office, deputy=deputy)

    assert list(refused.value.errors) == ["deputy"]


def test_who_only_administers_procedures_is_no_deputy_and_appoints_none(standing_office):
    with pytest.raises(Invalid):
        appoint(standing_office, who=BUREAU, deputy="dongsheng-admin1")
    with pytest.raises(NoCasework):
        appoint(standing_office, who="dongsheng-admin1", deputy="dongsheng-admin2")


@pytest.mark.parametrize("who", [HOUSEHOLD, *OFFICERS])
def test_who_does_no_casework_appoints_nobody(standing_office, who):
    with pytest.raises(NoCasework):
        appoint(standing_office, who=who, deputy=TEAM)


def test_nobody_appoints_for_another_but_the_machine(office):
    with pytest.raises(OnlyOneself):
        appoint(office, by=office.actor(OTHER_CADRE))
    with pytest.raises(OnlyOneself):
        appoint(office, by=office.actor("system-officer"))

    assert appoint(office, by=CONSOLE)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"first": TODAY - DAY}, ["from"]),
        ({"first": TODAY + DAY}, ["until"]),
        ({"last": TODAY + 400 * DAY}, ["until"]),
        ({"reason": "  "}, ["reason"]),
        ({"procedures": ("no_such",)}, ["procedures"]),
        ({"unit_id": 1}, ["deputy"]),
    ],
)
def test_what_is_asked_is_checked_beside_its_field(standing_office, more, wrong):
    with pytest.raises(Invalid) as refused:
        appoint(standing_office, **more)

    assert list(refused.value.errors) == wrong


@pytest.mark.parametrize("shift", [-2, 0, 2])
def test_absences_of_one_person_never_overlap(office, shift):
    appoint(office, first=TODAY + 2 * DAY, last=TODAY + 4 * DAY)

    with pytest.raises(Overlapping, match="陈志远"):
        appoint(office, deputy=OTHER_CADRE, first=TODAY + (2 + shift) * DAY, last=TODAY + (4 + shift) * DAY)

    assert appoint(office, first=TODAY + 5 * DAY, last=TODAY + 6 * DAY)
    assert appoint(office, first=TODAY, last=TODAY + DAY)


def test_an_absence_ended_early_makes_room_for_another(office):
    end(office, appoint(office))

    assert appoint(office, deputy=OTHER_CADRE)


def test_of_two_sent_at_once_one_stands(office):
    me, mine, deputy = office.actor(CADRE), person(office, CADRE), person(office, TEAM)
    command = AppointDeputy(person_id=mine, deputy_id=deputy, first_day=TODAY, last_day=TODAY, reason="请假")

    ended = at_once(*[lambda: office.executor.execute(command, by=me)] * 2)

    assert sorted(isinstance(one, Overlapping) for one in ended) == [False, True], ended
    with office.executor.database.reading() as session:
        assert len(session.scalars(select(Absence)).all()) == 1


def test_who_works_in_two_units_says_which(office):
    with office.executor.database.engine.begin() as connection:
        other = connection.execute(select(Unit.id).where(Unit.name.contains("柴登"))).scalars().first()
        connection.execute(
            insert(RoleGrant).values(
                person_id=person(office, CADRE),
                account_kind="casework",
                unit_id=other,
                role="village_branch",
                valid_from=office.executor.clock.now(),
            )
        )

    with pytest.raises(Invalid) as refused:
        appoint(office)

    assert "unit" in refused.value.errors
    home = office.actor(TEAM).grants[0].unit_id
    assert appoint(office, unit_id=home)
    assert appoint(office, deputy=ELSEWHERE, unit_id=other), "another unit's work may go to another deputy"


def test_both_are_told_when_it_is_made_and_when_it_ends(office):
    absence = appoint(office, last=TODAY + 3 * DAY)
    [told] = messages(office, TEAM)
    assert messages(office, CADRE) == [told]
    assert "折海军2026-03-16至2026-03-19离岗，委托陈志远代为办理全部待办。" in told

    end(office, absence)
    assert "已提前结束" in messages(office, TEAM)[1]
    assert len(messages(office, CADRE)) == 2

    office.pass_days(5)
    assert len(messages(office, TEAM)) == 2, "who was told of the early end is not told of the end again"


def test_both_are_told_when_the_last_day_has_passed(office):
    appoint(office)
    assert len(messages(office, TEAM)) == 1

    office.pass_days(1)

    assert "期满" in messages(office, TEAM)[1]
    assert "期满" in messages(office, CADRE)[1]


def test_only_who_appointed_ends_it_and_once(office):
    absence = appoint(office)
    for stranger in (TEAM, OTHER_CADRE, ELSEWHERE):
        with pytest.raises(UnknownAbsence):
            end(office, absence, who=stranger)

    end(office, absence)

    with pytest.raises(NotInForce):
        end(office, absence)


def test_the_pages_appoint_list_and_end(office):
    browser = office.browser(CADRE)
    unit, deputy = office.actor(TEAM).grants[0].unit_id, person(office, TEAM)
    given = {"deputy": f"{unit}:{deputy}", "from": "2026-03-16", "until": "2026-03-18", "reason": "年休假"}
    assert "离岗委托" in browser.get("/me").text

    wrong = browser.post("/me/absences/new", page="/me/absences/new", **{**given, "until": "2026-03-01"})
    assert wrong.status_code == 422
    assert "截止日期不能早于起始日期" in wrong.text
    assert "年休假" in wrong.text
    made = browser.post("/me/absences/new", page="/me/absences/new", **given, procedures="fp_01_ds")

    assert made.status_code == 303
    for path in ("/me", "/me/absences", "/me/absences/new"):
        check(browser.get(path).text)
    assert "东胜区监测对象识别" in browser.get("/me/absences").text
    with office.executor.database.reading() as session:
        absence = session.scalars(select(Absence)).one()
    ended = browser.post(f"/me/absences/{absence.id}/end", page=f"/me/absences/{absence.id}/end")
    assert ended.status_code == 303
    again = browser.post(f"/me/absences/{absence.id}/end", page=f"/me/absences/{absence.id}/end")
    assert again.status_code == 409


def test_the_interface_appoints_lists_and_ends(office):
    program = office.program(CADRE)
    sent = {"deputy": TEAM, "from": "2026-03-16", "until": "2026-03-18", "reason": "年休假"}

    assert program.post("/absences", {**sent, "from": "16.3."}).status_code == 422
    assert program.post("/absences", {**sent, "deputy": "nobody-at-all"}).json["errors"].keys() == {"deputy"}
    made = program.post("/absences", sent, key="one")
    again = program.post("/absences", sent, key="one")

    assert made.status_code == again.status_code == 201
    assert made.json == again.json
    assert made.json["state"] == "in_force"
    assert program.post("/absences", sent).status_code == 409
    for who in (CADRE, TEAM):
        assert [one["id"] for one in office.program(who).get("/absences").json["items"]] == [made.json["id"]]
    assert office.program(OTHER_CADRE).get("/absences").json["items"] == []
    number = made.json["id"]
    assert office.program(TEAM).post(f"/absences/{number}/end", {}).status_code == 404
    ended = program.post(f"/absences/{number}/end", {"reason": "提前返岗"})
    assert (ended.json["state"], ended.json["end_reason"]) == ("ended", "提前返岗")
