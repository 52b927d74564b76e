"""The designer at a real browser: a step is drawn, described, cited and saved by itself; nothing is lost."""

import os

import pytest
from sqlalchemy import select

from tests.journeys.screen import DESK
from tests.journeys.town import PROCEDURE
from workflows.designing.amending import OpenAmendment
from workflows.designing.amendments import Amendment

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
ONE, OTHER = "dongsheng-admin1", "dongsheng-admin2"
SENTENCE = "严格履行提交申请、入户核实、村评议公示、镇（街道）审核和区级比对审定的程序"


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


def kept(town, number):
    """The diagram as it is stored."""
    query = select(Amendment.files).where(Amendment.id == number)
    return town.read(lambda session: session.scalars(query).one())["process.bpmn"]


def choose(screen, element):
    screen.page.locator(f".djs-element[data-element-id='{element}'] .djs-hit").first.click(force=True)


def setting(screen, label):
    return screen.page.locator("#pane-settings").get_by_label(label, exact=True)


def settled(screen):
    screen.page.locator("[data-status]", has_text="已保存 ").wait_for()


def test_a_step_is_drawn_described_and_there_again(windows, small_town, amendment):
    screen = opened(windows(DESK, ONE), amendment)
    picture(screen, "opened")
    choose(screen, "household_check")
    picture(screen, "chosen")

    screen.page.locator(".djs-context-pad [data-action='append.user']").click()
    picture(screen, "added")

    setting(screen, "名称").fill("镇级复核")
    setting(screen, "用哪张表单").select_option("fp_01_ds_township_review")
    setting(screen, "怎样定").select_option("fixed")
    setting(screen, "工作日").fill("3")
    settled(screen)
    picture(screen, "described")
    screen.page.get_by_role("tab", name="检查").click()
    picture(screen, "findings")
    text = kept(small_town, amendment)
    assert 'name="镇级复核"' in text
    assert 'dueDate="=workdays(3)"' in text
