"""A supervisor at a browser: from the figures to the case, as it stood and who knew; nothing is changed."""

import pytest
from sqlalchemy import select

from app.demo.cases import seed_cases
from tests.journeys.screen import DESK, PHONE
from workflows.cases import Case

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
WHO = "dongsheng-supervisor1"


@pytest.fixture
def watched(small_town, tmp_path):
    """A district in the middle of its work, counted."""
    small_town.clock.advance(days=200)
    seed_cases(small_town.executor, 30, data_dir=tmp_path, until=small_town.clock.now())
    small_town.work()
    return small_town


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_figure_leads_to_the_case_and_the_case_to_what_was_known(watched, windows, size):
    screen = windows(size, WHO)

    screen.open("/supervision")
    assert "东胜区" in screen.words
    screen.page.locator(".tally a", has_text="超期").click()
    screen.look()
    # The whole row leads to the case; the button beside it issues an order.
    screen.page.locator("main td.cell-what a").first.click()
    screen.look()
    number = screen.page.url.rsplit("/", 1)[1].partition("?")[0]
    screen.open(f"/cases/{number}/as-of")
    assert number in screen.words
    screen.open(f"/cases/{number}/known")
    assert number in screen.words
    screen.open("/supervision/map?procedure=fp_01_ds")
    screen.open("/supervision/ways?procedure=fp_01_ds")
    screen.open("/supervision/log")
    screen.open(f"/audit?case={number}")

    revision = select(Case.revision).where(Case.number == number)
    before = watched.read(lambda session: session.scalars(revision).one())
    screen.open(f"/cases/{number}")
    for forbidden in ("终止", "挂起", "跳转", "通过", "退回"):
        assert not screen.page.get_by_role("button", name=forbidden, exact=True).count()
    assert watched.read(lambda session: session.scalars(revision).one()) == before
