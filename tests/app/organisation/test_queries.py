import pytest
from sqlalchemy import event

from app.organisation import queries
from app.organisation.commands import SetAccountActive
from workflows.commands import CONSOLE


def test_an_actor_carries_every_grant_with_its_unit_and_division(actor):
    clerk = actor("boerjianghaizi-clerk2")

    assert clerk.name == "娜仁"
    assert clerk.holds("township_gov")
    assert clerk.holds("township_cadre_in_charge_of_village")
    assert clerk.covers("150602100202")
    assert not clerk.covers("150602101203")


def test_an_officer_holds_the_office_and_covers_no_division(actor):
    officer = actor("security-officer")

    assert officer.holds("security_officer")
    assert not officer.covers("150602100202")


def test_account_and_grants_come_in_one_query_and_whom_they_stand_in_for_in_another(peopled, session):
    account_id = queries.account_named(session, "zhejialiang-cadre1").account_id
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: asked.append(a[2]))

    found = queries.actor_of(session, account_id)

    assert len(found.grants) == 4
    assert ["absence" in one for one in asked] == [False, True]


def test_a_stopped_account_acts_no_more(peopled, actor):
    account_id = actor("zhejialiang-cadre1").account_id

    peopled.execute(SetAccountActive(account_id=account_id, active=False, reason="调离"), by=CONSOLE)

    with peopled.database.reading() as session:
        assert queries.account(session, account_id) is None
        with pytest.raises(queries.UnknownAccount):
            queries.actor_of(session, account_id)


def test_colleagues_are_the_staff_of_the_unit_without_its_households(peopled, session, actor):
    village = actor("zhejialiang-cadre1").grants[0].unit_id

    found = {one.name: one.titles for one in queries.colleagues(session, village)}

    assert found == {
        "折海军": ("村党支部书记、村委会主任",),
        "贺丽霞": ("村委会副主任",),
        "陈志远": ("驻村第一书记",),
        "苏日娜": ("驻村工作队员",),
    }


def test_people_are_found_by_role_and_unit(peopled, session, actor):
    village = actor("zhejialiang-cadre1").grants[0].unit_id

    assert {one.name for one in queries.people_holding(session, "resident_team", village)} == {
        "陈志远",
        "苏日娜",
    }
    assert len(queries.people_holding(session, "household", village)) == 4
