"""Every page somebody can come to, in a hand and on a desk: read by axe, measured for eyes and thumbs."""

from functools import cache
from pathlib import Path

import pytest

from tests.journeys.everyday import PEOPLE, everyday
from tests.journeys.looking import Looker
from tests.journeys.screen import chromium, served
from tests.journeys.walking import Walk

ROUTES = Path(__file__).resolve().parents[1] / "guards" / "routes.txt"
NOT_PAGES = {
    "/api/": "programs speak here",
    "/static/": "what pages are made of",
    "/demo/": "programs turn the demonstration's clock",
    "/sign-in/code": "asked for after the password of an officer with a second factor: test_officers_look",
    "/sign-in/oidc": "leads away and back, where a provider is set",
    "/disposals/<number>": "led to from the list once a case is ten years old: test_officers_look",
    "/divisions": "the divisions as JSON, for programs",
    "/healthz": "asked by who watches over the server",
    "/readyz": "asked by who watches over the server",
    "/metrics": "asked by who watches over the server",
}
"""What no link leads to, and why."""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    found = everyday(tmp_path_factory.mktemp("everyday"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def read():
    """What axe has read already, whoever looked."""
    return set()


@pytest.fixture(scope="module")
def walked(town):
    """Each person's way through the town, gone once."""
    return cache(lambda who: Walk(town, PEOPLE[who]))


@pytest.mark.seconds(400)
def test_every_page_is_reached_by_following_links(walked):
    reached = set().union(*(walked(who).reached for who in PEOPLE))

    listed = {line for line in ROUTES.read_text().splitlines() if line.startswith("GET ")}
    pages = {line for line in listed if not line.removeprefix("GET ").startswith(tuple(NOT_PAGES))}
    assert sorted(pages - reached) == [], "link to it from some page, or say in NOT_PAGES why not"


@pytest.mark.browser
@pytest.mark.seconds(400)
@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_read_by_axe_and_fits_a_hand(town, walked, browser, read, tmp_path, who):
    walk = walked(who)

    with served(town) as address:
        looker = Looker(browser, address, tmp_path, PEOPLE[who], read)
        for page in dict.fromkeys(walk.pages):
            looker.visit(page)
        looker.visit(walk.pages[0]).menus()
        found = looker.close()

    assert found == [], "\n" + "\n".join(found)
