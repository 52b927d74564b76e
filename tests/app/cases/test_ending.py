"""终止 by who began the case, 催办, and what a resting case looks like to those in it."""

import pytest

from tests.app.office import BUREAU, CADRE, CLERK, ELSEWHERE, HOUSEHOLD, NEIGHBOUR, OTHER_CADRE, SUPERVISOR
from workflows import worker
from workflows.handling import ResumeCase, SuspendCase

ADMIN = "dongsheng-admin1"


@pytest.fixture
def case(one_office):
    number = one_office.start()
    return one_office, number


def cancel(office, number, by=HOUSEHOLD, page=None, **form):
    return office.browser(by).post(f"/cases/{number}/cancel", page or f"/cases/{number}/cancel", **form)


def test_a_household_calls_its_own_application_off_in_plain_words(case):
    office, number = case
    browser = office.browser(HOUSEHOLD)
    assert f"/cases/{number}/cancel" in browser.get("/started").text
    assert "不再申请" in browser.get(f"/cases/{number}").text
    asked = browser.get(f"/cases/{number}/cancel").text
    assert "不能恢复" in asked
    assert "挂起" not in asked

    assert cancel(office, number, reason="家里情况好转了").status_code == 303

    seen = browser.get(f"/cases/{number}").text
    assert "已终止" in seen
    assert "家里情况好转了" in seen
    assert "不再申请</a>" not in seen
    assert office.case(number)["open_items"] == []
    [entry] = [one for one in office.case(number)["history"] if one["kind"] == "handling"]
    assert (entry["actor"], entry["unit"]) == ("王秀兰", None)


def test_without_a_reason_nothing_ends(case):
    office, number = case

    answer = cancel(office, number, reason=" ")

    assert answer.status_code == 422
    assert "请写明终止的原因" in answer.text
    assert office.case(number)["state"] == "running"


def test_pressed_twice_it_ends_once(case):
    office, number = case
    browser = office.browser(HOUSEHOLD)
    browser.post(f"/cases/{number}/cancel", f"/cases/{number}/cancel", reason="不办了")

    again = browser.post(f"/cases/{number}/cancel", "/me", reason="不办了")

    assert again.status_code == 409
    assert "已终止" in again.text
    assert len([one for one in office.case(number)["history"] if one["kind"] == "handling"]) == 1


@pytest.mark.parametrize(
    ("other", "status"),
    [(NEIGHBOUR, 404), (ELSEWHERE, 404), ("ewenke-rvb1", 404), (ADMIN, 404), (CADRE, 403), (SUPERVISOR, 403)],
)
def test_nobody_else_ends_it_here(case, other, status):
    office, number = case

    assert office.browser(other).get(f"/cases/{number}/cancel").status_code == status
    assert cancel(office, number, other, "/me", reason="x").status_code == status
    assert office.case(number)["state"] == "running"


def test_whoever_reads_a_case_reminds_who_holds_its_step_once_a_day(case):
    office, number = case
    item = office.item(number)["id"]
    browser = office.browser(HOUSEHOLD)
    assert f"/items/{item}/remind" in browser.get(f"/cases/{number}?tab=now").text

    first = browser.post(f"/items/{item}/remind", f"/items/{item}/remind", words="家中急用")
    again = browser.post(f"/items/{item}/remind", f"/items/{item}/remind", words="再催")

    assert first.location == f"/cases/{number}"
    assert again.status_code == 409
    assert "今天已由" in again.text
    [entry] = [one for one in office.case(number)["history"] if one["kind"] == "remind"]
    assert entry["opinion"] == "家中急用"


@pytest.mark.parametrize("other", [NEIGHBOUR, ELSEWHERE, ADMIN])
def test_who_may_not_read_a_case_reminds_nobody_of_it(case, other):
    office, number = case
    item = office.item(number)["id"]

    assert office.browser(other).get(f"/items/{item}/remind").status_code == 404
    assert office.browser(other).post(f"/items/{item}/remind", "/me").status_code == 404


def rest(office, number):
    office.executor.execute(SuspendCase(number=number, reason="等上级批复"), by=office.actor(ADMIN))


def go_on(office, number):
    office.executor.execute(ResumeCase(number=number, reason="已批复"), by=office.actor(ADMIN))


def test_a_resting_item_says_so_and_offers_nothing_and_keeps_what_was_typed(case):
    office, number = case
    item = office.item(number)["id"]
    program, browser = office.program(CADRE), office.browser(CADRE)
    program.act(item, "save", answers={"visitors": "折海军"}, revision=1)
    rest(office, number)

    listed, page = browser.get("/").text, browser.get(f"/items/{item}").text
    for text in (listed, page):
        assert "已挂起" in text
        assert "暂停计时" in text
        assert "剩 " not in text
    assert "item-form" not in page
    assert "转办" not in page
    assert browser.get(f"/items/{item}/transfer").status_code == 409
    assert browser.post(f"/items/{item}", "/me", _action="claim").status_code == 409
    said = program.get(f"/work-items/{item}").json
    assert (said["may"], said["lamp_words"]) == ([], "暂停计时")

    go_on(office, number)
    assert "折海军" in browser.get(f"/items/{item}").text


def test_a_resting_item_is_neither_near_its_limit_nor_past_it(case):
    office, number = case
    rest(office, number)
    office.clock.advance(days=60)

    assert number not in office.browser(CADRE).get("/?lamp=red").text
    assert number in office.browser(CADRE).get("/").text
    assert number not in office.browser(BUREAU).get("/cases?lamp=red").text


def test_a_resting_case_says_so_to_its_readers_and_the_household_in_its_words(case):
    office, number = case
    rest(office, number)

    official, own = (office.browser(who).get(f"/cases/{number}?tab=now").text for who in (CLERK, HOUSEHOLD))

    assert "办件已挂起，暂停办理，时限暂停计时" in official
    assert "不用重新申请" in own
    assert "催办" not in official
    assert "办理<span" not in official


def test_messages_lead_to_pages_their_readers_may_open(case):
    office, _ = case
    by_cadre = office.start(by=OTHER_CADRE, number=1)
    rest(office, by_cadre)
    worker.drain(office.executor)

    browser = office.browser(NEIGHBOUR)
    assert "办件已挂起" in browser.get("/messages").text
    way = browser.get("/messages").text.split('action="/messages/')[2].split("/")[0]
    answer = browser.post(f"/messages/{way}/read", "/messages")

    assert answer.location == f"/progress?number={by_cadre}"
    assert browser.get(answer.location).status_code == 200
