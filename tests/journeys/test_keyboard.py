"""Everything can be done with the keyboard alone, and one always sees where one is."""

import pytest

from tests.journeys.keyboard import Keyboard
from tests.journeys.screen import DESK, Screen, chromium, served
from tests.journeys.town import CADRE, HOUSEHOLD, TOWNSHIP, household

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def keyboard(small_town, browser, tmp_path):
    """`keyboard(username)` sits someone down at a desk without a mouse, signed in by keys."""
    opened = []
    with served(small_town) as address:

        def sat_down(username):
            # Where a page has moved to is seen at once.
            screen = Screen(browser, address, tmp_path, DESK, len(opened), reduced_motion="reduce")
            opened.append(screen)
            screen.open("/sign-in")
            keys = Keyboard(screen)
            # The first field has the focus already.
            keys.type(username).to_field("password").type("Xiangshen-2026")
            return keys.follow()

        yield sat_down
        complaints = [complaint for screen in opened for complaint in screen.complaints]
        for screen in opened:
            screen.close()
    assert complaints == []


def test_a_household_applies_by_keys(small_town, keyboard):
    own = household(HOUSEHOLD)
    keys = keyboard(HOUSEHOLD)
    keys.go("申请").go("发起")

    answers = small_town.answers("apply")
    keys.answer(answers | {"head_name": own.name, "head_identity": own.identity, "phone": own.phone})
    keys.go("提交申请")

    assert "已提交" in keys.screen.words


def test_a_cadre_claims_fills_in_hands_in_photos_and_a_signature_saves_and_decides_by_keys(
    small_town, keyboard
):
    number = small_town.up_to("household_check")
    keys = keyboard(CADRE)
    keys.go("办理")

    keys.to("更多").press("Enter").to("签收，由我办理").follow()
    assert small_town.open_item(number).assignee == "折海军"
    answers = small_town.answers("check_true")
    conclusion = answers.pop("conclusion")
    keys.answer({key: answers.pop(key) for key in ("visitors", "photos")})
    keys.to("更多").press("Enter").to("暂存").follow()
    assert keys.page.input_value("[name=visitors]") == "赵五、钱六"
    keys.answer(answers)
    keys.to_field("_conclude", conclusion).follow()

    assert "已办结" in keys.screen.words
    assert "村评议" in small_town.open_item(number).name


def test_a_clerk_hands_over_by_keys(small_town, keyboard):
    number = small_town.up_to("township_review")
    keys = keyboard(TOWNSHIP)
    keys.go("办理")

    keys.to("更多").press("Enter").to("转办给同事").follow()
    keys.to_field("to").press("ArrowDown").to_field("reason").type("明日外出培训。").go("转办")

    assert "已转给" in keys.screen.words
    assert small_town.open_item(number).assignee == "娜仁"


def test_a_dialog_keeps_the_focus_and_gives_it_back(small_town, keyboard):
    number = small_town.up_to("township_review")
    keys = keyboard(TOWNSHIP)
    keys.screen.open(f"/cases/{number}?tab=answers")

    keys.to("查看完整号码").press("Enter")
    around = [keys.tab() for _ in range(12)]
    keys.press("Escape")

    # Beyond its last stop a dialog hands the focus to the browser's own bar, never to the page behind it.
    assert all(stop["inDialog"] or stop["tag"] == "body" for stop in around)
    assert sum(stop["name"] == "reason" for stop in around) > 1
    keys.page.wait_for_function("document.activeElement.innerText === '查看完整号码'")
    keys.press("Enter").to_field("reason").type("核对参保身份。").go("查看")
    assert "已记入审计" in keys.screen.words


def test_a_menu_closes_by_escape_and_the_way_to_the_main_part_is_short(small_town, keyboard):
    small_town.up_to("township_review")
    keys = keyboard(TOWNSHIP)

    keys.to("李晓东").press("Enter")
    assert keys.page.locator(".menu[open]").count() == 1
    keys.press("Tab", "Escape")
    assert keys.page.locator(".menu[open]").count() == 0
    assert keys.here()["tag"] == "summary"
    keys.screen.open("/cases")
    first = keys.tab()
    keys.press("Enter")
    assert first["words"] == "跳到正文"
    assert keys.page.evaluate("document.activeElement.id") == "main"
    keys.go("查询")
    assert "办件" in keys.screen.words
