"""Looking at pages in a real browser, one after the other, in both sizes."""

from pathlib import Path

from tests.journeys.screen import AXE, DESK, PHONE, Screen

LOOK = Path(__file__).with_name("looking.js")

UNFOLDED = "document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })"

# The shape of a page: every kind of element it is made of, and where. Another page of the same shape,
# with other words in it, has nothing new for axe; sizes are looked at each time.
SHAPE = """() => {
  const marks = ['class', 'role', 'type'];
  const kind = (one) => [one.localName, ...marks.map((name) => one.getAttribute(name))].join(' ');
  const way = (one) => one === document.body ? '' : `${way(one.parentElement)}>${kind(one)}`;
  const found = new Set([...document.body.querySelectorAll('*')]
    .filter((one) => !one.closest('.djs-container')).map(way));
  return [...found].sort().join('|') + document.querySelectorAll('h1, h2, h3').length;
}"""


class Looker:
    """A person's browser that goes from page to page."""

    def __init__(self, browser, address, folder, username=None):
        self.screen = Screen(browser, address, folder, PHONE)
        self.page = self.screen.page
        self.screen.context.add_init_script(LOOK.read_text())
        self.screen.context.add_init_script(AXE.read_text())
        self._found, self._shapes = {}, set()
        if username:
            self._sign_in(username)

    def _sign_in(self, username):
        self.screen.sign_in(username)

    def visit(self, address, picture=None):
        """Open a page and look at it held in a hand and on a desk."""
        self.page.set_viewport_size(PHONE)
        self.page.goto(address)
        self.page.wait_for_load_state("load")
        self.page.evaluate(UNFOLDED)
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            self._look(address, size)
            if picture:
                self.page.screenshot(path=f"{picture}-{size['width']}.png", full_page=True)
        return self

    def _look(self, where, size):
        phone = size is PHONE
        said = self.page.evaluate("(phone) => window.__look(phone)", phone)
        shape = f"{size['width']}{self.page.evaluate(SHAPE)}"
        if shape not in self._shapes:
            self._shapes.add(shape)
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
        """Every menu of the page that is open, opened."""
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
