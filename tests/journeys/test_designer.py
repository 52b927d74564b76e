"""The designer at a real browser: a step is drawn, described, cited and saved by itself; nothing is lost."""

import os
import re

import pytest
from sqlalchemy import select

from tests.journeys.screen import DESK, PHONE
from tests.journeys.town import PROCEDURE
from workflows import spiff
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
ONE, OTHER = "dongsheng-admin1", "dongsheng-admin2"
DOCUMENT = "东胜区村级公示办法.txt"
RULE = "村级公示应当由镇（街道）派员到场核对"

SELECT = """(words) => {
  const place = document.querySelector('.designer-source');
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    node.parentElement.scrollIntoView();
    getSelection().setBaseAndExtent(node, at, node, at + words.length);
    return true;
  }
  return false;
}"""


@pytest.fixture
def amendment(small_town):
    return small_town.perform(OpenAmendment(procedure=PROCEDURE, title="增加镇级复核"), ONE)


def opened(screen, number):
    screen.open(f"/amendments/{number}/diagram")
    screen.page.wait_for_selector("[data-designer][data-ready='1']")
    return screen


def picture(screen, name):
    if folder := os.environ.get("XIANGSHEN_PICTURES"):
        screen.page.screenshot(path=f"{folder}/designer-{name}.png")


def stored(town, number):
    """The files as they are stored."""
    return town.read(lambda session: session.scalars(select(Amendment.files).filter_by(id=number)).one())


def read(town, number):
    """What the stored diagram means."""
    return spiff.parse({"process.bpmn": stored(town, number)["process.bpmn"].encode()}, PROCEDURE)


def choose(screen, element):
    """Click on an element, as a whole diagram on the screen shows it."""
    screen.page.get_by_role("button", name="全图").click()
    box = screen.page.locator(f".djs-element[data-element-id='{element}'] .djs-hit").first.bounding_box()
    # A lane is taken by its head at the left.
    across = 8 if element.startswith("lane") else box["width"] / 2
    screen.page.mouse.click(box["x"] + across, box["y"] + box["height"] / 2)


def setting(screen, label):
    return screen.page.locator("#pane-settings").get_by_label(label, exact=True)


def tab(screen, name):
    screen.page.get_by_role("tab", name=name).click()


def settled(screen):
    screen.page.evaluate("document.activeElement.blur()")
    screen.page.locator("[data-status]", has_text=re.compile("^已保存 ")).wait_for()


