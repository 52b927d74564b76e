"""To whom each thing of a leaver goes, and why something goes to nobody."""

from sqlalchemy import select, text, update

from app.organisation.models import Absence, Person, RoleGrant
from app.security import sealing
from tests.app.absences.leave import appoint, person
from tests.app.handover.leaving import TEAM, claimed, hand_over, helper_rows, item_of, pair, report, roles
from tests.app.office import CADRE, ELSEWHERE, OTHER_CADRE
from workflows.cases import Case
from workflows.signing import AddSigners
from workflows.work_items import AFTER, WorkItem


def test_what_the_successor_must_keep_away_from_goes_back_to_the_unit(office):
    number = office.start()
    item = claimed(office, number)
    with office.executor.database.engine.begin() as connection:
        key = connection.execute(select(Case.subject_key)).scalar_one()
        connection.execute(update(Person).values(identity_hash=None).where(Person.identity_hash == key))
        who = person(office, ELSEWHERE)
        connection.execute(update(Person).values(identity_hash=key).where(Person.id == who))

    told = report(office, hand_over(office))

    [left] = told["items"]
    assert left["to"] is None
    assert "郝永明是本件的申请人或当事人，应当回避，退还" in left["why"]
    assert "暂无" not in left["why"]
    row = item_of(office, item)
    assert (row.state, row.assignee_id) == ("offered", None)
    assert office.program(OTHER_CADRE).act(item, "claim").status_code == 200


def test_a_unit_left_without_anybody_is_pointed_out(office):
    number = office.start()
    claimed(office, number)
    with office.executor.database.engine.begin() as connection:
        connection.execute(
            update(RoleGrant)
            .where(
                RoleGrant.person_id != person(office, CADRE),
                RoleGrant.role.in_(["village_committee", "resident_team"]),
            )
            .values(valid_until=office.executor.clock.now())
        )
        case, who = connection.execute(select(Case.id)).scalar_one(), person(office, ELSEWHERE)
        connection.execute(update(Case).values(kept=True))
        connection.execute(
            text("INSERT INTO case_withheld (case_id, kind, who) VALUES (:case, 'person', :who)"),
            {"case": case, "who": who},
        )

    [left] = report(office, hand_over(office))["items"]

    assert "暂无其他人可办" in left["why"]
    assert left["number"] == "", "the number of a case that is kept from people is in no report"


def test_one_role_may_go_to_somebody_else_with_what_hangs_on_it(office):
    number = office.start()
    item = claimed(office, number)
    with office.executor.database.reading() as session:
        grant = session.scalars(
            select(RoleGrant.id).where(
                RoleGrant.person_id == person(office, CADRE), RoleGrant.role == "village_committee"
            )
        ).one()

    hand_over(office, others=((grant, person(office, TEAM)),))

    assert item_of(office, item).assignee == "陈志远"
    assert "village_committee" in {role for _, role in roles(office, TEAM)}
    assert "village_branch" in {role for _, role in roles(office, ELSEWHERE)}


def test_helper_duties_pass_to_the_successor_and_the_household_is_never_without(office):
    pair(office, "折海军", 1)
    pair(office, "折海军", 2)
    pair(office, "贺丽霞", 3)

    told = report(office, hand_over(office))

    assert [one["to"] for one in told["duties"]] == ["郝永明", "郝永明"]
    assert helper_rows(office) == [
        ("折海军", "已交接", "郝永明"),
        ("折海军", "已交接", "郝永明"),
        ("贺丽霞", "结对中", None),
        ("郝永明", "结对中", None),
        ("郝永明", "结对中", None),
    ]


def test_a_household_the_successor_helps_already_is_not_entered_twice(office):
    pair(office, "折海军", 1)
    pair(office, "郝永明", 1)

    hand_over(office)

    assert helper_rows(office) == [("折海军", "已交接", "郝永明"), ("郝永明", "结对中", None)]


def test_a_namesake_leaves_it_open_who_is_meant_unless_the_phone_tells(office):
    phone = sealing.seal("phone", "13812348000")
    with office.executor.database.engine.begin() as connection:
        connection.execute(
            update(Person).where(Person.id == person(office, OTHER_CADRE)).values(name="折海军")
        )
        connection.execute(
            update(Person).where(Person.id == person(office, CADRE)).values(phone_hash=phone["hash"])
        )
    pair(office, "折海军", 1)
    pair(office, "折海军", 2, 联系电话=phone)
    pair(office, "折海军", 3, 联系电话=sealing.seal("phone", "13999998888"))

    told = report(office, hand_over(office))

    assert [(one["to"], bool(one["why"])) for one in told["duties"]] == [(None, True), ("郝永明", False)]
    assert "同名" in told["duties"][0]["why"]
    assert [row[1] for row in helper_rows(office)] == ["结对中", "已交接", "结对中", "结对中"]


def test_appointments_of_the_leaver_end_in_both_directions(office):
    mine = appoint(office, who=CADRE, deputy=TEAM)
    theirs = appoint(office, who=OTHER_CADRE, deputy=CADRE)

    told = report(office, hand_over(office))

    assert len(told["absences"]) == 2
    with office.executor.database.reading() as session:
        assert all(session.get(Absence, each).end_reason == "离任交接" for each in (mine, theirs))


def test_what_was_asked_of_the_leaver_beside_a_step_goes_too_and_waits_as_before(office):
    number = office.start()
    host = claimed(office, number, by=OTHER_CADRE)
    signer = (person(office, CADRE),)
    ask = AddSigners(item_id=host, place=AFTER, to_person_ids=signer, reason="请阅")
    office.executor.execute(ask, by=office.actor(OTHER_CADRE))

    hand_over(office)

    with office.executor.database.reading() as session:
        aside = session.scalars(select(WorkItem).where(WorkItem.host_id == host)).one()
    assert (aside.state, aside.assignee) == ("planned", "郝永明")


def test_a_decision_that_waits_for_signatures_and_cannot_go_stays_and_is_pointed_out(office):
    number = office.start()
    host = claimed(office, number, by=OTHER_CADRE)
    signer = (person(office, CADRE),)
    ask = AddSigners(item_id=host, place=AFTER, to_person_ids=signer, reason="请阅")
    office.executor.execute(ask, by=office.actor(OTHER_CADRE))
    with office.executor.database.engine.begin() as connection:
        key = connection.execute(select(Case.subject_key)).scalar_one()
        connection.execute(update(Person).values(identity_hash=None).where(Person.identity_hash == key))
        who = person(office, ELSEWHERE)
        connection.execute(update(Person).values(identity_hash=key).where(Person.id == who))

    [left] = report(office, hand_over(office))["items"]

    assert left["to"] is None
    assert "等待加签" in left["why"]
    with office.executor.database.reading() as session:
        aside = session.scalars(select(WorkItem).where(WorkItem.host_id == host)).one()
    assert (aside.state, aside.assignee) == ("planned", "折海军")
