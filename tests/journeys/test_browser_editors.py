"""The editors of an amendment at a real browser, on a desk and in a hand."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.journeys.screen import DESK, PHONE
from tests.journeys.town import PROCEDURE
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
ADMIN = "dongsheng-admin1"
WRITTEN = (Path(__file__).parents[2] / "bpmn" / PROCEDURE / "scenarios.toml").read_text()
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def begun(town):
    """An amendment with the scenarios of the library."""
    number = town.perform(OpenAmendment(procedure=PROCEDURE, title="改表单"), ADMIN)
    changes = {"scenarios.toml": WRITTEN}
    town.perform(SaveAmendment(amendment_id=number, revision=1, changes=changes), ADMIN)
    return number


def pictured(screen, name):
    """A picture to look at, where somebody wants to."""
    if folder := os.environ.get("XIANGSHEN_PICTURES"):
        screen.page.screenshot(path=f"{folder}/{name}-{screen.size['width']}.png", full_page=True)


@SIZES
def test_a_field_is_added_to_a_form_and_stands_in_its_preview(small_town, windows, size):
    number = begun(small_town)
    screen = windows(size, ADMIN).open(f"/amendments/{number}")
    page = screen.page

    screen.go("表单", within=".entries")
    screen.go("提交申请")
    pictured(screen, "editors-form")
    page.select_option("#type", "number")
    page.select_option("#holder", "0")
    screen.go("添加并设置")
    page.fill("#label", "羊的只数")
    page.fill("#key", "9")
    screen.go("保存", within=".actions")
    assert "字段名应以字母或汉字开头" in screen.words
    assert page.input_value("#label") == "羊的只数"
    page.fill("#key", "sheep")
    pictured(screen, "editors-field")
    screen.go("保存", within=".actions")

    assert page.locator("[data-preview] [data-field=sheep]").count() == 1
    files = small_town.read(lambda session: session.scalars(select(Amendment.files)).one())
    assert '"sheep"' in files[f"forms/{PROCEDURE}_apply.json"]


@SIZES
def test_scenarios_are_run_shown_on_the_diagram_and_played(small_town, windows, size):
    number = begun(small_town)
    screen = windows(size, ADMIN).open(f"/amendments/{number}/scenarios")
    page = screen.page

    screen.go("全部运行")
    page.wait_for_selector("[data-diagram][data-ready]")
    assert "全部符合预期" in screen.words
    assert page.locator(".djs-element.is-missed").count() == 0
    assert page.locator(".diagram-added").count() > 5
    screen.look()
    pictured(screen, "editors-scenarios")
    page.get_by_role("link", name="回放").first.click()
    page.wait_for_selector("[data-diagram][data-ready]")
    before = page.locator("[data-play-words]").inner_text()
    page.click("[data-play-on]")
    page.click("[data-play-on]")

    assert page.locator("[data-play-words]").inner_text() != before
    assert page.locator(".djs-element.is-token").count() == 1
    assert page.locator(".djs-element.is-passed").count() == 2
    screen.look()
    pictured(screen, "editors-play")


@SIZES
def test_the_other_editors_fit_the_screen(small_town, windows, size):
    number = begun(small_town)
    screen = windows(size, ADMIN)

    for part in (
        "description",
        "scenarios/0",
        "scenarios/walk",
        "parameters/total_days",
        "text/procedure.toml",
    ):
        screen.open(f"/amendments/{number}/{part}")
        pictured(screen, f"editors-{part.replace('/', '-')}")
