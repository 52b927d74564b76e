"""When a person leaves: everything of theirs goes on in one act, and what cannot is said, with why."""

import pytest
from sqlalchemy import select, update

from app.handover.commands import NothingToHandOver
from app.handover.models import Handover
from app.messages.models import Message
from app.organisation.commands import NoSuchPerson, OnlySecurityOfficer
from app.organisation.models import Account, RoleGrant
from tests.app.absences.leave import person
from tests.app.handover.leaving import (
    SECURITY,
    TEAM,
    claimed,
    hand_over,
    item_of,
    multiply,
    pair,
    report,
    roles,
)
from tests.app.office import CADRE, CLERK, ELSEWHERE, HOUSEHOLD, OTHER_CADRE, SUPERVISOR
from tests.pages import check
from tests.workflows.desks import at_once
from workflows import proving, worker
from workflows.errors import Invalid, NotAllowed
from workflows.journal import StepRecord
from workflows.work_items import WorkItem


def test_items_drafts_roles_and_sessions_go_in_one_act(office):
    number = office.start()
    item = claimed(office, number)
    program = office.program(CADRE)
    revision = program.get(f"/work-items/{item}").json["revision"]
    program.act(item, "save", answers={"opinion": "已入户"}, revision=revision)
    held = roles(office, CADRE)
    browser = office.browser(CADRE)

    done = hand_over(office)

    assert roles(office, CADRE) == []
    assert set(held) <= set(roles(office, ELSEWHERE))
    assert browser.get("/me").status_code == 303, "the leaver's session has ended"
    assert program.get("/work-items").status_code == 401, "and the leaver's token"
    taken = office.program(ELSEWHERE).get(f"/work-items/{item}").json
    assert (taken["assignee"], taken["answers"]["opinion"]) == ("郝永明", "已入户")
    told = report(office, done)
    assert [(one["number"], one["to"]) for one in told["items"]] == [(number, "郝永明")]
    assert {one["held"] for one in told["roles"]} == {False}


def test_every_case_touched_says_so_in_its_journal_and_chain(office):
    number = office.start()
    claimed(office, number)

    hand_over(office)

    [entry] = [one for one in office.case(number)["history"] if one["kind"] == "handover"]
    assert entry["name"] == "交接（入户核实）"
    assert "折海军交接给郝永明。原因：调任旗直单位" in entry["opinion"]
    with office.executor.database.reading() as session:
        assert proving.verify(session).sound
    entries = office.program(SUPERVISOR).get(f"/audit?case={number}").json["items"]
    assert "HandOver" in {one["command"] for one in entries}
    check(office.browser(CLERK).get(f"/cases/{number}?tab=record").text)


def test_the_successor_is_told_once_however_much_it_is(office):
    for number in range(3):
        claimed(office, office.start(by=f"zhejialiang-household{number + 1}", number=number))

    hand_over(office)
    worker.drain(office.executor)

    with office.executor.database.reading() as session:
        heir = person(office, ELSEWHERE)
        texts = list(session.scalars(select(Message.text).where(Message.person_id == heir)))
    assert [one for one in texts if "交接给您" in one] == [
        "折海军的工作交接给您：待办 3 件，帮扶户 0 户，请及时办理。"
    ]


def test_pressed_again_it_changes_nothing_and_shows_the_same_report(office):
    claimed(office, office.start())

    first = hand_over(office)
    with office.executor.database.reading() as session:
        before = session.scalars(select(StepRecord)).all()
        epoch = session.scalars(
            select(Account.session_epoch).where(Account.person_id == person(office, CADRE))
        ).one()
    again = hand_over(office)

    assert first == again
    with office.executor.database.reading() as session:
        assert len(session.scalars(select(StepRecord)).all()) == len(before)
        assert (
            session.scalars(
                select(Account.session_epoch).where(Account.person_id == person(office, CADRE))
            ).one()
            == epoch
        )


def test_two_who_press_at_once_hand_over_once(office):
    claimed(office, office.start())
    pair(office, "折海军", 1)

    ended = at_once(*[lambda: hand_over(office)] * 2)

    assert ended[0] == ended[1], ended
    with office.executor.database.reading() as session:
        assert len(session.scalars(select(Handover)).all()) == 1
        assert len([row for row in session.scalars(select(StepRecord)) if row.kind == "handover"]) == 1
        assert proving.verify(session).sound


