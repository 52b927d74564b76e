"""Officers' pages that no link leads to on an ordinary day: read by axe, measured for eyes and thumbs."""

from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import expect

from tests.journeys.looking import Looker
from tests.journeys.screen import chromium, served

pytestmark = [pytest.mark.browser, pytest.mark.seconds(180)]

SYSTEM, SECURITY, AUDIT = "system-officer", "security-officer", "audit-officer"
WHY = "保管期限已满，无继续保存价值"


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def looking(small_town, browser, tmp_path):
    """`looking(username)` is that officer's browser; when the story is told, nothing may have been wrong."""
    opened = []
    with served(small_town) as address:

        def look(username=None):
            opened.append(Looker(browser, address, tmp_path, username))
            return opened[-1]

        yield look
        found = [one for looker in opened for one in looker.close()]
    assert found == [], "\n" + "\n".join(found)


@pytest.fixture
def over(small_town):
    """The numbers of two cases that are over."""
    found = []
    for identity in ("150602197511032152", "150602198202263082"):
        number = small_town.up_to("household_check", head_identity=identity)
        small_town.do(number, "household_check", "check_false")
        small_town.work()
        found.append(number)
    return found


def test_disposing_of_one_and_of_many(looking, small_town, over):
    small_town.clock.advance(days=round(365.25 * 32))
    officer = looking(SYSTEM)

    officer.visit("/disposals").visit(f"/disposals/{over[0]}")
    officer.page.goto("/disposals")
    officer.press("提请销毁所选的").here("nothing picked")
    officer.page.goto("/disposals")
    officer.press("全选本页").here("all picked").press("提请销毁所选的").here("checked")
    officer.page.fill("#reason", "短")
    officer.press("提请销毁 2 件").here("without a reason")
    expect(officer.page.locator("#reason-error")).to_be_visible()
    officer.page.fill("#reason", WHY)
    officer.press("提请销毁 2 件").here("proposed")
    expect(officer.page.get_by_role("status")).to_contain_text("已办 2 件，未办 0 件")

    watcher = looking(AUDIT)
    watcher.visit("/disposals")
    watcher.page.get_by_role("checkbox", name=f"选择：{over[1]}").check()
    watcher.press("批准销毁所选的").here("one checked").press("批准销毁 1 件").here("confirmed")
    expect(watcher.page.get_by_role("status")).to_contain_text("已办 1 件，未办 0 件")
    watcher.visit("/disposals")
    expect(watcher.page.get_by_role("heading", name="销毁清册")).to_be_visible()


def test_the_form_of_erasing_filled_in_and_refused(looking, over):
    officer = looking(SECURITY)

    officer.visit(f"/security/erase?number={over[0]}")
    officer.page.fill("#basis", "个人信息保护法第四十七条第一款第三项，个人撤回同意")
    officer.page.fill("#reason", "当事人书面申请")
    officer.page.fill("#confirmed", "别的编号")
    officer.here("filled in").press("删除个人信息").here("refused")
    expect(officer.page.locator("#confirmed-error")).to_be_visible()
    officer.page.fill("#confirmed", over[0])
    officer.press("删除个人信息").here("erased")
    officer.visit(f"/security/erase?number={over[0]}")


def test_the_code_asked_for_after_the_password(looking):
    officer = looking(SECURITY)
    officer.visit("/me/second-factor").press("开始设置").here("the secret")
    secret = "".join(officer.page.locator(".panel-body .number").all_inner_texts())
    officer.page.fill("#code", pyotp.TOTP(secret).at(datetime.now(UTC)))
    officer.press("启用").here("the recovery words")
    expect(officer.page.get_by_role("heading", name="备用码")).to_be_visible()

    again = looking(SECURITY)

    assert again.page.url.endswith("/sign-in/code")
    again.here("asked for the code")
    again.page.fill("#code", "000000")
    again.press("登录").here("a wrong code")
    expect(again.page.get_by_role("alert")).to_be_visible()
