"""Acting on a whole case at a real browser: sent round and read, called off, put to rest and elsewhere."""

import pytest

from tests.journeys.screen import DESK, PHONE
from tests.journeys.town import CADRE, COUNTY, HOUSEHOLD, TOWNSHIP

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
ADMIN = "dongsheng-admin1"
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def more(screen, words):
    """What stands behind 更多 of the action bar."""
    screen.page.locator(".actions summary").click()
    return screen.go(words, within=".actions")


def choose(screen, name, whom):
    """Choose somebody in a list of people, as script or the browser draws it."""
    field = screen.page.locator(f"select[name={name}]").first
    value = field.locator("option", has_text=whom).first.get_attribute("value")
    screen.page.evaluate(
        "([name, value]) => { const one = document.querySelector(`select[name=${name}]`);"
        " one.value = value; one.dispatchEvent(new Event('change', {bubbles: true})); }",
        [name, value],
    )


def reader_of(town, username):
    from app.organisation import queries

    return town.read(queries.account_named, username).name


@SIZES
def test_a_case_is_sent_round_from_its_item_read_and_answered(small_town, windows, size):
    town = small_town
    number = town.up_to("township_review")
    clerk = windows(size, TOWNSHIP).first()

    more(clerk, "抄送、传阅")
    clerk.page.check("[name=kind][value=circulate]")
    clerk.go("发送")
    assert "请选择 1 至 50 人" in clerk.words
    assert clerk.page.is_checked("[name=kind][value=circulate]")
    choose(clerk, "to", reader_of(town, COUNTY))
    clerk.page.fill("[name=words]", "请先看看保险赔付一节。")
    clerk.go("发送")
    assert "已传阅给 1 人" in clerk.words

    reader = windows(size, COUNTY).open("/copies")
    assert "待阅" in reader.words
    reader.page.locator(".cell-what a").first.click()
    reader.page.wait_for_url(f"**/cases/{number}")
    reader.look()
    assert "请先看看保险赔付一节" in reader.words
    reader.page.locator(".said-note a.btn").click()
    reader.page.wait_for_url("**/copies/*")
    reader.look().page.fill("[name=answer]", "已阅，无意见。")
    reader.go("已阅")
    assert "没有未阅的抄送、传阅" in reader.words
    reader.open("/copies?show=all").first()
    assert "已阅，无意见" in reader.words
    clerk.open(f"/cases/{number}?tab=record")
    assert "已阅，无意见" in clerk.words


@SIZES
def test_a_household_calls_its_application_off(small_town, windows, size):
    number = small_town.apply(HOUSEHOLD).number
    own = windows(size, HOUSEHOLD).open("/started")

    own.page.get_by_role("link", name="不再申请").first.click()
    own.page.wait_for_url(f"**/cases/{number}/cancel")
    own.look().page.fill("[name=reason]", "家里情况好转了。")
    own.go("不再申请", within="form.panel")

    assert "已终止" in own.words.replace("\n", "")
    assert small_town.stranger().open("/progress").status == 200


@SIZES
def test_an_administrator_lets_a_case_rest_go_on_and_stand_elsewhere(small_town, windows, size):
    town = small_town
    number = town.up_to("household_check")
    admin = windows(size, ADMIN).open("/handling")

    admin.page.fill("[name=number]", number)
    admin.go("查询")
    assert "入户核实" in admin.words
    admin.go("挂起", within=".actions")
    admin.page.fill("[name=reason]", "等待上级批复。")
    admin.go("挂起", within="form.panel")
    assert "暂停计时" in admin.words
    admin.open("/handling")
    assert number in admin.words

    cadre = windows(size, CADRE)
    assert "已挂起" in cadre.words
    assert "暂停计时" in cadre.words
    cadre.first()
    assert "暂停办理" in cadre.words
    cadre.open(f"/cases/{number}")

    admin.first()
    admin.go("恢复", within=".actions")
    admin.page.fill("[name=reason]", "已批复。")
    admin.go("恢复", within="form.panel")
    admin.page.get_by_role("link", name="跳转到其他环节").click()
    admin.page.wait_for_url("**/jump?item=*")
    admin.look()
    assert "将跳过文件要求的" in admin.words
    admin.page.locator("main a[href*='to=township_review']").click()
    admin.page.wait_for_url("**&to=township_review")
    admin.look()
    assert "村评议公示" in admin.words
    admin.page.fill("[name=reason]", "村级已线下办结，补录。")
    admin.go("跳转", within="form.panel")
    assert "镇（街道）审核" in admin.words

    assert town.open_item(number).step == "township_review"
    town.clock.advance(days=40)
    admin.open("/handling?show=standing")
    assert "镇（街道）审核" in admin.words


@SIZES
def test_a_reminder_and_a_notice_at_rest(small_town, windows, size):
    town = small_town
    number = town.up_to("publicity")
    cadre = windows(size, TOWNSHIP).open(f"/cases/{number}?tab=now")
    cadre.page.get_by_role("link", name="催办").first.click()
    cadre.page.wait_for_url("**/remind")
    cadre.look().page.fill("[name=words]", "请尽快张贴。")
    cadre.go("催办", within="form.panel")
    assert "已催办" in cadre.words
    town.brief(number, "publicity")
    admin = windows(size, ADMIN).open(f"/handling/{number}/suspend")
    admin.page.fill("[name=reason]", "等待上级批复。")
    admin.go("挂起", within="form.panel")

    visitor = windows(size).open("/notices").first()

    assert "公示期顺延" in visitor.words
    assert "提交异议" not in visitor.words
    admin.open(f"/handling/{number}/cancel")
    admin.page.fill("[name=reason]", "农户已迁出。")
    admin.go("终止", within="form.panel")
    visitor.open("/notices?when=past").first()
    assert "公示已中止（办件终止）" in visitor.words


def test_an_administrator_handles_a_case_without_script(small_town, windows):
    number = small_town.up_to("household_check")
    admin = windows(PHONE, java_script_enabled=False).sign_in(ADMIN)

    admin.open(f"/handling/{number}")
    admin.go("挂起", within=".actions")
    admin.page.fill("[name=reason]", "等待上级批复。")
    admin.go("挂起", within="form.panel")
    admin.go("终止", within=".actions")
    admin.page.fill("[name=reason]", "农户已迁出。")
    admin.go("终止", within="form.panel")

    assert "已终止" in admin.words.replace("\n", "")
