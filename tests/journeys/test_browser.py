"""A real browser: the village on a phone, township and district at a desk, every page looked at."""

import re

import pytest

from tests.journeys.person import picture
from tests.journeys.screen import DESK, PHONE
from tests.journeys.test_filled_once import STANDING, enter
from tests.journeys.town import (
    CADRE,
    COUNTY,
    GREEN,
    HOUSEHOLD,
    LEDGER,
    PROCEDURE,
    TOWNSHIP,
    household,
)

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
START = f"/procedures/{PROCEDURE}/start"


def test_the_whole_procedure_from_the_application_to_the_register(small_town, windows):
    town, own = small_town, household(HOUSEHOLD)
    mine = {"head_name": own.name, "head_identity": own.identity, "phone": own.phone}

    phone = windows(PHONE, HOUSEHOLD)
    phone.open("/procedures").open(f"/procedures/{PROCEDURE}").open(START)
    phone.decide(town.answers("apply") | mine)
    assert "已提交" in phone.words
    cadre = windows(PHONE, CADRE)
    for use in ("check_true", "review_passed", "publicity"):
        cadre.first().decide(town.answers(use))
        assert "已办结" in cadre.words
    town.days_pass(6)
    for who, use in ((TOWNSHIP, "township_passed"), (COUNTY, "county_passed")):
        desk = windows(DESK, who)
        desk.first().decide(town.answers(use))
        assert "已办结" in desk.words
    desk.open("/cases").first()

    assert "已纳入监测" in desk.words.replace("\n", "")
    phone.open("/started").first()
    assert "已纳入监测" in phone.words.replace("\n", "")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_reason_for_a_change_is_asked_as_soon_as_it_is_made(small_town, windows, size):
    enter(small_town)
    window = windows(size, CADRE)
    window.open(f"/procedures/{PROCEDURE}/choose").first()
    reason = window.page.locator("[name='_reason:address']")
    address, members = window.page.locator("#f-address"), window.page.locator("[name='_reason:members']")
    stood = address.input_value()

    assert (stood, reason.is_visible()) == (STANDING["住址"], False)
    address.fill("新村5号")
    assert reason.is_visible()
    address.fill(stood)
    assert not reason.is_visible()
    window.page.locator("[name='household_type'][value='非脱贫户']").check()
    assert window.page.locator("[name='_reason:household_type']").is_visible()
    assert members.count() == 0
    window.look()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_a_case_and_about_it(small_town, windows, size):
    town = small_town
    refused = town.up_to("household_check", head_identity="150602197511032152")
    town.do(refused, "household_check", "check_false")
    number = town.up_to("county_decision")
    town.do(number, "county_decision")
    notice = town.stranger().open("/notices?when=past").rows[0].get("data-href")
    posted = town.up_to("publicity", head_identity="150602198202263082")
    town.brief(posted, "publicity")
    paper = town.person(CADRE).case(refused, "papers").link("告知")
    row = town.person(COUNTY).open(f"/registers/{LEDGER}").rows[0].get("data-href")

    cadre = windows(size, CADRE)
    for tab in ("now", "record", "answers", "diagram", "papers", "clauses"):
        cadre.open(f"/cases/{number}?tab={tab}")
    cadre.page.wait_for_timeout(10)
    for address in (f"/cases/{posted}?tab=now", f"/cases/{refused}", paper, f"/cases/{number}/reveal"):
        cadre.open(address)
    for address in (
        "/done",
        "/started",
        "/cases",
        "/registers",
        f"/registers/{LEDGER}",
        row,
        "/messages",
        "/me",
    ):
        cadre.open(address)
    for address in (
        f"/procedures/{GREEN}",
        f"/procedures/{GREEN}?diagram=process.bpmn",
        "/cases?q=没有这一户",
    ):
        cadre.open(address)
    cadre.open("/nowhere").open(f"/registers/{LEDGER}/999999")
    visitor = windows(size)
    for address in ("/notices", "/notices?when=past", notice, "/progress", "/sign-in"):
        visitor.open(address)
    visitor.open("/notices").first()
    visitor.page.fill("#objection-name", "李四")
    visitor.page.fill("#objection-phone", "12")
    visitor.page.fill("#objection-reason", "该户去年已领到保险赔款。")
    visitor.go("提交异议")
    assert "其余内容都已保留" in visitor.words
    windows(size, "dongsheng-supervisor1").open("/audit")


