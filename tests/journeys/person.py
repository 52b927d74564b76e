"""Someone at a browser without script: opens pages, fills in what they show, presses what they offer."""

import io
import re
from functools import cached_property
from urllib.parse import urlsplit

from lxml import html
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests import pages

SIGNED_OUT = "/sign-in"


def picture(number=1, size=(48, 36), kind="PNG"):
    """A small picture; another number gives another content."""
    made = io.BytesIO()
    Image.new("RGB", size, (40 * number % 256, 90, 140)).save(made, kind)
    return made.getvalue()


class NotOffered(AssertionError):
    """The page has no such field, option or button."""


class Page:
    """One answer, read."""

    def __init__(self, answer):
        self.status = answer.status_code
        self.path = answer.request.full_path.rstrip("?")
        self.headers = answer.headers
        self.raw = answer.text if answer.mimetype.startswith("text/") else ""

    @cached_property
    def tree(self):
        """The document."""
        return html.fromstring(self.raw)

    @cached_property
    def words(self):
        """What stands on the page, on one line."""
        return read(self.tree.find(".//main"))

    def says(self, words):
        """Whether the page says so, wherever its lines break."""
        return words.replace(" ", "") in self.words.replace(" ", "")

    @property
    def number(self):
        """The number of the case the page is about."""
        return re.search(r"\bFP0[18]DS-\d{4}-\d{6}\b", self.words)[0]

    def css(self, selector):
        """Every element that a plain CSS selector finds."""
        return self.tree.xpath(xpath(selector))

    def all(self, selector):
        """The words of every element that a CSS selector finds."""
        return [read(one) for one in self.css(selector)]

    @property
    def rows(self):
        """The lines of the page's list."""
        return self.css("table.items tbody tr")

    def one(self, selector):
        """The only element that a CSS selector finds."""
        found = self.css(selector)
        if len(found) != 1:
            raise NotOffered(f"{len(found)} of {selector} on {self.path}: {self.words[:300]}")
        return found[0]

    def error(self, path):
        """What stands in red beside the field."""
        return "".join(self.errors.get(path, ()))

    @cached_property
    def errors(self):
        """Every complaint beside a field, by the field's path."""
        found = {}
        for complaint in self.css(".invalid-feedback"):
            found.setdefault(_field_of(complaint), []).append(read(complaint))
        return found

    @property
    def problem(self):
        """The sentence on top that says why it was not done."""
        return " ".join(self.all(".said-problem, .alert-problem, [role=alert]"))

    def link(self, words):
        """Where the link with these words leads."""
        for one in self.tree.iter("a"):
            if words in read(one):
                return one.get("href")
        raise NotOffered(f"no link “{words}” on {self.path}")

    def button(self, words):
        """The button with these words."""
        for one in self.tree.iter("button"):
            if read(one) == words or read(one).startswith(words + "："):
                return one
        raise NotOffered(f"no button “{words}” on {self.path}: {[read(b) for b in self.tree.iter('button')]}")

    @property
    def token(self):
        """What a form of this session must carry."""
        return self.one("meta[name=csrf-token]").get("content")

    @property
    def buttons(self):
        """The words of every button."""
        return [read(one) for one in self.tree.iter("button") if not _in_template(one)]

    def form(self, selector):
        """What a form would send if it were sent as it stands."""
        return _standing(self.one(selector), self.tree)

    def typed(self, path):
        """What stands in a field."""
        return [
            value
            for form in self.tree.iter("form")
            for name, value in _standing(form, self.tree)
            if name == path
        ]


def _field_of(complaint):
    """The path of the field a complaint stands beside; its own name where the page asks in its own way."""
    for one in complaint.iterancestors():
        if one.get("data-field"):
            return one.get("data-field")
        if one.get("class") == "field" and one.get("id"):
            return one.get("id").rpartition("-")[2]
    return complaint.get("id", "").removesuffix("-error")


def xpath(selector):
    """A plain CSS selector (tags, classes, ids, attributes, descendants, commas) as XPath."""
    return "|".join("//" + "//".join(map(_step, one.split())) for one in selector.split(","))


