"""亲属申报: staff declare relatives themselves; nothing is rewritten; who may read it sees masks."""

import pytest
from sqlalchemy import select

from app.organisation.commands import RevokeRole
from app.organisation.models import RoleGrant
from app.relatives.commands import (
    AlreadyDeclared,
    DeclareRelative,
    EndedAlready,
    OnlyStaff,
    RevealRelative,
    StillRelatives,
)
from app.relatives.queries import UnknownRelative
from app.security import sealing
from app.security.queries import AuditFilter, audit_entries
from tests.app.office import CADRE, ELSEWHERE, HOUSEHOLD, OTHER_CADRE, SUPERVISOR
from tests.app.relatives.family import OTHERS, declare, declare_none, end, head, rows
from workflows.commands import CONSOLE
from workflows.errors import Invalid

PAGE = "/me/relatives"
ELSEWHERE_WATCH = "ewenke-supervisor1"


def trail(office, username=CADRE):
    person = office.actor(username).person_id
    with office.executor.database.reading() as session:
        return audit_entries(session, CONSOLE, AuditFilter(stream=f"relatives:{person}"))


def test_a_relative_is_declared_sealed_and_on_the_trail_without_name_or_number(office):
    assert not office.actor(CADRE).has_relatives

    declare(office, identity=OTHERS)

    [row] = rows(office)
    assert (row.relation, row.name, row.ended_at) == ("兄弟姐妹", "折海明", None)
    assert OTHERS not in str(row.identity)
    assert row.identity_hash == sealing.keyed_hash("identity", OTHERS)
    assert office.actor(CADRE).has_relatives
    [entry] = trail(office)
    assert entry.command == "DeclareRelative"
    assert "折海明" not in str(entry.facts)
    assert OTHERS not in str(entry.facts)


def test_an_ended_declaration_stays_with_its_reason_and_counts_no_more(office):
    relative = declare(office, identity=OTHERS)

    end(office, relative, reason="亲属已迁往外地")

    [row] = rows(office)
    assert (row.name, row.end_reason) == ("折海明", "亲属已迁往外地")
    assert row.ended_at == office.executor.clock.now()
    assert not office.actor(CADRE).has_relatives
    assert [entry.command for entry in trail(office)] == ["EndRelative", "DeclareRelative"]
    with pytest.raises(EndedAlready):
        end(office, relative)


def test_only_whose_it_is_ends_it(office):
    relative = declare(office, identity=OTHERS)

    with pytest.raises(UnknownRelative):
        end(office, relative, OTHER_CADRE)
    assert office.browser(OTHER_CADRE).get(f"{PAGE}/{relative}/end").status_code == 404
    assert rows(office)[0].ended_at is None


def test_that_there_is_none_is_said_once_ends_with_the_first_relative_and_not_beside_one(office):
    declare_none(office)
    with pytest.raises(AlreadyDeclared):
        declare_none(office)
    assert not office.actor(CADRE).has_relatives

    declare(office, identity=OTHERS)

    none, some = rows(office)
    assert none.end_reason == "已申报亲属"
    assert some.ended_at is None
    with pytest.raises(StillRelatives):
        declare_none(office)
    with pytest.raises(AlreadyDeclared):
        declare(office, identity=OTHERS)


def test_what_is_missing_or_wrong_is_said_beside_its_field(one_office):
    def wrong(**asked):
        command = DeclareRelative(**{"relation": "子女", "name": "折小明", "identity": OTHERS, **asked})
        actor = one_office.actor(CADRE)
        with pytest.raises(Invalid) as refused:
            one_office.executor.execute(command, by=actor)
        return set(refused.value.errors)

    assert wrong(relation="同学") == {"relation"}
    assert wrong(name=" ") == {"name"}
    assert wrong(name="折" * 61) == {"name"}
    assert wrong(identity=OTHERS[:-1] + "3") == {"identity"}
    assert wrong(identity="") == {"identity"}
    assert wrong(identity="", household="没有这一户") == {"household"}
    assert rows(one_office) == []


def test_only_staff_declare(one_office):
    with pytest.raises(OnlyStaff):
        declare(one_office, HOUSEHOLD, identity=OTHERS)
    with pytest.raises(OnlyStaff):
        declare(one_office, "system-officer", identity=OTHERS)


def test_the_household_is_found_in_the_registers_and_carries_its_key(one_office):
    one_office.to_the_end(one_office.start())
    browser = one_office.browser(CADRE)
    picked = browser.get(f"{PAGE}/household?register=warning_ledger").text
    number = picked.partition("household=")[2].partition('"')[0]
    assert number

    shown = browser.get(f"{PAGE}/new?household={number}").text
    assert f'value="{number}"' in shown
    sent = {"relation": "父母", "name": "折老汉", "household": number}
    assert browser.post(f"{PAGE}/new", page=f"{PAGE}/new", **sent).status_code == 303

    [row] = rows(one_office)
    assert row.household_key == sealing.keyed_hash("identity", head())
    assert row.identity is None
    again = browser.post(f"{PAGE}/new", page=f"{PAGE}/new", **sent)
    assert again.status_code == 409
    assert "无需重复申报" in again.text


