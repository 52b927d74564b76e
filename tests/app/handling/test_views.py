"""办件处置: an administrator finds stuck cases and handles them, and learns nothing of what is in them."""

import re

import pytest

from app.organisation.commands import GrantRole
from app.security import demo
from tests.app.office import BUREAU, CADRE, CLERK, HOUSEHOLD, SUPERVISOR
from workflows.commands import CONSOLE

ADMIN, OTHER_ADMIN, ABROAD = "dongsheng-admin1", "dongsheng-admin2", "ewenke-rvb1"


@pytest.fixture
def stuck(one_office):
    """A case whose village check is open."""
    number = one_office.start()
    return one_office, number


def secrets(office, number):
    """What an administrator must never read: whom the case is about, and who acted in it."""
    household = demo.households()[0]
    case = office.case(number)
    return {
        household.name,
        household.identity[-4:],
        household.phone[-4:],
        *(entry["actor"] for entry in case["history"] if entry["kind"] != "handling"),
    } - {"系统"}


def abroad(office):
    """The administrator of another county."""
    person = office.actor(ABROAD)
    grant = GrantRole(person_id=person.person_id, unit_id=person.grants[0].unit_id, role="procedure_admin")
    office.executor.execute(grant, by=CONSOLE)
    return office.browser(ABROAD)


def handle(browser, number, act, **form):
    return browser.post(f"/handling/{number}/{act}", f"/handling/{number}/{act}", **form)


def test_a_case_is_found_by_its_number_and_shows_where_it_stands_and_nobody_in_it(stuck):
    office, number = stuck
    office.take(number)
    office.program(CADRE).act(office.item(number)["id"], "claim", revision=1)
    browser = office.browser(ADMIN)

    found = browser.get(f"/handling?number={number.lower()}")
    page = browser.get(f"/handling/{number}").text

    assert found.location == f"/handling/{number}"
    assert "村评议公示（评议）" in page
    assert "折家梁村村民委员会" in page
    assert not [secret for secret in secrets(office, number) if secret in page]
    assert browser.get(f"/cases/{number}").status_code == 404


def test_a_number_of_nowhere_is_said_to_be_none(stuck):
    office, _ = stuck

    assert "没有编号为" in office.browser(ADMIN).get("/handling?number=FP01DS-2026-999999").text


def test_suspending_and_resuming_ask_for_a_reason_and_are_listed(stuck):
    office, number = stuck
    browser = office.browser(ADMIN)
    assert "没有挂起的办件" in browser.get("/handling").text

    assert handle(browser, number, "suspend", reason="").status_code == 422
    assert handle(browser, number, "suspend", reason="等待上级批复").location == f"/handling/{number}"
    listed, page = browser.get("/handling").text, browser.get(f"/handling/{number}").text

    assert number in listed
    assert "等待上级批复" in page
    assert "暂停计时" in page
    for text in (listed, page):
        assert not [secret for secret in secrets(office, number) if secret in text]
    assert "挂起</a>" not in page
    office.clock.advance(days=2)
    assert handle(browser, number, "resume", reason="已批复").status_code == 303
    assert "挂起 2 天" in browser.get(f"/handling/{number}").text
    assert "没有挂起的办件" in browser.get("/handling").text
    assert office.case(number)["state"] == "running"


@pytest.mark.parametrize(
    ("act", "again"), [("suspend", "已挂起"), ("cancel", "已终止"), ("resume", "没有挂起")]
)
def test_pressed_twice_it_is_done_once_and_said_in_words(stuck, act, again):
    office, number = stuck
    browser = office.browser(ADMIN)
    if act != "resume":
        assert handle(browser, number, act, reason="按规定处置").status_code == 303

    second = browser.post(f"/handling/{number}/{act}", "/me", reason="按规定处置")

    assert second.status_code == 409
    assert again in second.text
    acts = [one for one in office.case(number)["history"] if one["kind"] == "handling"]
    assert len(acts) == (act != "resume")


def test_what_the_household_wrote_when_it_ended_its_case_stays_in_the_case(stuck):
    office, number = stuck
    page = f"/cases/{number}/cancel"
    office.browser(HOUSEHOLD).post(page, page, reason="王三住院，不办了")

    shown = office.browser(ADMIN).get(f"/handling/{number}").text

    assert "终止" in shown
    assert "发起人" in shown
    assert "王三" not in shown
    assert "住院" not in shown
    assert not [secret for secret in secrets(office, number) if secret in shown]


