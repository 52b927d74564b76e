"""Looking at pages in a real browser, one after the other, in both sizes."""

from pathlib import Path

from tests.journeys.screen import AXE, DESK, PHONE, Screen

LOOK = Path(__file__).with_name("looking.js")

UNFOLDED = "document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })"

# What a page is made of: every kind of element in every kind of parent, and which heading follows which. When
# axe has read all of that, other words in it are nothing new; sizes are looked at each time.
PARTS = """() => {
  const marks = ['class', 'role', 'type'];
  const kind = (one) => [one.localName, ...marks.map((name) => one.getAttribute(name))].join(' ');
  const ours = [...document.body.querySelectorAll('*')].filter((one) => !one.closest('.djs-container'));
  const headings = ours.filter((one) => /^h[1-6]$/.test(one.localName)).map((one) => one.localName);
  const parts = ours.map((one) => `${kind(one.parentElement)} > ${kind(one)}`);
  return [...new Set([...parts, ...headings.map((one, at) => `${headings[at - 1]}, ${one}`)])];
}"""


class Looker:
    """A person's browser that goes from page to page; ``read``: what axe has read before, whoever looked."""

    def __init__(self, browser, address, folder, username=None, read=None):
        self.screen = Screen(browser, address, folder, PHONE)
        self.page = self.screen.page
        self.screen.context.add_init_script(LOOK.read_text())
        self.screen.context.add_init_script(AXE.read_text())
        self._found = {}
        self._read = set() if read is None else read
        if username:
            self._sign_in(username)

    def _sign_in(self, username):
        self.screen.sign_in(username)

    def visit(self, address, picture=None):
        """Open a page and look at it held in a hand and on a desk."""
        self.page.set_viewport_size(PHONE)
        self.page.goto(address)
        return self.here(address, picture)

    def here(self, called, picture=None):
        """Look at the page as it stands, with what was typed, in a hand and on a desk."""
        self.page.wait_for_load_state("load")
        self.page.evaluate(UNFOLDED)
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            self._look(called, size)
            if picture:
                self.page.screenshot(path=f"{picture}-{size['width']}.png", full_page=True)
        return self

    def press(self, words):
        """Press the button or link with these words, and go where it leads."""
        found = self.page.get_by_role("button", name=words, exact=True)
        if not found.count():
            found = self.page.get_by_role("link", name=words, exact=True)
        with self.page.expect_navigation():
            found.first.click()
        return self

    def _look(self, where, size):
        phone = size is PHONE
        said = self.page.evaluate("(phone) => window.__look(phone)", phone)
        parts = {(size["width"], part) for part in self.page.evaluate(PARTS)}
        if not parts <= self._read:
            self._read |= parts
            said += self.page.evaluate("() => window.__faults()")
            said += self._dialogs() if phone else []
        for one in said:
            self._found.setdefault(f"at {size['width']} px: {one}", []).append(where)

    def _dialogs(self):
        """What a page asks in dialogs is part of it."""
        said = []
        for dialog in self.page.locator("dialog").all():
            dialog.evaluate("(one) => one.open || one.showModal()")
            said += [f"dialog: {one}" for one in self.page.evaluate("() => window.__faults()")]
            said += [f"dialog: {one}" for one in self.page.evaluate("() => window.__look(true)")]
            dialog.evaluate("(one) => one.close()")
        return said

    def menus(self):
        """Every menu of the page that is open, opened in a hand."""
        self.page.set_viewport_size(PHONE)
        for number in range(self.page.locator("details.menu:visible > summary").count()):
            self.page.locator("details.menu:visible > summary").nth(number).click()
            self._look(f"{self.page.url} with menu {number}", PHONE)
            self.page.keyboard.press("Escape")
        return self

    def close(self):
        """What was wrong and where; the browser itself may have complained too."""
        self.screen.close()
        found = [f"{what} ({len(where)} ×, as on {where[0]})" for what, where in self._found.items()]
        return sorted(found) + self.screen.complaints
