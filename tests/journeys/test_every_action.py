"""Every action on an item, pressed in a real browser on a phone and at a desk."""

import pytest

from tests.journeys.screen import DESK, PHONE
from tests.journeys.town import CADRE, COUNTY, TOWNSHIP

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]

OTHER_CADRE, OTHER_CLERK = "zhejialiang-cadre2", "boerjianghaizi-clerk2"
BOTH = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def more(screen, words):
    """What stands behind 更多."""
    screen.page.locator(".actions summary").click()
    return screen.go(words, within=".actions")


def choose(screen, field, person):
    """Choose somebody by name in a list of people."""
    option = screen.page.locator(f"#{field} option", has_text=person).first
    screen.page.locator(f"#{field}").select_option(option.get_attribute("value"))


@BOTH
def test_an_item_is_taken_given_back_and_handed_to_a_colleague(small_town, windows, size):
    small_town.up_to("household_check")
    mine, colleague = windows(size, CADRE), windows(size, OTHER_CADRE)

    more(mine.first(), "签收，由我办理")
    assert "已签收" in mine.page.locator("body").inner_text()
    more(mine, "释放，退还本单位")
    more(mine.first(), "转办给同事")
    choose(mine, "transfer-to", "贺丽霞")
    mine.page.fill("#transfer-reason", "本周到旗里开会")
    mine.go("转办", within="main")

    assert "已转给贺丽霞办理" in mine.page.locator("body").inner_text()
    assert "入户核实" in colleague.open("/").first().words


@BOTH
def test_what_was_done_is_taken_back_and_done_anew(small_town, windows, size):
    town = small_town
    town.up_to("household_check")
    mine = windows(size, CADRE)
    mine.first().decide(town.answers("check_true"))

    mine.open("/done").first()
    with mine.page.expect_navigation():
        mine.page.locator("a[href$='/withdraw']").click()
    mine.look()
    mine.page.fill("#withdraw-reason", "漏填一名家庭成员")
    mine.go("撤回", within="form.panel")
    assert "已撤回" in mine.page.locator("body").inner_text()
    mine.first()
    assert mine.page.locator("[name='conclusion'], [name='_conclude']").count()
    mine.decide(town.answers("check_true"))

    case = mine.open("/done").first()
    mine.go("流转记录", within="main")
    assert "已撤回" in case.words


@BOTH
def test_a_case_is_sent_back_to_an_executed_step_and_says_why(small_town, windows, size):
    town = small_town
    town.up_to("township_review")
    desk = windows(size, TOWNSHIP)

    more(desk.first(), "退回到…")
    assert "区级比对审定" not in desk.page.locator("form.panel").inner_text()
    desk.page.locator("[name='to'][value='village_review']").check()
    desk.page.fill("#send-back-reason", "评议记录缺签名")
    desk.go("退回", within="form.panel")
    cadre = windows(size, CADRE).open("/").first()

    assert "评议记录缺签名" in cadre.words
    assert "村评议公示（评议）" in cadre.words


@BOTH
def test_a_colleague_fills_in_and_gives_back(small_town, windows, size):
    town = small_town
    town.up_to("township_review")
    mine = windows(size, TOWNSHIP)
    more(mine.first(), "委派")
    mine.page.locator("#delegate-to").select_option(index=1)
    mine.page.fill("#delegate-reason", "请核对收入证明")
    mine.go("委派", within="form.panel")
    mine.first()
    assert "委派和加签" in mine.words

    helper = windows(size, OTHER_CLERK).open("/").first()
    assert "请核对收入证明" in helper.words
    helper.page.fill("[name='opinion']", "收入证明齐全。")
    helper.go("交回委派人")
    mine.open("/").first()

    assert mine.page.locator("[name='opinion']").input_value() == "收入证明齐全。"


@BOTH
def test_signers_before_and_behind_a_decision(small_town, windows, size):
    town = small_town
    town.up_to("township_review")
    mine, signer = windows(size, TOWNSHIP), windows(size, COUNTY)
    for place in ("before", "after"):
        more(mine.open("/").first(), "加签")
        mine.page.locator(f"[name='place'][value='{place}']").check()
        options = mine.page.locator("#to-0 optgroup[label*='乡村振兴局'] option")
        mine.page.locator("#to-0").select_option(options.first.get_attribute("value"))
        mine.page.fill("#signer-reason", "请把关")
        mine.go("加签", within="form.panel")
        if place == "after":
            mine.first().decide(town.answers("township_passed"))
        signer.open("/").first()
        signer.page.fill("[name='opinion']", "同意上报。")
        signer.go("同意", within=".actions")

    assert "已办结" in signer.page.locator("body").inner_text()
    assert "区级比对审定" in signer.open("/").words


@BOTH
def test_a_signer_who_is_not_needed_is_left_out(small_town, windows, size):
    small_town.up_to("township_review")
    mine = windows(size, TOWNSHIP)
    more(mine.first(), "加签")
    mine.page.locator("#to-0").select_option(index=1)
    mine.page.fill("#signer-reason", "请把关")
    mine.go("加签", within="form.panel")

    mine.first()
    mine.page.locator("main").get_by_role("link", name="减签").click()
    mine.look()
    mine.page.fill("#remove-reason", "改由本人核对")
    mine.go("减签", within="form.panel")

    assert "委派和加签" not in mine.first().words