def test_a_jump_ahead_shows_the_clause_of_each_step_it_leaves_out(stuck):
    office, number = stuck
    browser, item = office.browser(ADMIN), office.item(number)["id"]
    page = f"/handling/{number}/jump?item={item}"

    ways = browser.get(page).text
    asked = browser.get(f"{page}&to=township_review").text

    assert "将跳过文件要求的" in ways
    for step in ("入户核实", "村评议公示（评议）", "村评议公示（公示）"):
        assert f"<b>{step}</b>" in asked
    assert "<b>区级比对审定</b>" not in asked
    assert asked.count("<blockquote>") >= 3
    assert "严格履行提交申请、入户核实、村评议公示、镇（街道）审核和区级比对审定的程序" in asked

    silent = browser.post(
        f"/handling/{number}/jump", f"{page}&to=township_review", item=item, to="township_review"
    )
    assert silent.status_code == 422
    assert "请写明跳转" in silent.text
    form = {"item": item, "to": "township_review", "reason": "村级已线下办结"}
    assert browser.post(f"/handling/{number}/jump", f"{page}&to=township_review", **form).status_code == 303

    assert office.item(number)["step"] == "township_review"
    assert "跳转：入户核实 → 镇（街道）审核" in browser.get(f"/handling/{number}").text


def test_a_jump_back_leaves_nothing_out(stuck):
    office, number = stuck
    office.until(number, "township_review")
    browser, item = office.browser(ADMIN), office.item(number)["id"]

    asked = browser.get(f"/handling/{number}/jump?item={item}&to=household_check").text

    assert "跳过" not in asked
    assert "重新办理" in asked


def test_a_jump_pressed_twice_moves_the_case_once(stuck):
    office, number = stuck
    browser, item = office.browser(ADMIN), office.item(number)["id"]
    form = {"item": item, "to": "township_review", "reason": "村级已线下办结"}
    page = f"/handling/{number}/jump?item={item}&to=township_review"
    browser.post(f"/handling/{number}/jump", page, **form)

    again = browser.post(f"/handling/{number}/jump", "/me", **form)

    assert again.status_code == 409
    assert "已办结或撤销" in again.text
    assert office.item(number)["step"] == "township_review"


def test_steps_that_stand_long_are_listed_by_procedure_and_step(stuck):
    office, number = stuck
    later = office.start(by="zhejialiang-household2", number=1)
    browser = office.browser(ADMIN)
    assert "没有停留 30 天以上的环节" in browser.get("/handling?show=standing").text

    office.clock.advance(days=31)
    page = browser.get("/handling?show=standing").text
    narrowed = browser.get("/handling?show=standing&procedure=fp_01_ds&step=township_review").text

    assert number in page
    assert later in page
    assert re.search(r"入户核实</a> <span class=\"muted\">2 件", page)
    assert "已超期" in page
    assert number not in narrowed
    assert not [secret for secret in secrets(office, number) if secret in page]


def test_the_administrator_of_another_county_finds_nothing(stuck):
    office, number = stuck
    handle(office.browser(ADMIN), number, "suspend", reason="等待上级批复")
    item = office.case(number)["open_items"][0]["id"]
    browser = abroad(office)

    assert number not in browser.get("/handling").text
    assert "没有编号为" in browser.get(f"/handling?number={number}").text
    assert browser.get(f"/handling/{number}").status_code == 404
    for act in ("suspend", "resume", "cancel"):
        assert browser.get(f"/handling/{number}/{act}").status_code == 404
        assert browser.post(f"/handling/{number}/{act}", "/me", reason="x").status_code == 404
    assert browser.get(f"/handling/{number}/jump?item={item}").status_code == 404
    assert (
        browser.post(f"/handling/{number}/jump", "/me", item=item, to="apply", reason="x").status_code == 404
    )


@pytest.mark.parametrize("other", [CADRE, CLERK, BUREAU, HOUSEHOLD, SUPERVISOR])
def test_whoever_keeps_no_procedures_does_not_handle_cases(stuck, other):
    office, number = stuck
    browser = office.browser(other)

    assert browser.get("/handling").status_code == 403
    assert browser.post(f"/handling/{number}/suspend", "/me", reason="x").status_code == 403
    assert office.case(number)["state"] == "running"


def test_two_administrators_may_follow_each_other(stuck):
    office, number = stuck
    handle(office.browser(ADMIN), number, "suspend", reason="等待上级批复")

    assert handle(office.browser(OTHER_ADMIN), number, "resume", reason="已批复").status_code == 303