def test_a_step_is_put_in_described_and_there_again(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    picture(screen, "opened")
    choose(screen, "household_check")

    screen.page.locator(".djs-context-pad [data-action='append.user']").click()
    setting(screen, "名称").fill("镇级复核")
    setting(screen, "编号").fill("town_check")
    setting(screen, "用哪张表单").select_option("fp_01_ds_township_review")
    setting(screen, "怎样定").select_option("fixed")
    setting(screen, "工作日").fill("3")
    settled(screen)
    picture(screen, "described")
    tab(screen, "检查")
    screen.page.locator(".designer-finding", has_text="没有引出的连线").wait_for()
    picture(screen, "findings")

    opened(screen, amendment)
    choose(screen, "town_check")
    picture(screen, "again")
    assert setting(screen, "名称").input_value() == "镇级复核"
    assert setting(screen, "工作日").input_value() == "3"
    assert "fp_01_ds_township_review" in setting(screen, "用哪张表单").input_value()


def test_a_clause_is_selected_in_a_new_document_and_found_there_by_the_check(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    choose(screen, "publicity")
    setting(screen, "来源").wait_for()
    picture(screen, "basis-shown")
    screen.page.get_by_role("button", name="在原文中看").click()
    screen.page.locator("mark.is-own").first.wait_for()
    picture(screen, "basis-found")

    screen.page.get_by_text("加入新的依据文件").click()
    content = f"东胜区村级公示办法\n第一条 {RULE}，\n核对后签字。\n".encode("gb18030")
    new = {"name": DOCUMENT, "mimeType": "text/plain", "buffer": content}
    screen.page.get_by_label("加入新的依据文件").set_input_files(new)
    screen.page.locator(".designer-source", has_text="第一条").wait_for()
    assert screen.page.evaluate(SELECT, RULE)
    screen.page.get_by_role("button", name="引用为办理依据").click()
    settled(screen)
    picture(screen, "basis-cited")

    assert read(small_town, amendment).elements["publicity"].basis == f"{DOCUMENT}｜{RULE}"
    assert RULE in stored(small_town, amendment)[f"sources/{DOCUMENT}"]
    tab(screen, "检查")
    screen.page.get_by_text("没有发现问题").wait_for()


def test_a_condition_is_put_together_from_the_words_of_the_forms(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    choose(screen, "check_passed_label")
    setting(screen, "哪一项").wait_for()
    picture(screen, "condition")

    setting(screen, "怎样").select_option("不是")
    setting(screen, "什么").select_option("不属实")
    settled(screen)

    flow = read(small_town, amendment).flows["check_passed"]
    assert flow.condition == '=household_check.conclusion != "不属实"'


def test_what_is_undone_by_keys_leaves_the_diagram_as_it_was(windows, small_town, amendment):
    before = read(small_town, amendment)
    screen = opened(windows(DESK, ONE), amendment)
    choose(screen, "lane_township")
    setting(screen, "办理角色").select_option("county_rvb")
    settled(screen)
    assert read(small_town, amendment).elements["township_review"].role == "county_rvb"
    choose(screen, "household_check")
    screen.page.locator(".djs-context-pad [data-action='append.gateway']").click()
    screen.page.keyboard.press("Escape")
    settled(screen)

    for _ in range(2):
        screen.page.keyboard.press("Control+z")
    screen.page.locator("[data-status]", has_text="未保存").wait_for()
    settled(screen)

    assert read(small_town, amendment) == before
    assert screen.page.get_by_role("button", name="撤销").is_disabled()


def test_whoever_saves_second_is_told_and_keeps_their_own(windows, small_town, amendment):
    one, other = opened(windows(DESK, ONE), amendment), opened(windows(DESK, OTHER), amendment)
    choose(other, "household_check")
    setting(other, "说明").fill("逐户核实。")
    settled(other)

    choose(one, "household_check")
    setting(one, "说明").fill("抽查核实。")
    one.page.locator("[data-warning]").wait_for()
    picture(one, "overtaken")

    assert "保存" in one.page.locator("[data-warning]").inner_text()
    assert read(small_town, amendment).elements["household_check"].documentation == "逐户核实。"
    with one.page.expect_download() as file:
        one.page.get_by_role("button", name="下载我的这一份").click()
    assert "抽查核实。" in file.value.path().read_text(encoding="utf-8")


def test_what_cannot_be_sent_is_kept_and_sent_when_the_line_is_back(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    screen.page.route("**/files", lambda route: route.fulfill(status=503, body="{}"))
    choose(screen, "household_check")
    setting(screen, "说明").fill("逐户核实。")
    screen.page.locator("[data-status]", has_text="未保存：").wait_for()

    screen.page.unroute("**/files")
    settled(screen)

    assert read(small_town, amendment).elements["household_check"].documentation == "逐户核实。"
    screen.complaints = [each for each in screen.complaints if "503" not in each]


def test_the_diagram_is_handed_out_as_pictures(windows, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    for words, start in (("SVG 图片", b"<?xml"), ("PNG 图片", b"\x89PNG"), ("BPMN 文件", b"<?xml")):
        screen.page.locator(".designer-menu > summary").click()
        with screen.page.expect_download() as file:
            screen.page.get_by_role("button", name=words).click()
        assert file.value.path().read_bytes().startswith(start)


def test_the_page_can_be_used_by_all_and_on_a_phone_says_what_it_needs(windows, amendment):
    desk = opened(windows(DESK, ONE), amendment).look()
    choose(desk, "household_check")
    desk.look()
    tab(desk, "办理依据")
    desk.page.locator(".designer-source mark").first.wait_for()
    desk.look()

    phone = windows(PHONE, ONE).open(f"/amendments/{amendment}/diagram")
    picture(phone, "phone")
    assert "较宽的屏幕" in phone.words
    phone.go("看流程图")
    phone.page.wait_for_selector("[data-ready='1']")
    picture(phone, "phone-picture")
    phone.open(f"/amendments/{amendment}")


def test_a_step_is_put_between_two_others_by_keyboard_alone(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)

    setting(screen, "到哪里").select_option("check_passed")
    setting(screen, "在这条连线上插入").select_option("人工办理环节")
    picture(screen, "inserted")
    setting(screen, "名称").fill("镇级复核")
    setting(screen, "编号").fill("town_check")
    setting(screen, "用哪张表单").select_option("fp_01_ds_township_review")
    setting(screen, "来源").select_option("default")
    settled(screen)
    tab(screen, "检查")
    screen.page.locator("#pane-findings", has_text="没有发现问题").wait_for()
    picture(screen, "inserted-checked")

    meant = read(small_town, amendment)
    step = meant.elements["town_check"]
    assert (step.role, step.lane, step.form) == ("village_committee", "村", "fp_01_ds_township_review")
    assert [flow.target for flow in meant.outgoing("town_check")] == ["village_review"]
    assert meant.flows["check_passed"].condition == '=household_check.conclusion = "属实"'


def test_a_called_procedure_is_written_into_the_description(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    setting(screen, "到哪里").select_option("check_passed")
    setting(screen, "在这条连线上插入").select_option("人工办理环节")
    screen.page.locator(".djs-context-pad [data-action='replace']").click()
    screen.page.locator(".djs-popup .entry", has_text="调用另一事项").click()
    picture(screen, "calling")

    setting(screen, "哪个事项").select_option(index=1)
    screen.page.get_by_role("button", name="写进事项说明").click()
    settled(screen)

    files = stored(small_town, amendment)
    called = re.search(r"calledElement processId=\"(\w+)\"", files["process.bpmn"])[1]
    assert f'calls = ["{called}"]' in files["procedure.toml"]
    # The drawing tool calls a name of its own that it means to drop.
    screen.complaints = [each for each in screen.complaints if "ContextPad#getPad" not in each]


def test_a_step_for_several_is_set_up_by_the_rules_of_meetings(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    setting(screen, "到哪里").select_option("township_review")
    screen.page.get_by_role("button", name="改为多份……").click()
    setting(screen, "份数由什么定").select_option("count")
    setting(screen, "份数（表达式）").fill("=5")
    setting(screen, "怎样才算办完").select_option("ratio")
    setting(screen, "同意的百分比").fill("75")
    settled(screen)

    loop = read(small_town, amendment).elements["township_review"].multi_instance
    assert (loop.cardinality, loop.collection) == ("=5", None)
    assert loop.completion == "=yes * 100 >= total * 75"
    setting(screen, "怎样才算办完").select_option("veto")
    setting(screen, "一份办完再办下一份（依次）").check()
    settled(screen)
    loop = read(small_town, amendment).elements["township_review"].multi_instance
    assert (loop.completion, loop.sequential) == ("=no >= 1", True)


def test_the_check_leads_to_the_element_and_mends_what_it_can(windows, small_town, amendment):
    text = stored(small_town, amendment)["process.bpmn"]
    broken = text.replace('"fp_01_ds_household_check"', '"nowhere"')
    change = SaveAmendment(amendment_id=amendment, revision=1, changes={"process.bpmn": broken})
    small_town.perform(change, ONE)
    screen = opened(windows(DESK, ONE), amendment)

    tab(screen, "检查")
    screen.page.locator("button.designer-finding", has_text="nowhere").first.click()
    tab(screen, "属性")

    assert setting(screen, "名称").input_value() == "入户核实"
    setting(screen, "用哪张表单").select_option("fp_01_ds_household_check")
    settled(screen)
    tab(screen, "检查")
    screen.page.locator("#pane-findings", has_text="没有发现问题").wait_for()
