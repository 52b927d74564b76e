"""What must hold of every page: well formed, named, each field labelled, nothing inline.

`Reader` is a test client that looks at every HTML answer it gets, so a test need not think of it.
"""

import re

import html5lib
from flask.testing import FlaskClient
from lxml import html

# Between one page and the next mostly words and values change; what can be malformed is the markup around
# them. Anything with a sign of markup in it stays.
VALUES = re.compile(r'="[^"<>&]*"')
WORDS = re.compile(r">[^<>&]+<")
BUTTONS = {"hidden", "submit", "button", "image", "reset"}
HANDLER = re.compile(r"on[a-z]+")
KNOWN = set()


class BadPage(AssertionError):
    """A page that breaks one of the rules."""


def check(text, *, fragment=False):
    """The page as a tree, after every rule was looked at; raises BadPage."""
    _well_formed(text, fragment)
    tree = html.fromstring(text) if not fragment else html.fragment_fromstring(text, create_parent="div")
    faults = [fault for rule in (ONCE if fragment else (*ONCE, *WHOLE)) for fault in rule(tree)]
    if faults:
        raise BadPage("\n".join(faults))
    return tree


def _well_formed(text, fragment):
    shape = hash((fragment, WORDS.sub("><", VALUES.sub("=", text))))
    if shape in KNOWN:
        return
    parser = html5lib.HTMLParser(strict=True)
    try:
        if fragment:
            parser.parseFragment(text)
        else:
            parser.parse(text)
    except html5lib.html5parser.ParseError as error:
        line, column = parser.tokenizer.stream.position()
        where = "\n".join(text.splitlines()[max(0, line - 2) : line + 1])
        raise BadPage(f"line {line}, column {column}: {error or parser.errors}\n{where}") from error
    KNOWN.add(shape)


def _title(tree):
    found = tree.findtext(".//title") or ""
    return [] if found.strip(" -乡审") else ["a page without a title"]


def _one_heading(tree):
    count = len(tree.findall(".//h1"))
    return [] if count == 1 else [f"{count} first headings"]


def _language(tree):
    return [] if tree.get("lang") == "zh-CN" else ["the language is not said"]


def _labels(tree):
    labelled = {label.get("for") for label in tree.iter("label")}
    return [
        f"no label: {html.tostring(field, encoding='unicode', with_tail=False)[:200]}"
        for field in tree.iter("input", "select", "textarea")
        if field.get("type") not in BUTTONS and field.get("hidden") != "" and not _named(field, labelled)
    ]


def _named(field, labelled):
    if field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby"):
        return True
    return any(parent.tag == "label" for parent in field.iterancestors())


def _nothing_inline(tree):
    faults = [f"style element: {style.text}" for style in tree.iter("style")]
    faults += ["inline script" for script in tree.iter("script") if not script.get("src")]
    for element in tree.iter(html.etree.Element):
        faults += [
            f"{name} on {element.tag}"
            for name, value in element.items()
            if name == "style" or HANDLER.fullmatch(name) or value.lstrip().lower().startswith("javascript:")
        ]
    return faults


def _ids(tree):
    seen = set()
    faults = []
    for element in tree.iter(html.etree.Element):
        found = element.get("id")
        if found in seen:
            faults.append(f"two elements with the id {found}")
        if found is not None:
            seen.add(found)
            faults += [] if found.strip() and " " not in found else [f"an id like “{found}”"]
    return faults + [
        f"{name}={target} leads nowhere"
        for element in tree.iter(html.etree.Element)
        for name in ("for", "aria-describedby", "aria-labelledby", "form")
        for target in (element.get(name) or "").split()
        if target not in seen
    ]


def _named_buttons(tree):
    return [
        f"a button or link without words: {html.tostring(button, encoding='unicode', with_tail=False)[:200]}"
        for button in tree.iter("button", "a", "summary")
        if not (button.text_content().strip() or button.get("aria-label"))
        and not any(picture.get("alt") for picture in button.iter("img"))
        and not (button.tag == "a" and button.get("href") is None)
    ]


def _pictures(tree):
    return [
        f"a picture without alt: {picture.get('src')}"
        for picture in tree.iter("img")
        if picture.get("alt") is None
    ]


def _forms(tree):
    return [
        f"a form without its token: {form.get('action')}"
        for form in tree.iter("form")
        if form.get("method", "get").lower() == "post"
        and not any(field.get("name") == "csrf_token" for field in form.iter("input"))
    ]


ONCE = (_labels, _nothing_inline, _ids, _named_buttons, _pictures, _forms)
WHOLE = (_title, _one_heading, _language)


class Reader(FlaskClient):
    """A test client that reads every HTML answer strictly."""

    def open(self, *args, **options):
        answer = super().open(*args, **options)
        if answer.mimetype == "text/html" and answer.data and not answer.location:
            asked = answer.request.headers
            check(answer.text, fragment=bool(asked.get("HX-Request") and not asked.get("HX-Boosted")))
            _headers(answer)
        return answer


def _headers(answer):
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or re.search(r"script-src[^;]*unsafe", policy):
        raise BadPage(f"Content-Security-Policy: {policy}")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        raise BadPage("X-Content-Type-Options is missing")
