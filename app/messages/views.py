"""One's own messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from app import policy
from app.door import current_actor, perform, reading
from app.messages import queries
from app.messages.commands import ReadAllMessages, ReadMessage
from app.pages import PAGE_ROWS, decode_cursor, go, page, paged
from app.policy import allow

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("messages", __name__, template_folder="templates")


@bp.get("/messages")
@allow(policy.signed_in)
def index() -> ResponseReturnValue:
    """The messages, newest first."""
    after = decode_cursor(request.args.get("cursor"))
    before = after[0] if after and isinstance(after[0], int) else None
    unread = request.args.get("show") == "unread"
    found = queries.messages(reading(), current_actor(), unread=unread, before=before, limit=PAGE_ROWS + 1)
    listed = paged(found, PAGE_ROWS, lambda message: (message.id,))
    return page("messages/index.html", listed=listed, unread=unread, cursor=before)


@bp.post("/messages/<int:message_id>/read")
@allow(policy.signed_in)
def read(message_id: int) -> ResponseReturnValue:
    """Mark one as read, and go where it leads."""
    link = perform(ReadMessage(message_id=message_id))
    return redirect(link or url_for("messages.index"), code=303)


@bp.post("/messages/read")
@allow(policy.signed_in)
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    perform(ReadAllMessages())
    return go("messages.index", "全部标为已读。")