def test_why_a_table_decided_is_read_on_a_phone(small_town, windows):
    own = household(HOUSEHOLD)
    mine = {"head_name": own.name, "head_identity": own.identity, "phone": own.phone}
    number = small_town.apply(CADRE, GREEN, **mine, public_recognised="否", recognition_note="").number

    phone = windows(PHONE, CADRE)
    phone.open("/").first()

    assert "群众普遍认可为“否”，规定为“是”" in phone.words.replace("\n", "")
    phone.open(f"/cases/{number}?tab=record")
    assert "群众普遍认可为“否”，规定为“是”" in phone.words.replace("\n", "")


def test_a_diagram_is_drawn_with_the_way_taken(small_town, windows):
    number = small_town.up_to("township_review")

    desk = windows(DESK, TOWNSHIP)
    desk.page.goto(f"/cases/{number}?tab=diagram")
    desk.page.locator(".djs-shape").first.wait_for()
    desk.look()

    assert desk.page.locator(".djs-element").count() > 30
    desk.page.locator("[data-element-id=township_review] .djs-hit").first.click()
    assert "镇（街道）审核" in desk.page.locator("[data-diagram-note]").inner_text()
    desk.page.get_by_role("button", name="显示全图").click()
    desk.page.locator("[data-element-id=apply] .djs-hit").first.click()
    assert "提交申请" in desk.page.locator("[data-diagram-note]").inner_text()
    desk.page.get_by_text("以文字列出各环节").click()
    assert "入户核实：属实" in desk.words


def test_faults_are_shown_beside_their_fields_and_nothing_typed_is_lost(small_town, windows):
    phone = windows(PHONE, CADRE).open(START)

    phone.decide(small_town.answers("apply") | {"head_identity": "150602196803140012", "phone": "12"})

    assert phone.page.locator(".error-summary").is_visible()
    assert phone.page.locator("[data-field=head_identity] .invalid-feedback").is_visible()
    assert phone.page.input_value("[name=head_name]") == "王三"
    assert phone.page.input_value("[name='members.0.name']") == "刘四"
    assert phone.page.is_checked("[name='members.0.situation'][value='患慢性病']")
    phone.page.get_by_role("link", name="身份证号").first.click()
    assert phone.page.evaluate("document.activeElement.name") == "head_identity"
    phone.decide({"head_identity": "150602196803140011", "phone": "13847700001"})
    assert "已提交" in phone.words


def test_one_step_without_script(small_town, windows):
    number = small_town.up_to("household_check")
    phone = windows(PHONE, java_script_enabled=False).sign_in(CADRE)
    phone.first()
    page = phone.page
    answers = small_town.answers("check_true")
    conclusion = answers.pop("conclusion")
    for key in ("photos", "household_signature"):
        file = {"name": "1.jpg", "mimeType": "image/png", "buffer": picture_of(answers.pop(key)[0])}
        page.locator(f"input[type=file][name={key}]").set_input_files(file)
    phone.fill({key: value for key, value in answers.items() if key != "problem_note"})
    with page.expect_navigation():
        page.locator(f"[name=_conclude][value={conclusion}]").click()
    # Without script the question that follows from an answer is asked on the page that comes back.
    assert "问题情况" in phone.words
    page.fill("[name=problem_note]", answers["problem_note"])
    with page.expect_navigation():
        page.locator(f"[name=_conclude][value={conclusion}]").click()

    assert "已办结" in phone.words
    assert "村评议" in small_town.open_item(number).name


