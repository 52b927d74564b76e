"""When a person leaves: everything of theirs goes on in one act, and what cannot is said, with why."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from app.handover.commands import HandOver, NothingToHandOver
from app.handover.models import Handover
from app.messages.models import Message
from app.organisation.commands import NoSuchPerson, OnlySecurityOfficer
from app.organisation.models import Absence, Account, Person, RoleGrant
from app.registers import rows as register_rows
from app.registers.definition import named
from app.registers.finding import Whom
from app.registers.models import RegisterRow
from app.registers.rows import Deed
from app.security import sealing
from tests.app.absences.leave import appoint, person
from tests.app.office import CADRE, CLERK, ELSEWHERE, HOUSEHOLD, OTHER_CADRE, SUPERVISOR, VILLAGE
from tests.pages import check
from tests.workflows.desks import at_once
from workflows import audit, proving, worker
from workflows.cases import Case, StepRecord
from workflows.commands import CONSOLE, Command
from workflows.errors import Invalid, NotAllowed
from workflows.signing import AddSigners
from workflows.work_items import AFTER, WorkItem

SECURITY = "security-officer"
TEAM = "zhejialiang-team1"


def hand_over(office, leaver=CADRE, heir=ELSEWHERE, *, by=None, **more):
    command = HandOver(
        from_person_id=person(office, leaver),
        to_person_id=person(office, heir),
        **{"reason": "调任旗直单位", **more},
    )
    return office.executor.execute(command, by=by or office.actor(SECURITY))


def report(office, number):
    with office.executor.database.reading() as session:
        return session.get(Handover, number).report


def claimed(office, number, by=CADRE):
    item = office.item(number)["id"]
    assert office.program(by).act(item, "claim").status_code == 200
    return item


def item_of(office, item):
    with office.executor.database.reading() as session:
        return session.get(WorkItem, item)


def roles(office, username):
    return sorted((grant.unit_name, grant.role) for grant in office.actor(username).grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWith(Command[int]):
    """A household's helper is entered, as a procedure would."""

    name: str
    household: int
    fields: dict[str, Any]

    def authorise(self, ctx):
        """Anyone in this test."""

    def run(self, ctx):
        whom = Whom(division=VILLAGE, key=f"household {self.household}", name=f"户{self.household}")
        given = {"帮扶联系人": self.name, "来源": "驻村工作队", "结对日期": "2026-01-05", **self.fields}
        return register_rows.enter(ctx, named("helpers_ds"), whom, Deed(event="结对", fields=given)).id


def pair(office, name, household=1, **fields):
    return office.executor.execute(PairWith(name=name, household=household, fields=fields), by=CONSOLE)


def helper_rows(office):
    with office.executor.database.reading() as session:
        query = select(RegisterRow).where(RegisterRow.register == "helpers_ds").order_by(RegisterRow.id)
        return [
            (row.fields["帮扶联系人"], row.status, row.fields.get("接任人")) for row in session.scalars(query)
        ]


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


def multiply(office, wanted):
    """More cases like the only one, each with its own chain as far as it goes."""
    with office.executor.database.writing.begin() as session:
        case = session.scalars(select(Case)).one()
        item = session.scalars(select(WorkItem).where(WorkItem.state == "claimed")).one()
        columns = {column.name: getattr(case, column.name) for column in Case.__table__.columns}
        values = {column.name: getattr(item, column.name) for column in WorkItem.__table__.columns}
        for count in range(1, wanted):
            new = {
                **{name: value for name, value in columns.items() if name != "id"},
                "number": f"{case.number[:-6]}{900_000 + count}",
                "subject_key": f"made up {count}",
                "revision": 0,
                "steps": 0,
                "head": audit.GENESIS,
            }
            case_id = session.execute(insert(Case).returning(Case.id), new).scalar_one()
            session.execute(
                insert(WorkItem),
                {
                    **{name: value for name, value in values.items() if name != "id"},
                    "case_id": case_id,
                    "case_number": new["number"],
                },
            )


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
