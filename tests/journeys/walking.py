"""Every page somebody comes to by following links, found without a browser."""

import re
from collections import Counter, deque
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from app.messages.models import Message
from app.organisation import queries as people

LEADING = " | ".join(
    f"//{one}"
    for one in (
        "@href",
        "@data-href",
        "@src",
        "@data-xml",
        "@data-state",
        "@hx-get",
        "form[@method='get']/@action",
    )
)
"""Every way a page leads somewhere."""

PARTS = ("tab", "diagram", "show", "when", "state", "lamp")
"""What in an address chooses another part of a page, not only other rows of it."""

ALIKE = 2
"""So many pages of one kind are opened: the same page about another case shows nothing new."""


class Walk:
    """One person's way through everything that links lead to, from their first page on."""

    def __init__(self, town, username=None):
        self.town = town
        self.person = town.elsewhere(username) if username else town.stranger()
        self.reached = set()
        self.pages = []
        self._taken = Counter()
        self._adapter = town.app.url_map.bind("localhost")
        self._follow(["/", *self._from_outside(username)] if username else ["/notices"])

    def _from_outside(self, username):
        """Mails lead to a person's messages."""
        person = self.town.read(people.account_named, username).person_id
        newest = select(Message.id).where(Message.person_id == person).order_by(Message.id.desc()).limit(1)
        for number in self.town.read(lambda session: session.scalars(newest).all()):
            self.reached.add("GET /messages/<int:message_id>")
            yield f"/messages/{number}"

    def _follow(self, first):
        ahead = deque(first)
        seen = set(first)
        while ahead:
            address = ahead.popleft()
            page = self.person.open(address)
            assert page.status == 200, f"{address}: {page.status}"
            if not page.raw.startswith("<!doctype html>"):
                continue
            self.pages.append(page.path)
            for found, said in _links(page):
                if found not in seen and self._wanted(found, said):
                    seen.add(found)
                    ahead.append(found)

    def _wanted(self, address, said):
        """Whether to open it: a page of ours, of a kind not opened often enough yet."""
        parts = urlsplit(address)
        try:
            rule, values = self._adapter.match(parts.path, return_rule=True)
        except HTTPException:
            raise AssertionError(f"a link leads nowhere: {address}") from None
        self.reached.add(f"GET {rule.rule}")
        chosen = tuple(pair for pair in parse_qsl(parts.query) if pair[0] in PARTS)
        narrowed = frozenset(name for name, _ in parse_qsl(parts.query))
        # Something that belongs to a register or procedure looks as that one says.
        of = values.get("key") if len(values) > 1 else None
        kind = (rule.rule, of, chosen, narrowed, said)
        self._taken[kind] += 1
        return rule.endpoint != "static" and self._taken[kind] <= ALIKE


def _links(page):
    """Where a page leads, and what the line it stands in says of how matters stand there."""
    for found in page.tree.xpath(LEADING):
        if found.startswith("/"):
            yield found, _standing(found.getparent())
        elif found.startswith("?"):
            yield urlsplit(page.path).path + found, None


def _standing(link):
    """The step in a row and whether somebody holds it; of an entry, which states are counted behind it."""
    line = next((one for one in link.iterancestors() if one.tag in ("tr", "li")), None)
    if line is None:
        return None
    if line.tag == "li":
        return "".join(re.findall(r"[^\d\s]+", "".join(line.xpath("./span//text()"))))
    cells = {cell.get("data-label"): cell.text_content().strip() for cell in line.iter("td")}
    if "环节" not in cells:
        return None
    held = cells.get("承办", "")
    return cells["环节"], held if held in ("", "待签收") else "有人承办"
