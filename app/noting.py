"""Requests that no command took down: refused at the door, sent without a change, or taking a file along.

A command leaves its own entry; what never came to one would leave none. So the answer is looked at once it
stands, whatever view made it, and a view cannot forget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from flask import g, request
from werkzeug.exceptions import BadRequest

from app import door
from workflows.commands import Command, Context
from workflows.errors import Refusal

if TYPE_CHECKING:
    from flask import Response

LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
FILES = ("application/pdf", "application/vnd.", "text/csv", "application/zip")
AWAY = 500
LONGEST_ADDRESS, LONGEST_SENTENCE = 200, 300

SENT, TAKEN = "sent", "taken"
"""What is noted of an answer that refuses nothing: something was sent, or taken along or printed."""

log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRequest(Command[None]):
    """Take down what somebody asked of an address: ``what`` was done, or with which ``code`` it was refused.

    Of the address its path stands here, never what was typed.
    """

    method: str
    address: str
    status: int
    what: str = ""
    code: str = ""
    sentence: str = ""

    def authorise(self, ctx: Context) -> None:
        """Whoever asks; it is no right of theirs."""

    def run(self, ctx: Context) -> None:
        asked = {"method": self.method, "address": self.address, "status": self.status}
        if self.code:
            ctx.record("refused", code=self.code, sentence=self.sentence, asked=asked)
        else:
            ctx.record("requests", what=self.what, **asked)


def note(response: Response) -> Response:
    """Leave an entry for a request that no command took down and that the trail must not miss."""
    asked = _asked(response)
    if asked is None or g.get("told"):
        return response
    try:
        door.executor().execute(asked, by=door.current_actor())
    except Refusal as refusal:
        # A database that is away cannot be written to; the request's own answer stands.
        log.warning("request not noted", path=asked.address, code=refusal.code)
    return response


def _asked(response: Response) -> NoteRequest | None:
    """What there is to say of the request; None where it only looked at a page."""
    status, said = response.status_code, {}
    if status >= AWAY:
        return None
    if status >= BadRequest.code and _is_refusal(status):
        code, sentence = g.get("refused", (f"http.{status}", ""))
        said = {"code": code, "sentence": sentence[:LONGEST_SENTENCE]}
    elif request.method not in LOOKING:
        said = {"what": SENT}
    elif status < BadRequest.code and _takes_along(response):
        said = {"what": TAKEN}
    else:
        return None
    address = request.path[:LONGEST_ADDRESS]
    return NoteRequest(method=request.method, address=address, status=status, **said)


def _is_refusal(status: int) -> bool:
    """Whatever was sent and refused, and pages that somebody signed in may not see or know of."""
    if request.method not in LOOKING:
        return True
    known = "refused" in g and door.current_actor().person_id is not None
    return known and (status == 403 or (status == 404 and not g.refused[0].startswith("http.")))


def _takes_along(response: Response) -> bool:
    """Whether the answer is a file, or a page made to be printed."""
    rule = request.url_rule.rule if request.url_rule else ""
    disposition = response.headers.get("Content-Disposition", "")
    return (
        disposition.startswith("attachment")
        or (response.mimetype or "").startswith(FILES)
        or rule.endswith("/print")
    )
