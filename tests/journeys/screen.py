"""Someone at a real browser: sees what is drawn, taps what is there; every page is looked at as it opens."""

import contextlib
import json
import re
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app.security import demo
from tests import machine
from tests.journeys.person import picture

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 768}

LISTEN = """
window.__broken = [];
addEventListener('securitypolicyviolation', (event) =>
  window.__broken.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""

# A table may scroll inside its own box; the page itself may not.
OVERFLOW = """() => {
  const right = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= right) return [];
  return [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > right + 1)
    .map((one) => `${one.tagName}.${one.className}`).slice(0, 8);
}"""

FAULTS = """() => axe.run(document, {resultTypes: ['violations']}).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.help}: ` +
    one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(' | ')))"""


class Quiet(WSGIRequestHandler):
    """Says nothing of ordinary requests."""

    protocol_version = "HTTP/1.1"

    def log(self, _kind, _message, *_args):
        pass


@contextlib.contextmanager
def served(town):
    """The town's application at an address of this machine; gives the address."""

    # A restart of the town is a restart behind the same address.
    def application(environ, answer):
        return town.app.wsgi_app(environ, answer)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def chromium():
    """A running browser."""
    program = machine.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(program),
            env=machine.environment(program),
            args=machine.CHROMIUM_ARGUMENTS,
        )
        yield browser
        browser.close()


class Screen:
    """One person's browser window of a certain size."""

    def __init__(self, browser, address, folder, size, window=1, **options):
        self.folder, self.size, self.window = folder, size, window
        self.scripted = options.get("java_script_enabled", True)
        self.context = browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=address, **options
        )
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(LISTEN)
        self.page = self.context.new_page()
        self.complaints = []
        self.looked = 0
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("requestfailed", self._failed)

    def _heard(self, message):
        # An answer that refuses is logged by the browser as if it were a fault.
        if message.type in ("error", "warning") and not re.search(r"status of 4\d\d", message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _failed(self, request):
        # Going on before everything has come is no fault.
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.complaints.append(f"{request.url}: {request.failure}")

    def sign_in(self, username):
        """Sign in at the page for it."""
        self.open("/sign-in")
        self.page.fill("#username", username)
        self.page.fill("#password", demo.PASSWORD)
        self.go("登录")
        return self

    def open(self, path):
        """Open a page and look at it."""
        self.page.goto(path)
        return self.look()

    def look(self):
        """Nothing sticks out, is forbidden by the page's policy, or keeps people out; a picture is kept."""
        self.page.wait_for_load_state("load")
        self.looked += 1
        name = f"{self.size['width']}-{self.window}-{self.looked:02d}.png"
        self.page.screenshot(path=self.folder / name, full_page=True)
        if self.scripted:
            self.page.evaluate(AXE.read_text())
            found = [f"sticks out: {one}" for one in self.page.evaluate(OVERFLOW)]
            found += self.page.evaluate("window.__broken ?? []") + self.page.evaluate(FAULTS)
            self.complaints += [f"{self.page.url} ({name}): {one}" for one in found]
        return self

    def first(self):
        """Open what stands first in the list."""
        with self.page.expect_navigation():
            self.page.locator(".items tbody tr").first.get_by_role("link").last.click()
        return self.look()

    def go(self, words, *, within="body"):
        """Press the button or link with these words and look at where that leads."""
        found = self.page.locator(within).get_by_role("button", name=words, exact=True)
        if not found.count():
            found = self.page.locator(within).get_by_role("link", name=words, exact=True)
        with self.page.expect_navigation():
            found.first.click()
        return self.look()

    def fill(self, answers):
        """Fill in what the page asks, as fingers would."""
        for key, value in answers.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                self._rows(key, value)
            else:
                self._one(key, value)
        return self

    def _rows(self, key, rows):
        group = self.page.locator(f"[data-rows='{key}']")
        while group.locator("> [data-row]").count() < len(rows):
            group.get_by_role("button", name="添加一行").click()
        for number, row in enumerate(rows):
            for name, value in row.items():
                self._one(f"{key}.{number}.{name}", value)

    def _one(self, key, value):
        fields = self.page.locator(f"[name='{key}']:not([type=hidden])")
        # A question that hangs on an earlier answer comes a moment later.
        fields.first.wait_for(state="attached")
        kind = fields.first.evaluate("one => one.localName === 'input' ? one.type : one.localName")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                worth = "true" if one is True else one
                self.page.locator(f"[name='{key}'][value='{worth}']").check()
        elif kind == "select":
            fields.first.select_option(str(value))
        elif kind == "file":
            self._file(key, fields.first, value)
        elif value not in ("", None):
            fields.first.fill(str(value))

    def _file(self, key, field, numbers):
        if self.page.locator(f"[data-signature='{key}']").count():
            self.write(key)
            return
        for number in numbers:
            content = picture(number, size=(1600, 1200), kind="JPEG")
            before = self.page.locator(f"input[type=hidden][name='{key}']").count()
            field.set_input_files({"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content})
            self.page.locator(f"input[type=hidden][name='{key}']").nth(before).wait_for(state="attached")

    def write(self, key):
        """A name by hand on the canvas."""
        canvas = self.page.locator(f"[data-signature='{key}'] canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        mouse = self.page.mouse
        mouse.move(box["x"] + 20, box["y"] + 40)
        mouse.down()
        for step in range(12):
            mouse.move(box["x"] + 20 + step * 15, box["y"] + 40 + (step % 3) * 14)
        mouse.up()

    def decide(self, answers):
        """Fill in and press the button of the conclusion, or the one button there is."""
        answers = dict(answers)
        conclusion = answers.pop("conclusion", None)
        self.fill(answers)
        named = f"[name='_conclude'][value='{conclusion}']" if conclusion else ".actions-primary"
        with self.page.expect_navigation():
            self.page.locator(f".actions button{named}").click()
        return self.look()

    @property
    def words(self):
        """What stands in the main part of the page."""
        return self.page.locator("main").inner_text()

    def kept(self):
        """What this browser keeps of unsent typing."""
        return json.loads(self.page.evaluate("JSON.stringify({...localStorage})"))

    def close(self):
        """Close the window."""
        self.context.close()