def test_typing_and_a_photo_survive_a_village_without_network(small_town, windows):
    small_town.up_to("household_check")
    phone = windows(PHONE, CADRE).first()
    page = phone.page
    phone.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")

    phone.fill({"visitors": "赵五、钱六", "visited_on": "2026-03-16"})
    picked = {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": picture_of(1, "JPEG")}
    page.locator("input[type=file][name=photos]").set_input_files(picked)
    page.get_by_text("待上传").wait_for()
    assert page.locator("[data-offline]").is_visible()
    page.wait_for_timeout(600)
    address = page.url
    phone.complaints.clear()
    phone.context.set_offline(False)
    page.goto("/done")
    page.goto(address)

    page.get_by_text("已恢复您").wait_for()
    assert page.input_value("[name=visitors]") == "赵五、钱六"
    page.locator("input[type=hidden][name=photos]").wait_for(state="attached")
    rest = small_town.answers("check_true")
    phone.decide(
        {key: value for key, value in rest.items() if key not in ("photos", "visitors", "visited_on")}
    )
    assert "已办结" in phone.words
    assert not [name for name in phone.kept() if "item-" in name]


def test_a_double_tap_does_it_once(small_town, windows):
    number = small_town.up_to("township_review")
    desk = windows(DESK, TOWNSHIP).first()
    desk.fill({"checked": small_town.answers("township_passed")["checked"]})

    with desk.page.expect_navigation():
        desk.page.locator("[name=_conclude][value=审核通过]").dblclick(no_wait_after=True)
    desk.look()

    assert "已办结" in desk.words
    told = small_town.person(TOWNSHIP).case(number, "record").all("ol.timeline li")
    assert len([line for line in told if line.startswith("镇（街道）审核")]) == 1


def test_going_back_after_a_step_and_pressing_again_says_who_did_it(small_town, windows):
    small_town.up_to("township_review")
    desk = windows(DESK, TOWNSHIP).first()
    desk.decide(small_town.answers("township_passed"))

    desk.page.go_back()
    desk.page.wait_for_load_state("load")
    if "/items/" in desk.page.url:
        with desk.page.expect_navigation():
            desk.page.locator("[name=_conclude][value=审核通过]").click()
        desk.look()
        assert "已由" in desk.words
    else:
        assert "/cases/" in desk.page.url


def test_work_comes_into_the_list_by_itself_and_a_filtered_list_is_found_again(small_town, windows):
    small_town.up_to("household_check")
    phone = windows(PHONE, CADRE)
    phone.page.fill("#filter-q", "王三")
    phone.go("查询")
    filtered = phone.page.url
    phone.first()

    phone.page.locator("a[data-back]").first.click()
    phone.page.wait_for_url(filtered)

    assert phone.page.input_value("#filter-q") == "王三"


def test_a_weighty_step_is_asked_about_before_it_is_done(small_town, windows):
    number = small_town.up_to("township_review")
    desk = windows(DESK, TOWNSHIP).first()

    desk.page.locator(".actions summary").click()
    desk.go("转办给同事", within=".actions")
    desk.page.locator("#transfer-to").select_option(index=1)
    desk.page.fill("#transfer-reason", "明日外出培训。")
    desk.go("转办", within="form.panel")

    assert "已转给" in desk.page.locator("body").inner_text()
    assert small_town.open_item(number).assignee == "娜仁"


def picture_of(number, kind="PNG"):
    """A picture as a phone would take it, in small."""

    return picture(number, size=(320, 240), kind=kind)


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_day_of_the_calendar_is_changed_by_keyboard_on_a_phone_with_or_without_script(windows, scripted):
    phone = windows(PHONE, "dongsheng-admin1", java_script_enabled=scripted)
    phone.open("/calendar?month=2026-02")
    phone.page.get_by_role("link", name=re.compile("2月 ?18 ?日，休息日")).focus()
    with phone.page.expect_navigation():
        phone.page.keyboard.press("Enter")
    phone.look()

    phone.page.locator("#works-yes").focus()
    phone.page.keyboard.press("Space")
    phone.page.keyboard.press("Tab")
    phone.page.keyboard.type("区里通知照常上班")
    phone.go("确定调整")

    assert "区里通知照常上班" in phone.page.locator("main").inner_text()
    changed = re.compile("2月 ?18 ?日，工作日，已调整，公布为休息日（春节放假）")
    assert phone.page.get_by_role("link", name=changed).count() == 1
    phone.open("/calendar/2026-02-18")
    phone.open("/calendar?month=2027-05")