def test_the_pages_of_ones_own_declare_and_end(one_office):
    browser = one_office.browser(CADRE)
    assert "尚未申报" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/none", page=PAGE).status_code == 303
    assert browser.post(f"{PAGE}/none", page="/me").status_code == 409
    refused = browser.post(f"{PAGE}/new", page=f"{PAGE}/new", relation="配偶", name="李四", identity="1")
    assert refused.status_code == 422
    assert "身份证号码应为18位" in refused.text

    sent = {"relation": "配偶", "name": "李四", "identity": OTHERS}
    assert browser.post(f"{PAGE}/new", page=f"{PAGE}/new", **sent).status_code == 303

    shown = browser.get(PAGE).text
    assert "配偶：李四" in shown
    assert OTHERS not in shown
    relative = rows(one_office)[-1].id
    ask = f"{PAGE}/{relative}/end"
    assert browser.post(ask, page=ask, reason="").status_code == 422
    assert browser.post(ask, page=ask, reason="申报有误，重报").status_code == 303
    assert "申报有误，重报" in browser.get(PAGE).text


def test_a_supervisor_sees_masks_and_what_is_uncovered_is_on_the_trail(one_office):
    relative = declare(one_office, identity=OTHERS)
    person = one_office.actor(CADRE).person_id
    browser = one_office.browser(SUPERVISOR)
    listed = browser.get("/supervision/relatives?state=some").text
    assert f"/supervision/relatives/{person}" in listed
    assert f"/supervision/relatives/{person}" not in browser.get("/supervision/relatives?state=none").text

    shown = browser.get(f"/supervision/relatives/{person}").text
    assert "折某" in shown
    assert "折海明" not in shown
    assert OTHERS not in shown
    ask = f"/supervision/relatives/declared/{relative}/reveal"
    assert "折海明" not in browser.get(ask).text
    assert browser.post(ask, page=ask, reason="看").status_code == 422
    uncovered = browser.post(ask, page=ask, reason="核对预警是否属实").text

    assert "折海明" in uncovered
    assert OTHERS in uncovered
    entry, _ = trail(one_office)
    assert (entry.command, entry.facts["reason"]) == ("RevealRelative", "核对预警是否属实")
    assert OTHERS not in str(entry.facts)


def test_declarations_of_another_county_are_not_there(one_office):
    relative = declare(one_office, identity=OTHERS)
    person = one_office.actor(CADRE).person_id
    other = one_office.browser(ELSEWHERE_WATCH)

    assert other.get(f"/supervision/relatives/{person}").status_code == 404
    assert other.get(f"/supervision/relatives/declared/{relative}/reveal").status_code == 404
    assert "折海军" not in other.get("/supervision/relatives?q=折海军").text.partition("<tbody")[2]
    command, actor = (
        RevealRelative(relative_id=relative, reason="核对预警"),
        one_office.actor(ELSEWHERE_WATCH),
    )
    with pytest.raises(UnknownRelative):
        one_office.executor.execute(command, by=actor)


def test_who_has_left_the_area_is_no_longer_its_supervisors_to_look_at(one_office):
    relative = declare(one_office, identity=OTHERS)
    person = one_office.actor(CADRE).person_id
    with one_office.executor.database.reading() as session:
        held = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == person)).all()
    for grant in held:
        revoke = RevokeRole(grant_id=grant, reason="调往外旗")
        one_office.executor.execute(revoke, by=one_office.actor("security-officer"))

    browser = one_office.browser(SUPERVISOR)
    assert browser.get(f"/supervision/relatives/{person}").status_code == 404
    look = RevealRelative(relative_id=relative, reason="核对预警")
    with pytest.raises(UnknownRelative):
        one_office.executor.execute(look, by=one_office.actor(SUPERVISOR))


def test_the_system_officer_sees_that_somebody_declared_and_never_what(one_office):
    declare(one_office, identity=OTHERS)
    browser = one_office.browser("system-officer")

    mine = browser.get(f"/system/accounts/{one_office.actor(CADRE).account_id}").text
    other = browser.get(f"/system/accounts/{one_office.actor(ELSEWHERE).account_id}").text

    assert "已申报" in mine
    assert "未申报" not in mine
    assert "折海明" not in mine
    assert "未申报" in other
    assert "折海明" not in browser.get("/system/accounts?q=zhejialiang").text
