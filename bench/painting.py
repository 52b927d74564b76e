"""How long a cadre in a village waits for the inbox: a real browser behind a slow line, cold and warm."""

from app.security import demo
from bench import growth
from bench.rows import said
from tests.journeys.screen import PHONE, chromium
from tests.journeys.served import HOST, served

CASES, TIMES = 330, 7
BUDGET_MS = 3_000
CADRE = "zhejialiang-cadre1"

LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
"""The edge of a cell: 400 kbit a second, 400 ms there and back."""

PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => list.getEntries()
  .filter((one) => one.name === 'first-contentful-paint').forEach((one) => resolve(one.startTime)))
  .observe({type: 'paint', buffered: true}))"""


def measure(databases, folder):
    """Rows for one database."""
    url = databases.fresh("painted")
    growth.block(url, folder)
    growth.grown(url, folder, CASES).database.dispose()
    with served(url, folder) as port, chromium() as browser:
        address = f"http://{HOST}:{port}"
        signed_in = _signed_in(browser, address)
        seen = [_visits(browser, address, signed_in) for _ in range(TIMES)]
    cold, warm = zip(*seen, strict=True)
    said("inbox painted over a slow line, first visit", databases.kind, cold, budget=BUDGET_MS)
    said("inbox painted over a slow line, again", databases.kind, warm, budget=BUDGET_MS)
    databases.drop(url)


def _signed_in(browser, address):
    """The cookies of someone who has signed in."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#username", CADRE)
    page.fill("#password", demo.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{address}/")
    state = context.storage_state()
    context.close()
    return state


def _visits(browser, address, signed_in):
    """Milliseconds to the first words of the inbox: in a browser that has nothing yet, and once more."""
    context = browser.new_context(base_url=address, viewport=PHONE, storage_state=signed_in)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    times = []
    for _ in range(2):
        page.goto("/")
        times.append(page.evaluate(PAINTED))
        assert page.locator(".items tbody tr").count() == 20
        page.goto("about:blank")
    context.close()
    return times
