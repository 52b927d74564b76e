"""填一次: a household is picked or told by its number, its form is filled, and a change says why."""

import pytest
from lxml import html

from app.organisation import queries as people
from app.registers.commands import RegisterByHand
from app.registers.models import RegisterRow
from tests.journeys.person import NotOffered
from tests.journeys.town import CADRE, HOUSEHOLD, PROCEDURE, TOWNSHIP, VILLAGE, household

HEAD = household(HOUSEHOLD)
START, CHOOSE = f"/procedures/{PROCEDURE}/start", f"/procedures/{PROCEDURE}/choose"
REST = {"source": "干部走访排查", "found_on": "2026-03-15", "found_by": "折海军", "head_labour": "普通劳动力"}
MORE = {
    "risk_reasons": ["因灾"],
    "risk_statement": "羊圈失火，六十只羊死亡。",
    "income_total": 21000,
    "rigid_spend": 4800,
}
STANDING = {"联系电话": "13947712345", "住址": "折家梁村二社3号", "户类型": "脱贫户"}


def enter(town, name=HEAD.name, identity=HEAD.identity, **fields):
    """A row of the roster, entered by hand; gives its number."""
    executor = town.app.extensions["executor"]
    command = RegisterByHand(
        register="households_ds",
        division=VILLAGE,
        name=name,
        identity=identity,
        fields=fields or STANDING,
        reason="补录纸质台账",
    )
    with executor.database.reading() as session:
        clerk = people.account_named(session, TOWNSHIP).actor()
    row_id = executor.execute(command, by=clerk)
    with executor.database.reading() as session:
        return session.get_one(RegisterRow, row_id).number


def pick(town, who=CADRE):
    """The start page, filled for the household that the person picked from the list."""
    person = town.person(who)
    chosen = person.open(CHOOSE, query_string={"q": HEAD.name})
    return person, person.open(chosen.link(HEAD.name))


def markup(page):
    """All of a page, what nobody sees included."""
    return html.tostring(page.tree, encoding="unicode")


def send(person, page, **over):
    """Everything else filled in and the application sent."""
    page, fields, files = person.fill(page, {**REST, **MORE, **over})
    return person.send(page, page.one(".actions button.btn-primary"), fields, files)


def test_a_picked_household_fills_the_form_and_says_where_from(town):
    enter(town)

    _, page = pick(town)

    assert page.typed("head_name") == [HEAD.name]
    assert page.typed("address") == ["折家梁村二社3号"]
    assert page.typed("household_type") == ["脱贫户"]
    assert page.typed("phone") == ["139****2345"]
    assert page.all(".on-file")[0].startswith("来源：东胜区农牧户花名册")
    assert HEAD.identity not in markup(page)
    assert "13947712345" not in markup(page)


def test_what_is_left_untouched_goes_through_without_a_reason_and_stays_sealed(town):
    enter(town)
    person, page = pick(town)

    started = send(person, page)

    assert "已提交" in started.words
    assert HEAD.identity not in markup(started)
    told = person.open(started.path, query_string={"tab": "answers"})
    assert "139****2345" in told.words
    assert "更正" not in told.words


def test_a_change_is_asked_why_and_everything_typed_is_kept(town):
    enter(town)
    person, page = pick(town)

    asked = send(person, page, address="新村5号")

    assert asked.status == 422
    assert "更正原因" in asked.error("address")
    assert set(asked.errors) == {"address"}
    assert asked.typed("address") == ["新村5号"]
    assert asked.typed("head_name") == [HEAD.name]
    assert asked.typed("risk_statement") == ["羊圈失火，六十只羊死亡。"]

    done = person.press("提交申请", **{"_reason:address": "去年搬的家"})

    assert "已提交" in done.words


def test_the_case_shows_what_was_corrected_masked(town):
    enter(town)
    person, page = pick(town)
    told = {"_reason:address": "去年搬的家", "_reason:phone": "换了号码"}
    started = send(person, page, address="新村5号", phone="13800001111", **told)

    for tab in ("record", "answers"):
        words = person.open(started.path, query_string={"tab": tab}).words
        assert "更正：住址原“折家梁村二社3号”（来源：东胜区农牧户花名册，" in words
        assert "改为“新村5号”，原因：去年搬的家" in words
        assert "联系电话原“139****2345”" in words
        assert "改为“138****1111”，原因：换了号码" in words
        assert "13947712345" not in words
        assert "13800001111" not in words


