"""Two versions side by side at a real browser: coloured diagrams that move together, and the words below."""

import os

import pytest
from sqlalchemy import select

from tests.journeys.screen import DESK, PHONE
from tests.journeys.town import PROCEDURE
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
ADMIN = "dongsheng-admin1"
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
LIMIT = "=workdays(param.village_review_days)"


@SIZES
def test_two_versions_stand_side_by_side_with_their_changes_marked(small_town, windows, size):
    town = small_town
    number = town.perform(OpenAmendment(procedure=PROCEDURE, title="延长评议"), ADMIN)
    files = town.read(lambda session: session.scalars(select(Amendment.files)).one())
    text = (
        files["process.bpmn"]
        .replace(LIMIT, LIMIT[:-1] + " + 1)")
        .replace("到户核实申请内容", "逐户核实申请内容")
    )
    changed = SaveAmendment(amendment_id=number, revision=1, changes={"process.bpmn": text})
    town.perform(changed, ADMIN)
    screen = windows(size, ADMIN).open(f"/procedures/{PROCEDURE}")

    screen.go("版本与比较")
    screen.first()
    screen.page.wait_for_function("document.querySelectorAll('[data-ready]').length === 2")
    screen.look()

    assert "共 2 处变化" in screen.words
    assert screen.page.locator(".djs-element.is-changed").count() == 4
    assert "逐" in screen.page.locator("ins").all_inner_texts()
    boxes = [place.bounding_box() for place in screen.page.locator("[data-diagram]").all()]
    assert (boxes[0]["y"] == boxes[1]["y"]) == (size is DESK), "beside each other only where there is room"
    screen.page.locator("[aria-label=放大]").first.click()
    scales = [
        float(view.get_attribute("transform").removeprefix("matrix(").split(",")[0].split(" ")[0])
        for view in screen.page.locator("svg .viewport").all()
    ]
    assert scales[0] == pytest.approx(scales[1], abs=0.01)
    if folder := os.environ.get("XIANGSHEN_PICTURES"):
        screen.page.screenshot(path=f"{folder}/compare-{size['width']}.png", full_page=True)


@SIZES
def test_a_backtest_is_begun_waited_for_and_read(small_town, windows, size):
    town = small_town
    town.up_to("county_decision")
    number = town.perform(OpenAmendment(procedure=PROCEDURE, title="从严审核"), ADMIN)
    files = town.read(lambda session: session.scalars(select(Amendment.files)).one())
    text = files["process.bpmn"].replace(
        '=township_review.conclusion = "审核通过"', '=township_review.conclusion = "再议"'
    )
    changed = SaveAmendment(amendment_id=number, revision=1, changes={"process.bpmn": text})
    town.perform(changed, ADMIN)
    screen = windows(size, ADMIN).open(f"/amendments/{number}")

    screen.go("回溯检验：用过去的办件试走")
    screen.go("开始检验")
    assert "正在检验：0 / 1 件" in screen.words
    town.work()
    screen.go("刷新")
    screen.page.wait_for_selector("[data-ready]")
    screen.look()

    assert "已检验完 1 件" in screen.words
    assert "走向不同" in screen.words
    assert screen.page.locator(".djs-element.is-heat-3").count() == 1
    if folder := os.environ.get("XIANGSHEN_PICTURES"):
        screen.page.screenshot(path=f"{folder}/backtest-{size['width']}.png", full_page=True)