def _step(part):
    tag, conditions = re.match(r"[\w*]*", part)[0] or "*", ""
    for mark, name, attribute, value in re.findall(r"([.#])([\w-]+)|\[([\w-]+)(?:=([^\]]*))?\]", part):
        if mark == ".":
            conditions += f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
        elif mark == "#":
            conditions += f"[@id='{name}']"
        else:
            conditions += f"[@{attribute}='{value}']" if value else f"[@{attribute}]"
    return tag + conditions


def read(element):
    """Words as a reader takes them in: white space is one blank, what is hidden from everybody left out."""
    if element is None:
        return ""
    kept = [text for text in element.itertext(with_tail=True) if text.strip()]
    return re.sub(r"\s+", " ", " ".join(kept)).strip()


class Person:
    """A browser with its cookies; the application behind it may be another one at the next request."""

    def __init__(self, town):
        self.town = town
        self.cookies = {}
        self.page = None

    def _client(self):
        client = self.town.app.test_client()
        client._cookies = self.cookies
        return client

    def ask(self, method, address, **options):
        """One request, no redirect followed; the bare answer."""
        return self._client().open(address, method=method, buffered=True, **options)

    def open(self, address, **options):
        """Follow a link."""
        return self._arrive(self.ask("GET", address, **options))

    def _arrive(self, answer):
        hops = 0
        while answer.status_code in (301, 302, 303, 307, 308):
            hops += 1
            assert hops < 6, f"led in a circle: {answer.location}"
            answer = self.ask("GET", answer.location)
        self.page = Page(answer)
        return self.page

    def sign_in(self, username, password):
        """Sign in at the page for it."""
        self.open(SIGNED_OUT)
        self.page = self.press("登录", username=username, password=password)
        return self

    # Filling in

    def press(self, words, files=(), page=None, **values):
        """Fill in and press the button with these words."""
        page = page or self.page
        return self.send(page, page.button(words), values, files)

    def send(self, page, button, values=(), files=()):
        """What the browser sends when this button of this page is pressed; where that leads."""
        address, method, sent = posted(page, button, values)
        options = {"data": MultiDict(sent)}
        for name, (content, filename) in files:
            options["data"].add(name, FileStorage(io.BytesIO(content), filename, name))
        if method == "GET":
            return self.open(address, query_string=MultiDict(sent))
        if files:
            boundary, options["data"] = encode_multipart(options["data"])
            options["content_type"] = f'multipart/form-data; boundary="{boundary}"'
        return self._arrive(self.ask("POST", address, **options))

    def fill(self, page, answers):
        """The page's main form with these answers in it: (fields, files), pressing for rows where needed."""
        for key, value in answers.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                page = self._rows(page, key, value)
        fields, files = {}, []
        for key, value in _flat(answers):
            if page.tree.xpath("//input[@type='file'][@name=$name]", name=key):
                files += [(key, (picture(number), f"{number}.png")) for number in value[:1]]
            else:
                fields[key] = value
        return page, fields, files

    def _rows(self, page, key, rows):
        """The page with as many rows as there are answers."""
        for _ in range(60):
            shown = [row.get("id") for row in _entries(page, key)]
            if len(shown) == len(rows):
                return page
            act, which = ("_add", key) if len(shown) < len(rows) else ("_remove", f"{key}.{len(shown) - 1}")
            page = self.send(page, _one_button(page, act, which))
            assert page.status == 200, page.words
        raise NotOffered(f"{len(rows)} rows of {key}")

    def start(self, procedure, answers, division=None):
        """Apply: open the procedure's form, fill it in, press its button."""
        page = self.open(f"/procedures/{procedure}/start")
        assert page.status == 200, page.words
        page, fields, files = self.fill(page, answers)
        if division:
            fields["_division"] = division
        button = page.one(".actions button.btn-primary")
        return self.send(page, button, fields, files)

    def item_rows(self, number):
        """Where the lines of my list that are about a case lead."""
        return [row.get("data-href") for row in self.open("/", query_string={"q": number}).rows]

    def item(self, number):
        """The page of what waits for me in a case, found in my own list."""
        found = self.item_rows(number)
        if len(found) != 1:
            raise NotOffered(f"{len(found)} items for {number}: {self.page.words[:200]}")
        return self.open(found[0])

    def complete(self, number, answers, page=None):
        """Do what waits for me in a case."""
        return self.send(*self.about_to(number, answers, page))

    def about_to(self, number, answers, page=None):
        """Everything filled in, the finger on the button: what `send` takes."""
        page, fields, files = self.fill(page or self.item(number), answers)
        conclusion = fields.pop("conclusion", None)
        if conclusion is None:
            return page, page.one(".actions button.actions-primary"), fields, files
        return page, _one_button(page, "_conclude", conclusion), fields, files

    def case(self, number, tab=None):
        """The page of a case."""
        return self.open(f"/cases/{number}", query_string={"tab": tab} if tab else None)


