"""回避: whose declared relative a case is about decides nothing in it, and is told so with the way on."""

import pytest
from sqlalchemy import select, text, update

from app.organisation.commands import GrantRole
from app.organisation.models import Person
from app.security import sealing
from tests.app.absences import leave
from tests.app.office import CADRE, OTHER_CADRE
from tests.app.relatives.family import OTHERS, asked, declare, end, head, member
from workflows import kinship
from workflows.cases import Case
from workflows.errors import Invalid
from workflows.exclusion import AbsentsCase, OwnCase, RelativesCase
from workflows.handling import CancelCase, JumpItem, SuspendCase
from workflows.returning import SendBackTo
from workflows.running import ClaimWorkItem, CompleteWorkItem, SendBack, TransferWorkItem

ADMIN = "dongsheng-admin1"
OTHER_ADMIN = "dongsheng-admin2"


def run(office, command, who=CADRE):
    return office.executor.execute(command, by=office.actor(who).at(office.executor.clock.now()))


def colleague(office, who=OTHER_CADRE):
    return office.actor(who).person_id


@pytest.mark.parametrize("identity", [head(), member()], ids=["the subject", "a member"])
def test_nobody_decides_about_a_household_in_which_a_declared_relative_lives(office, identity):
    number = office.start()
    declare(office, identity=identity)

    refused = office.take(number)

    assert refused.status_code == 403
    assert refused.json["code"] == "work_item.relatives_case"
    assert "折海军与本件当事人有已申报的亲属关系，应当回避" in refused.json["detail"]
    assert "请转办给本单位其他同事" in refused.json["detail"]
    assert office.item(number)["step"] == "household_check"
    assert office.take(number, by=OTHER_CADRE).status_code == 200


def test_a_relative_elsewhere_or_no_longer_declared_excludes_nobody(office):
    elsewhere, ended = office.start(), office.start(by="zhejialiang-household2", number=1)
    declare(office, identity=OTHERS)
    assert office.take(elsewhere).status_code == 200
    relative = declare(office, identity=head(1))
    assert office.take(ended).status_code == 403

    end(office, relative)

    assert office.take(ended).status_code == 200


def test_the_household_on_file_excludes_as_its_number_does(office):
    first = office.start()
    office.to_the_end(first)
    with office.executor.database.reading() as session:
        number = session.scalar(text("SELECT number FROM register_row WHERE register = 'warning_ledger'"))
    declare(office, household=number)
    again = office.start()

    assert office.take(again).json["code"] == "work_item.relatives_case"


def test_every_decision_is_refused_and_handing_over_is_not(office):
    number = office.start()
    office.until(number, "village_review")
    item = office.item(number)["id"]
    declare(office, identity=head())
    decisions = (
        CompleteWorkItem(item_id=item, answers={}),
        SendBack(item_id=item, reason="材料不齐"),
        SendBackTo(item_id=item, to="household_check", reason="材料不齐"),
    )
    for decision in decisions:
        with pytest.raises(RelativesCase):
            run(office, decision)

    run(office, ClaimWorkItem(item_id=item))
    hand_on = TransferWorkItem(item_id=item, to_person_id=colleague(office), reason="本人须回避")
    run(office, hand_on)

    back = TransferWorkItem(item_id=item, to_person_id=office.actor(CADRE).person_id, reason="退还")
    with pytest.raises(Invalid):
        run(office, back, OTHER_CADRE)
    assert office.take(number, by=OTHER_CADRE).status_code == 200


def test_a_deputy_keeps_away_from_relatives_of_either(office):
    deputy = leave.helper_only(office)
    number = office.start()
    leave.appoint(office)
    declare(office, identity=head())
    assert office.take(number, by=deputy).status_code == 403

    other = office.start(by="zhejialiang-household2", number=1)
    declare(office, deputy, identity=head(1))
    assert office.take(other, by=deputy).status_code == 403
    assert office.take(other).status_code == 200


def test_a_household_writes_its_own_step_whoever_types_it_for_a_relative(office):
    declare(office, identity=head())

    assert office.start(CADRE)


def known_as(office, number, who, *, member=False):
    """Let a member of the staff be the subject of a case, or a member of its household."""
    with office.executor.database.engine.begin() as connection:
        case = connection.execute(
            select(Case.subject, Case.variables, Case.subject_key).where(Case.number == number)
        ).one()
        [other] = kinship.people_of(case) - {case.subject_key}
        key = other if member else case.subject_key
        connection.execute(update(Person).where(Person.identity_hash == key).values(identity_hash=None))
        person = office.actor(who).person_id
        connection.execute(update(Person).where(Person.id == person).values(identity_hash=key))


