"""Acting on items: whoever asks, whatever is sent, the command itself looks."""

import pytest
from sqlalchemy import select, update

from app.attachments.commands import TakeIn
from app.attachments.models import Attachment
from app.organisation.commands import RevokeRole
from app.organisation.models import RoleGrant
from tests.app.notices.office import ANSWERS, CADRE, COUNTY, TOWNSHIP, VILLAGE, Office, furnished
from workflows.cases import Case
from workflows.commands import Actor
from workflows.errors import Invalid, Refusal
from workflows.running import (
    ClaimWorkItem,
    CompleteWorkItem,
    SaveDraft,
    StartCase,
    TransferWorkItem,
)
from workflows.work_items import OPEN, NotYours, WorkItem

COLLEAGUE, HOUSEHOLD, NEIGHBOUR = "zhejialiang-cadre2", "zhejialiang-household1", "zhejialiang-household2"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, copied, clock):
    found = Office(copied(request.param, furnished), clock)
    yield found
    found.close()


def open_item(office, case_id):
    query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state.in_(OPEN))
    return office.read(lambda session: session.scalars(query).one())


def uploaded(office, username, number=7):
    command = TakeIn(sha256=f"{number:064d}", name="照片.jpg", type="image/jpeg", size=9)
    return office.do(command, office.actor(username)).id


def attachment(office, number):
    return office.read(lambda session: session.get(Attachment, number))


def handing(item, to):
    return TransferWorkItem(item_id=item.id, to_person_id=to.person_id, reason="外出培训")


@pytest.mark.parametrize("stranger", [TOWNSHIP, COUNTY, "chaideng-cadre1", HOUSEHOLD])
def test_an_item_is_handed_to_nobody_who_may_not_do_it(office, stranger):
    item = open_item(office, office.start().case_id)

    with pytest.raises(Invalid) as refusal:
        office.do(handing(item, office.actor(stranger)), office.actor(CADRE))

    assert "to" in refusal.value.errors
    assert open_item(office, item.case_id).assignee_id is None


def test_an_item_is_handed_to_a_colleague_under_the_name_the_directory_knows(office):
    item = open_item(office, office.start().case_id)

    office.do(handing(item, office.actor(COLLEAGUE)), office.actor(CADRE))

    found = open_item(office, item.case_id)
    assert (found.assignee_id, found.assignee) == (
        office.actor(COLLEAGUE).person_id,
        office.actor(COLLEAGUE).name,
    )


def returned_to_household(office):
    """An application of a household itself, come back as another locality's diagram may draw it."""
    case = office.start()
    householder = office.actor(HOUSEHOLD)
    item = open_item(office, case.case_id)
    changed = {
        "step": "apply",
        "form": "fp_01_ds_apply",
        "role": "household",
        "state": "claimed",
        "assignee_id": householder.person_id,
        "assignee": householder.name,
    }
    with office.database.engine.begin() as connection:
        connection.execute(update(WorkItem).where(WorkItem.id == item.id).values(changed))
    return open_item(office, case.case_id)


def test_a_household_cannot_hand_its_application_to_a_neighbour(office):
    item = returned_to_household(office)
    assert item.role == "household"

    with pytest.raises(Invalid):
        office.do(handing(item, office.actor(NEIGHBOUR)), office.actor(HOUSEHOLD))

    office.do(handing(item, office.actor(CADRE)), office.actor(HOUSEHOLD))
    assert open_item(office, item.case_id).assignee_id == office.actor(CADRE).person_id


def test_who_lost_the_role_cannot_finish_what_they_had_taken(office):
    item = open_item(office, office.start().case_id)
    office.do(ClaimWorkItem(item_id=item.id), office.actor(CADRE))
    query = select(RoleGrant.id).where(RoleGrant.person_id == office.actor(CADRE).person_id)
    for grant in office.read(lambda session: list(session.scalars(query))):
        office.do(RevokeRole(grant_id=grant, reason="调离本村"), office.actor("security-officer"))

    with pytest.raises(NotYours):
        office.do(CompleteWorkItem(item_id=item.id, answers={}), office.actor(CADRE))

    office.do(ClaimWorkItem(item_id=item.id), office.actor(COLLEAGUE))
    assert open_item(office, item.case_id).assignee_id == office.actor(COLLEAGUE).person_id