def posted(page, button, values):
    """Address, method and pairs of a form when `button` is pressed with `values` in its fields."""
    form = _form_of(page, button)
    pairs = [(name, value) for name, value in _standing(form, page.tree)]
    for name, value in dict(values).items():
        _require_offered(form, page.tree, name, value)
        pairs = [pair for pair in pairs if pair[0] != name]
        pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
    if button.get("name"):
        pairs.append((button.get("name"), button.get("value", "")))
    address = button.get("formaction") or form.get("action") or page.path
    return urlsplit(address)._replace(scheme="", netloc="").geturl(), form.get("method", "get").upper(), pairs


def _form_of(page, button):
    named = button.get("form")
    if named:
        return page.one(f"form#{named}")
    return next(one for one in button.iterancestors() if one.tag == "form")


def _controls(form, tree):
    inside = [one for one in form.iter("input", "select", "textarea") if not _in_template(one)]
    if form.get("id"):
        inside += tree.xpath(
            "//*[self::input or self::select or self::textarea][@form=$id]", id=form.get("id")
        )
    return [one for one in inside if one.get("name") and one.get("disabled") is None]


def _in_template(element):
    return any(one.tag in ("template", "noscript") for one in element.iterancestors())


def _standing(form, tree):
    """Name and value of every control as a browser would send it."""
    found = []
    for one in _controls(form, tree):
        kind = one.get("type", "text")
        if one.tag == "textarea":
            found.append((one.get("name"), (one.text or "").removeprefix("\n")))
        elif one.tag == "select":
            found += [(one.get("name"), _worth(option)) for option in _chosen(one)]
        elif kind in ("checkbox", "radio"):
            found += [(one.get("name"), one.get("value", "on"))] if one.get("checked") is not None else []
        elif kind not in ("file", "submit", "button"):
            found.append((one.get("name"), one.get("value", "")))
    return found


def _worth(option):
    return option.get("value") if option.get("value") is not None else read(option)


def _chosen(select):
    options = list(select.iter("option"))
    return [one for one in options if one.get("selected") is not None] or options[:1]


def _require_offered(form, tree, name, value):
    """A person can only fill in what is there and choose what is offered."""
    fields = [one for one in _controls(form, tree) if one.get("name") == name]
    if not fields:
        raise NotOffered(f"no field {name}")
    offered = [_worth(option) for one in fields for option in one.iter("option")]
    offered += [one.get("value") for one in fields if one.get("type") in ("checkbox", "radio")]
    if offered and not {*(value if isinstance(value, list) else [value])} - {""} <= set(offered):
        raise NotOffered(f"{name}: {value} is not among {offered}")


def _flat(answers, prefix=""):
    """Answers as fields carry them: one name and one text, or several, for each."""
    for key, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                yield from _flat(row, f"{prefix}{key}.{number}.")
        elif isinstance(value, bool):
            yield prefix + key, ["true"] if value else []
        elif isinstance(value, list):
            yield prefix + key, value
        else:
            yield prefix + key, str(value)


def _entries(page, key):
    return [
        row for row in page.tree.xpath("//*[@data-rows=$key]//*[@data-row]", key=key) if not _in_template(row)
    ]


def _one_button(page, name, value):
    for one in page.tree.iter("button"):
        if (one.get("name"), one.get("value")) == (name, value) and not _in_template(one):
            return one
    raise NotOffered(f"no button {name}={value} on {page.path}: {page.words[:300]}")


__all__ = ["NotOffered", "Page", "Person", "pages", "picture", "posted", "read"]
