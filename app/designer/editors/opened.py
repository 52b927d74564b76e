"""The amendment a page is about, and saving one of its files for whoever saw its revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from app import door
from app.designer import queries
from app.errors import status_of
from workflows.designing import amendments
from workflows.designing.amending import SaveAmendment
from workflows.designing.parts import Unusable
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.designing.amendments import Amendment


class NotSuch(Invalid):
    """What was sent to an editor cannot be done with the file."""

    code = "amendment.not_such"
    sentence = "{why}"


def opened(amendment_id: int) -> Amendment:
    """The amendment, where the person administers its procedure; raises UnknownAmendment."""
    return amendments.seen(door.reading(), door.current_actor(), amendment_id)


def hindrance(row: Amendment) -> str | None:
    """Why the files cannot be changed now; None when they can."""
    try:
        amendments.require_drafting(row)
    except Refusal as refusal:
        return str(refusal)
    return queries.hindrance(door.reading(), door.current_actor(), row) or None


def seen_revision() -> int:
    """The revision the person looked at, as their page sent it; 0, which is nobody's, where it did not."""
    sent = request.form.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def save(row: Amendment, changes: Mapping[str, str | None]) -> int:
    """Save files of the amendment; raises Overtaken and whatever else forbids it."""
    command = SaveAmendment(amendment_id=row.id, revision=seen_revision(), changes=changes)
    return door.perform(command)


def wrong(refusal: Refusal) -> tuple[str, int, Mapping[str, str]]:
    """What a page that was refused says: its sentence, its status, its sentences by field."""
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    status = 422 if isinstance(refusal, Unusable) else status_of(refusal)
    return str(refusal), status, errors