def test_what_a_colleague_has_taken_stays_theirs(office):
    item = open_item(office, office.start().case_id)
    office.do(ClaimWorkItem(item_id=item.id), office.actor(CADRE))

    with pytest.raises(NotYours):
        office.do(ClaimWorkItem(item_id=item.id), office.actor(COLLEAGUE))


def test_photos_in_a_draft_are_there_for_the_colleague_who_goes_on(office):
    item = open_item(office, office.start().case_id)
    photo = uploaded(office, CADRE)

    office.do(SaveDraft(item_id=item.id, answers={"photos": [photo]}), office.actor(CADRE))

    assert attachment(office, photo).case_id == item.case_id


def test_a_draft_takes_nobody_elses_upload(office):
    item = open_item(office, office.start().case_id)
    photo = uploaded(office, "chaideng-cadre1")

    office.do(SaveDraft(item_id=item.id, answers={"photos": [photo]}), office.actor(CADRE))

    assert attachment(office, photo).case_id is None


def test_somebody_elses_upload_cannot_be_handed_in(office):
    case = office.start()
    photo = uploaded(office, "chaideng-cadre1")

    answers = {**ANSWERS["check_true"], "photos": [photo], "household_signature": []}
    command = CompleteWorkItem(item_id=open_item(office, case.case_id).id, answers=answers)

    with pytest.raises(Invalid) as refusal:
        office.do(command, office.actor(CADRE))

    assert "photos" in refusal.value.errors
    assert attachment(office, photo).case_id is None


def test_a_file_of_another_case_is_refused_beside_its_field(office):
    first = office.start()
    photo = uploaded(office, CADRE)
    office.do(
        SaveDraft(item_id=open_item(office, first.case_id).id, answers={"photos": [photo]}),
        office.actor(CADRE),
    )
    other = office.start(head_name="王秀兰", head_identity="150602196805121228")
    signature = uploaded(office, CADRE, 8)

    with pytest.raises(Invalid) as refusal:
        office.do(
            CompleteWorkItem(
                item_id=open_item(office, other.case_id).id,
                answers={**ANSWERS["check_true"], "photos": [photo], "household_signature": [signature]},
            ),
            office.actor(CADRE),
        )

    assert list(refusal.value.errors) == ["photos"]


def test_a_draft_of_a_later_round_keeps_the_numbers_behind_the_masks(office):
    item = returned_to_household(office)
    before = office.read(lambda session: session.get(Case, item.case_id)).variables["apply"]

    office.do(
        SaveDraft(item_id=item.id, answers={"head_identity": before["head_identity"]["mask"]}),
        office.actor(HOUSEHOLD),
    )

    assert open_item(office, item.case_id).draft["head_identity"] == before["head_identity"]


def test_no_number_stands_plain_in_a_case_or_its_record(office):
    case = office.start()
    item = open_item(office, case.case_id)
    office.do(
        SaveDraft(item_id=item.id, answers={"phone": "13800138000", "visited_on": "x"}), office.actor(CADRE)
    )

    plain = {ANSWERS["apply"]["head_identity"], ANSWERS["apply"]["phone"]}
    with office.database.engine.connect() as connection:
        for table in ("cases", "work_item", "step_record", "audit_entry", "once_record", "outbox_effect"):
            text = str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert not [number for number in plain if number in text], table


@pytest.mark.parametrize("kind", ["public", "console"])
def test_nobody_without_a_role_starts_a_case(office, kind):
    command = StartCase(procedure="fp_01_ds", division=VILLAGE, answers={})

    with pytest.raises(Refusal):
        office.do(command, Actor(kind=kind, name="某"))
