"""One's own messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request

from app import policy
from app.door import current_actor, executor, perform, reading
from app.messages import queries
from app.messages.channels import NAMES
from app.messages.commands import ReadAllMessages, ReadMessage, UnknownMessage, WishMessages
from app.messages.occasions import GROUPS
from app.messages.sending import KINDS
from app.pages import PAGE_ROWS, decode_cursor, go, page, paged
from app.policy import allow
from workflows.errors import Invalid

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


@bp.get("/messages/<int:message_id>")
@allow(policy.signed_in)
def show(message_id: int) -> ResponseReturnValue:
    """One message: where the links of letters lead."""
    found = queries.message(reading(), current_actor(), message_id)
    if found is None:
        raise UnknownMessage
    return page("messages/show.html", message=found, way=queries.way(reading(), current_actor(), found))


@bp.post("/messages/<int:message_id>/read")
@allow(policy.signed_in)
def read(message_id: int) -> ResponseReturnValue:
    """Mark one as read, and go where it leads by now."""
    link = perform(ReadMessage(message_id=message_id))
    found = queries.message(reading(), current_actor(), message_id)
    way = queries.way(reading(), current_actor(), found) if found else None
    if way is not None:
        return redirect(way, code=303)
    return go("messages.index", "已读。所说的办件现在不由您经办，也不在您的查看范围内。" if link else None)


@bp.post("/messages/read")
@allow(policy.signed_in)
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    perform(ReadAllMessages())
    return go("messages.index", "全部标为已读。")


@bp.get("/me/messages")
@allow(policy.signed_in)
def wishes() -> ResponseReturnValue:
    """How one wants to be told outside the system."""
    return _wishes()


def _wishes(status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    wish, phone = queries.own_wish(reading(), current_actor())
    given = request.form
    return page(
        "messages/wishes.html",
        status,
        channels={name: NAMES[name] for name in _offered()},
        groups=GROUPS,
        chosen=set(given.getlist("channel")) if given else wish.channels,
        wanted=set(given.getlist("group")) if given else wish.groups,
        email=wish.email["mask"] if wish.email else "",
        phone=phone,
        typed=given.get("email", ""),
        errors=errors or {},
    )


def _offered() -> list[str]:
    ways = executor().host.deliverers.ways
    return [name for name, kind in KINDS.items() if kind in ways]


@bp.post("/me/messages")
@allow(policy.signed_in)
def wish_messages() -> ResponseReturnValue:
    """Keep how one wants to be told."""
    form = request.form
    command = WishMessages(
        offered=frozenset(_offered()),
        channels=frozenset(form.getlist("channel")),
        groups=frozenset(form.getlist("group")),
        email=form.get("email", ""),
        forget_email=form.get("forget_email") == "1",
    )
    try:
        perform(command)
    except Invalid as refusal:
        return _wishes(422, refusal.errors)
    return go("messages.wishes", "已保存。")