def test_taking_away_what_stood_there_needs_a_reason_too(town):
    enter(town, **STANDING, 社会保障=["低保"])
    person, page = pick(town)

    asked = send(person, page, head_name="")

    assert set(asked.errors) == {"head_name"}


def test_a_number_typed_brings_what_is_on_file_and_keeps_what_was_typed(town):
    enter(town)
    person = town.person(CADRE)
    page = person.open(START)
    typed = {"head_identity": HEAD.identity, "address": "我打的地址", "risk_statement": "羊圈失火。"}

    found = person.press("按号码带出在册内容", page=page, **typed)

    assert "已带出在册内容" in found.words
    assert found.typed("head_name") == [HEAD.name]
    assert found.typed("phone") == ["139****2345"]
    assert found.typed("address") == ["我打的地址"]
    assert found.typed("risk_statement") == ["羊圈失火。"]
    assert "在册：折家梁村二社3号" in found.words


def test_a_number_nobody_has_on_file_is_said_to_be_so(town):
    person = town.person(CADRE)

    found = person.press("按号码带出在册内容", page=person.open(START), head_identity=HEAD.identity)

    assert "没有查到" in found.words
    assert found.typed("head_identity") == [HEAD.identity]


def test_another_number_after_a_household_was_brought_needs_a_reason(town):
    enter(town)
    person = town.person(CADRE)
    person.press("按号码带出在册内容", page=person.open(START), head_identity=HEAD.identity)

    asked = send(person, person.page, head_identity="150602196803140011")

    assert set(asked.errors) == {"head_identity"}


def test_the_list_to_pick_from_is_searched_by_name_and_by_number(town):
    enter(town)
    enter(town, name="别家户主", identity="150602196803140011")
    person = town.person(CADRE)

    by_name = person.open(CHOOSE, query_string={"q": "别家"})
    by_number = person.open(CHOOSE, query_string={"q": HEAD.identity})
    ledger = person.open(CHOOSE, query_string={"register": "warning_ledger"})

    assert len(person.open(CHOOSE).rows) == 2
    assert ["别家户主" in row.text_content() for row in by_name.rows] == [True]
    assert [HEAD.name in row.text_content() for row in by_number.rows] == [True]
    assert ledger.rows == []


def test_a_household_picks_nobody_but_is_on_file_itself(town):
    enter(town)
    person = town.person(HOUSEHOLD)

    page = person.open(START)

    assert page.typed("address") == ["折家梁村二社3号"]
    assert person.open(CHOOSE).path == START
    with pytest.raises(NotOffered):
        page.link("选择在册户")
    asked = send(
        person, page, source="农牧户自主申报", channel="书面", found_on="", found_by="", address="新村5号"
    )
    assert asked.error("address").startswith("您改了住址")
    assert "为什么要改" in asked.words
    done = person.press("提交申请", **{"_reason:address": "去年搬的家"})
    assert "已提交" in done.words


def test_a_row_of_another_village_fills_nothing(town):
    number = enter(town)
    person = town.person("chaideng-cadre1")

    page = person.open(START, query_string={"_on_file": number})

    assert page.typed("head_name") == [""]
    assert HEAD.name not in page.words


def test_a_draft_keeps_whom_it_is_about_and_the_reasons_given(town):
    enter(town)
    person, page = pick(town)
    page, fields, _ = person.fill(page, {**REST, **MORE, "address": "新村5号"})
    person.press("存为草稿", page=page, **fields, **{"_reason:address": "去年搬的家"})

    again = person.open(person.page.link("接着填"))

    assert again.typed("phone") == ["139****2345"]
    assert again.typed("_reason:address") == ["去年搬的家"]
    assert HEAD.name in again.words
    done = person.press("提交申请")
    assert "已提交" in done.words
    assert "原因：去年搬的家" in person.open(done.path, query_string={"tab": "record"}).words


def test_a_draft_of_a_number_typed_is_held_to_the_file_too(town):
    enter(town)
    person = town.person(CADRE)
    own = {"head_identity": HEAD.identity, "head_name": "另写的名字", "phone": "13947712345"}
    more = {"address": STANDING["住址"], "household_type": "脱贫户"}
    page, fields, _ = person.fill(person.open(START), {**REST, **MORE, **own, **more})
    person.press("存为草稿", page=page, **fields)
    person.open(person.page.link("接着填"))

    asked = person.press("提交申请")

    assert set(asked.errors) == {"head_name"}