@pytest.mark.parametrize("member", [False, True], ids=["the subject", "a member"])
def test_nobody_decides_about_themselves(office, member):
    number = office.start()
    known_as(office, number, CADRE, member=member)
    item = office.item(number)["id"]

    with pytest.raises(OwnCase):
        run(office, CompleteWorkItem(item_id=item, answers={}))
    assert "需回避" in office.browser(CADRE).get(f"/items/{item}").text
    back = TransferWorkItem(item_id=item, to_person_id=office.actor(CADRE).person_id, reason="退还")
    with pytest.raises(Invalid):
        run(office, back, OTHER_CADRE)


def test_the_list_says_which_case_is_ones_own(office):
    number = office.start()
    known_as(office, number, CADRE)

    assert "需回避" in office.browser(CADRE).get("/").text


def test_a_deputy_decides_nothing_about_whom_they_stand_in_for(office):
    deputy = leave.helper_only(office)
    number = office.start()
    leave.appoint(office)
    known_as(office, number, CADRE)
    item = office.item(number)["id"]

    with pytest.raises(AbsentsCase, match="折海军是本件的申请人或当事人"):
        run(office, CompleteWorkItem(item_id=item, answers={}), deputy)
    assert "需回避" in office.browser(deputy).get(f"/items/{item}").text
    run(office, TransferWorkItem(item_id=item, to_person_id=colleague(office), reason="须回避"), deputy)
    assert office.take(number, by=OTHER_CADRE).status_code == 200


def test_a_cadre_who_lives_there_too_fills_in_for_others_and_decides(office):
    village = next(one for one in office.actor(CADRE).grants if one.role == "village_committee").unit_id
    person = office.actor(CADRE).person_id
    both = GrantRole(person_id=person, unit_id=village, role="household")
    office.executor.execute(both, by=office.actor("security-officer"))
    with office.executor.database.engine.begin() as connection:
        key = sealing.seal("identity", OTHERS)["hash"]
        connection.execute(update(Person).where(Person.id == person).values(identity_hash=key))

    number = office.start(CADRE)

    assert office.take(number).status_code == 200


def test_an_administrator_neither_jumps_nor_ends_a_relatives_case_and_another_does(office):
    number = office.start()
    office.until(number, "village_review")
    item = office.item(number)["id"]
    declare(office, ADMIN, identity=head())
    jump = JumpItem(item_id=item, to="township_review", reason="公示延误")
    with pytest.raises(RelativesCase) as refused:
        run(office, jump, ADMIN)
    assert "请由本旗区县其他事项管理员处置" in str(refused.value)
    with pytest.raises(RelativesCase):
        run(office, CancelCase(number=number, reason="不再办理"), ADMIN)
    run(office, SuspendCase(number=number, reason="等候上级答复"), ADMIN)

    run(office, CancelCase(number=number, reason="不再办理"), OTHER_ADMIN)


def test_the_list_and_the_item_say_so_and_offer_no_decision(office):
    number = office.start()
    office.start(by="zhejialiang-household2", number=1)
    browser = office.browser(CADRE)
    assert "需回避" not in browser.get("/").text
    declare(office, identity=member())
    declare(office, identity=head())

    listed = browser.get("/").text
    item = office.item(number)["id"]
    page = browser.get(f"/items/{item}").text

    assert listed.count("需回避") >= 1
    assert "需回避：折海军与本件当事人有已申报的亲属关系" in page
    assert "转办给同事" in page
    assert 'name="_conclude"' not in page
    actions = office.program(CADRE).get(f"/work-items/{item}").json["may"]
    assert "complete" not in actions
    assert "transfer" in actions
    assert "需回避" not in office.browser(OTHER_CADRE).get("/").text


def test_who_declared_nothing_is_asked_nothing_and_who_did_one_indexed_question(office):
    numbers = [office.start(), office.start(by="zhejialiang-household2", number=1)]
    items = [office.item(number)["id"] for number in numbers]

    def statements(item):
        actor = office.actor(CADRE)
        with asked(office) as found:
            office.executor.execute(ClaimWorkItem(item_id=item), by=actor)
            claimed = len(found)
            with pytest.raises(Invalid):
                office.executor.execute(CompleteWorkItem(item_id=item, answers={}), by=actor)
        return [each for each in found[claimed:] if "FROM relative" in each]

    assert statements(items[0]) == []
    declare(office, identity=OTHERS)
    [question] = statements(items[1])
    assert "relative.person_id IN" in question
    assert "relative.ended_at IS NULL" in question


def test_where_nobody_is_left_the_refusal_names_who_moves_the_case_on_and_they_can(office):
    number = office.start()
    for cadre in (CADRE, OTHER_CADRE):
        declare(office, cadre, identity=head())

    for cadre in (CADRE, OTHER_CADRE):
        refused = office.take(number, by=cadre)
        assert "本单位无人可转的，请联系事项管理员另行安排" in refused.json["detail"]
    item = office.item(number)["id"]
    jump = JumpItem(item_id=item, to="village_review", reason="村内人员均须回避，由镇派员核实")
    run(office, jump, ADMIN)
    assert office.item(number)["step"] == "village_review"
