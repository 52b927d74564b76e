"""What makes a page light on a slow line: few files, small ones, and only the stylesheet in the way.

How long it then takes is measured by `make bench`.
"""

import pytest

from app.security.demo import identity_number
from tests.journeys.screen import PHONE, chromium, served
from tests.journeys.town import CADRE

pytestmark = [pytest.mark.browser, pytest.mark.seconds(120)]
MOST_BYTES, MOST_REQUESTS = 60 * 1024, 4

IN_THE_WAY = """() => [...document.querySelectorAll('link[rel=stylesheet], script')]
  .filter((one) => one.localName === 'link' || !(one.type === 'module' || one.defer || one.async))
  .map((one) => new URL(one.href || one.src).pathname.replace(/-[0-9a-f]+(?=[.])/, ''))"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


class Traffic:
    """What comes over the line while a page opens."""

    def __init__(self, page):
        self.kinds, self.bytes = {}, {}
        self._line = page.context.new_cdp_session(page)
        self._line.send("Network.enable")
        self._line.on("Network.responseReceived", self._began)
        self._line.on("Network.loadingFinished", self._ended)

    def _began(self, event):
        if not event["response"]["url"].startswith("data:"):
            self.kinds[event["requestId"]] = event["type"]

    def _ended(self, event):
        if event["requestId"] in self.kinds:
            self.bytes[event["requestId"]] = event["encodedDataLength"]


def test_the_inbox_is_light_for_a_browser_that_has_nothing_yet(small_town, browser):
    for number in range(20):
        identity = identity_number("150602", "19680314", 100 + number)
        small_town.up_to("household_check", head_identity=identity)
    with served(small_town) as address:
        before = browser.new_context(base_url=address, viewport=PHONE)
        page = before.new_page()
        page.goto("/sign-in")
        page.fill("#username", CADRE)
        page.fill("#password", "Xiangshen-2026")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{address}/")
        fresh = browser.new_context(base_url=address, viewport=PHONE, storage_state=before.storage_state())

        page = fresh.new_page()
        traffic = Traffic(page)
        page.goto("/")
        page.wait_for_load_state("networkidle")

        assert page.locator(".items tbody tr").count() == 20
        assert sum(traffic.bytes.values()) <= MOST_BYTES
        assert len(traffic.kinds) <= MOST_REQUESTS
        assert set(traffic.kinds.values()) <= {"Document", "Stylesheet", "Script", "Other"}
        assert page.evaluate(IN_THE_WAY) == ["/static/dist/base.css"]
        before.close()
        fresh.close()
