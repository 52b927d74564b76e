"""A real browser: a change handed in at a desk, reviewed on a phone, in force at its hour, cases moved."""

import re
from datetime import timedelta

import pytest

from tests.journeys.screen import DESK, PHONE
from tests.journeys.town import PROCEDURE
from tests.published import AUTHOR, DOCUMENT, REVIEWER
from workflows.clock import local_date
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]

HOME = f"/publishing/{PROCEDURE}"


def begun(town):
    """An amendment with something changed in it, by the first administrator."""
    amendment = town.perform(OpenAmendment(procedure=PROCEDURE, title="按新通知修订"), AUTHOR)
    text = town.read(lambda s: s.get_one(Amendment, amendment)).files["procedure.toml"]
    changes = {"procedure.toml": re.sub(r'summary = "', 'summary = "（新）', text, count=1)}
    town.perform(SaveAmendment(amendment_id=amendment, revision=1, changes=changes), AUTHOR)
    return amendment


def test_a_change_is_handed_in_reviewed_by_another_published_and_holds_from_its_hour(small_town, windows):
    number = small_town.up_to("township_review")
    amendment = begun(small_town)
    tomorrow = local_date(small_town.clock.now()) + timedelta(days=1)

    desk = windows(DESK, AUTHOR).open(f"/amendments/{amendment}").go("复核与发布").go("提交复核")
    desk.fill({**DOCUMENT, "effective": tomorrow.isoformat()})
    desk.go("提交复核", within=".actions")
    assert "待复核" in desk.words
    assert "须由没有参与起草的另一位事项管理员复核" in desk.words

    small_town.work()
    phone = windows(PHONE, REVIEWER).open("/messages")
    assert "按新通知修订" in phone.words
    phone.open(f"/publishing/amendments/{amendment}")
    phone.page.locator("details summary", has_text="政策文件全文").click()
    assert DOCUMENT["text"] in phone.words
    phone.go("退回起草人")
    assert "请写明退回的意见" in phone.words
    phone.go("复核通过")
    phone.go("发布")
    assert "已发布" in phone.words

    phone.open(HOME)
    assert "待生效" in phone.words
    assert "（新）" not in desk.open(f"/procedures/{PROCEDURE}").words
    small_town.clock.advance(days=1)
    assert "（新）" in desk.open(f"/procedures/{PROCEDURE}").words
    small_town.work()

    desk.open(HOME).go("迁移在办的件")
    desk.fill({"reason": "按新通知办理。"}).go("试算")
    small_town.work()
    desk.open(f"{HOME}").go("迁移到第 2 版")
    assert number in desk.words
    desk.go("迁移可以迁移的 1 件")
    small_town.work()
    desk.page.get_by_text("已迁移 1 件").wait_for()
    desk.look()
    phone.open(f"{HOME}/retire")
    phone.open(f"{HOME}/versions/2/withdraw")
