"""Someone who has only a keyboard: Tab, arrows, Space, Enter, Escape; no pointer."""

from tests.journeys.person import _flat, picture

STEPS = 400
"""More presses than any page takes from its beginning to its end."""

HERE = """() => {
  const one = document.activeElement;
  const seen = one.matches('.visually-hidden') ? one.nextElementSibling ?? one : one;
  const style = getComputedStyle(seen), box = seen.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, 40) / 2);
  const file = one.type === 'file';
  return {
    tag: one.localName, name: one.name ?? '', type: one.type ?? '', value: one.value ?? '',
    words: (one.innerText || one.getAttribute('aria-label') || '').trim(),
    adds: one.closest('[data-row-add]') ? one.value : null,
    upload: file && !!one.closest('[data-upload]'),
    signs: one.localName === 'summary' ? one.closest('[data-signature]')?.dataset.signature : null,
    inDialog: !!one.closest('dialog'),
    html: one.outerHTML.slice(0, 120),
    ringed: one === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    covered: one !== document.body && !(top && (seen.contains(top) || top.contains(seen))),
  };
}"""


class Lost(AssertionError):
    """The keys do not lead there, or nobody sees where they have led."""


class Keyboard:
    """The keys of one screen; every stop must be seen: ringed, and not under the bar at the foot."""

    def __init__(self, screen):
        self.screen = screen
        self.page = screen.page
        self.stops = []
        # Whether choosers are caught is told to the browser beside the keys, not in order with them:
        # told for each file anew it may come after the key, so somebody always listens.
        self.page.on("filechooser", lambda _: None)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def here(self):
        """What has the focus."""
        return self.page.evaluate(HERE)

    def tab(self, key="Tab"):
        """One stop further."""
        self.press(key)
        found = self.here()
        if found["covered"]:
            # A question that has just come in above pushes the page down: one looks where one is.
            self.press("Shift+Tab" if key == "Tab" else "Tab", key)
            found = self.here()
        self.stops.append(found["html"])
        if not found["ringed"] or found["covered"]:
            fault = "covered" if found["covered"] else "without a ring"
            raise Lost(f"{fault}: {found['html']}")
        return found

    def to(self, words, key="Tab"):
        """Tab to the button, link or field with these words."""
        for _ in range(STEPS):
            found = self.tab(key)
            if found["words"].split("\n")[0].split("：")[0] == words:
                return self
        raise Lost(f"no way to “{words}”, only {self.stops[-60:]}")

    def to_field(self, name, value=None):
        """Tab to the field of this name; of several buttons that share it, the one with that value."""
        for _ in range(STEPS):
            found = self.tab()
            if found["name"] == name and value in (None, found["value"]):
                return self
        raise Lost(f"no way to the field {name}, only {self.stops[-60:]}")

    def go(self, words):
        """Tab there and press Enter; look at where that leads."""
        self.to(words)
        return self.follow()

    def follow(self, key="Enter"):
        """Press what has the focus and look at where that leads."""
        with self.page.expect_navigation():
            self.press(key)
        self.screen.look()
        return self

    def type(self, text):
        self.page.keyboard.type(text)
        return self

    def answer(self, answers):
        """Go through the form from stop to stop and answer what is asked, until nothing is left to say."""
        left, rows = dict(_flat(answers)), _rows(answers)
        for _ in range(2 * STEPS):
            if not left:
                return self
            found = self.tab()
            name = found["signs"] or found["name"]
            if found["adds"] in rows and self._missing(found["adds"], rows):
                # A new row takes the focus to its first question.
                self.press("Enter")
                found = self.here()
                name = found["name"]
            if name in left and self._give(found, left[name]):
                left.pop(name)
        raise Lost(f"never asked for {sorted(left)}, only for {self.stops[-60:]}")

    def _missing(self, key, rows):
        return self.page.locator(f"[data-rows='{key}'] > [data-row]").count() < rows[key]

    def _give(self, found, value):
        """Answer the question that has the focus; whether it is answered whole."""
        if found["signs"]:
            return self._sign(found["signs"])
        if found["upload"]:
            return self._hand_in(found["name"], value)
        if found["type"] == "checkbox":
            return self._tick(found, value)
        if found["type"] == "radio" or found["tag"] == "select":
            return self._choose(found, value)
        if found["type"] == "date":
            return self._date(value)
        self.press("Control+A").type(value)
        return True

    def _choose(self, found, value):
        if found["type"] == "radio":
            self.press("Space")
        for _ in range(60):
            if self.here()["value"] == value:
                return True
            self.press("ArrowDown")
        raise Lost(f"{value} cannot be chosen")

    def _tick(self, found, values):
        if found["value"] in values:
            self.press("Space")
        ticked = "(name) => [...document.getElementsByName(name)].filter((one) => one.checked).length"
        return self.page.evaluate(ticked, found["name"]) == len(values)

    def _date(self, value):
        """Year, month and day in the order in which this browser shows them."""
        year, month, day = value.split("-")
        for typed in (f"{month}{day}{year}", f"{year}\t{month}{day}", f"{year}{month}{day}"):
            self.press("ArrowLeft", "ArrowLeft")
            for part in typed.split("\t"):
                self.type(part)
                self.press(*["ArrowRight"] * (part != typed.split("\t")[-1]))
            if self.page.evaluate("() => document.activeElement.value") == value:
                return True
        raise Lost(f"{value} cannot be typed")

    def _sign(self, name):
        """Whoever cannot write on a screen types the name, and why."""
        self.press("Enter", "Tab").type("王秀兰").press("Tab").type("手部伤残").to("以键入姓名确认").press(
            "Enter"
        )
        self.page.locator(f"input[type=hidden][name='{name}']").wait_for(state="attached")
        return True

    def _hand_in(self, name, numbers):
        for number in numbers:
            handed = self.page.locator(f"input[type=hidden][name='{name}']")
            before = handed.count()
            with self.page.expect_file_chooser() as chooser:
                self.press("Enter")
            content = picture(number, size=(800, 600), kind="JPEG")
            chooser.value.set_files({"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content})
            handed.nth(before).wait_for(state="attached")
        return True


def _rows(answers):
    return {
        key: len(value)
        for key, value in answers.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    }
