"""What is printed from a page: the matter itself on A4, nothing to press, nothing cut off."""

import pytest

from tests.journeys.screen import DESK, OVERFLOW, Screen, chromium, served
from tests.journeys.town import COUNTY, LEDGER

pytestmark = [pytest.mark.browser, pytest.mark.seconds(120)]
INK = {"width": 672, "height": 971}
"""What an A4 sheet leaves between its margins, in CSS pixels."""

PRESSABLE = ".masthead, .side, .tabbar, .actions, .filters, .chips, .pager, .tabs, .btn, .menu, .skip, .strip"

LISTEN = """() => addEventListener('beforeprint', () => {
  window.__unfolded = [...document.querySelectorAll('details.clause')].map((one) => one.open);
})"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def desk(small_town, browser, tmp_path):
    small_town.do(small_town.up_to("county_decision"), "county_decision")
    with served(small_town) as address:
        screen = Screen(browser, address, tmp_path, DESK).sign_in(COUNTY)
        yield screen
        screen.close()


def test_a_case_its_lists_and_its_register_fit_a_sheet_without_anything_to_press(small_town, desk):
    person = small_town.person(COUNTY)
    case = person.open("/cases").rows[0].get("data-href")
    row = person.open(f"/registers/{LEDGER}").rows[0].get("data-href")
    paper = person.open(f"{case}?tab=papers").css("a.entry-step")[-1].get("href")
    pages = [f"{case}?tab={tab}" for tab in ("now", "record", "answers", "papers", "clauses")]

    desk.page.emulate_media(media="print")
    desk.page.set_viewport_size(INK)
    for page in (*pages, paper, row, "/", "/done", "/cases", f"/registers/{LEDGER}", "/notices?when=past"):
        desk.page.goto(page)

        assert desk.page.evaluate(OVERFLOW) == [], page
        assert desk.page.locator(PRESSABLE).filter(visible=True).count() == 0, page
        assert desk.page.locator("h1:visible").count() == 1, page


def test_on_paper_every_clause_is_unfolded_and_on_the_screen_folded_again(small_town, desk):
    case = small_town.person(COUNTY).open("/cases").rows[0].get("data-href")
    desk.open(f"{case}?tab=record")

    desk.page.evaluate(LISTEN)
    desk.page.pdf(format="A4")

    unfolded = desk.page.evaluate("window.__unfolded")
    assert len(unfolded) > 3
    assert all(unfolded)
    assert desk.page.locator("details.clause[open]").count() == 0