def test_who_has_nothing_has_nothing_to_hand_over(office):
    with office.executor.database.engine.begin() as connection:
        connection.execute(
            update(RoleGrant)
            .where(RoleGrant.person_id == person(office, CADRE))
            .values(valid_until=office.executor.clock.now())
        )

    with pytest.raises(NothingToHandOver):
        hand_over(office)


@pytest.mark.parametrize("by", [CADRE, OTHER_CADRE, SUPERVISOR, "system-officer", "audit-officer", HOUSEHOLD])
def test_only_the_security_officer_hands_over(standing_office, by):
    with pytest.raises(OnlySecurityOfficer):
        hand_over(standing_office, by=standing_office.actor(by))


@pytest.mark.parametrize("heir", [CADRE, HOUSEHOLD, "audit-officer"])
def test_nobody_who_may_hold_no_such_role_follows(standing_office, heir):
    with pytest.raises(Invalid) as refused:
        hand_over(standing_office, heir=heir)

    assert list(refused.value.errors) == ["to"]


def test_an_officer_neither_follows_nor_leaves_by_their_own_hand(standing_office):
    with pytest.raises(NotAllowed):
        hand_over(standing_office, heir=SECURITY)
    with pytest.raises(NoSuchPerson):
        hand_over(standing_office, leaver="audit-officer")
    with pytest.raises(NoSuchPerson):
        hand_over(standing_office, leaver=HOUSEHOLD)


def test_a_reason_is_asked_for(standing_office):
    with pytest.raises(Invalid) as refused:
        hand_over(standing_office, reason=" ")

    assert list(refused.value.errors) == ["reason"]


def test_the_pages_show_first_and_do_afterwards(office):
    number = office.start()
    item = claimed(office, number)
    pair(office, "折海军", 1)
    browser = office.browser(SECURITY)
    asked = f"/handovers/new?from={CADRE}&to={ELSEWHERE}"

    preview = browser.get(asked)

    tree = check(preview.text)
    words = "".join(tree.itertext())
    assert number in words
    assert "王秀兰" not in words, "whose case it is, is nothing to who grants roles"
    assert item_of(office, item).assignee == "折海军", "looking changes nothing"
    sent = {"from": CADRE, "to": ELSEWHERE}
    with office.executor.database.reading() as session:
        role = RoleGrant.person_id == person(office, CADRE), RoleGrant.role == "village_committee"
        grant = session.scalars(select(RoleGrant.id).where(*role)).one()
    other = {f"role-{grant}": TEAM}
    again = browser.post("/handovers/new", page=asked, **sent, **other, _action="preview")
    assert "→ 陈志远" in check(again.text).text_content()
    wrong = browser.post("/handovers/new", page=asked, **sent, reason="")
    assert wrong.status_code == 422
    done = browser.post("/handovers/new", page=asked, **sent, reason="退休")
    assert done.status_code == 303
    shown = browser.get(done.headers["Location"])
    check(shown.text)
    assert number in shown.text
    for path in ("/handovers", "/handovers/new"):
        check(browser.get(path).text)
    unknown = browser.get(f"/handovers/new?from=nobody&to={ELSEWHERE}")
    assert unknown.status_code == 422
    assert "没有用户名为“nobody”" in unknown.text
    assert office.browser(CLERK).get("/handovers").status_code == 403


def test_three_hundred_items_go_in_one_act(one_office):
    """As a long-serving clerk leaves them: most claimed in cases of their own, some two in a case."""
    number = one_office.start()
    claimed(one_office, number)
    multiply(one_office, 300)

    told = report(one_office, hand_over(one_office))

    assert len(told["items"]) == 300
    with one_office.executor.database.reading() as session:
        heir = person(one_office, ELSEWHERE)
        held = session.scalars(select(WorkItem.id).where(WorkItem.assignee_id == heir)).all()
        assert len(held) == 300
        assert proving.verify(session).sound
