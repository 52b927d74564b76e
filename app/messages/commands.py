"""Messages are written when a promise is kept, and read by the person they are for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from app.messages.models import Message
from workflows.commands import Command
from workflows.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.commands import Context


class UnknownMessage(NotFound):
    """No such message, or somebody else's."""

    code = "message.unknown"
    sentence = "没有找到该消息。"


def write(
    ctx: Context, people: Iterable[int], text: str, *, link: str | None = None, case_number: str | None = None
) -> int:
    """Write one message to each of ``people``; gives how many."""
    rows = [
        {"person_id": person, "text": text, "link": link, "case_number": case_number, "created_at": ctx.now}
        for person in dict.fromkeys(people)
    ]
    if rows:
        ctx.session.execute(insert(Message), rows)
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage(Command[str | None]):
    """Mark a message of one's own as read. Gives its link."""

    recorded = False

    message_id: int

    def authorise(self, ctx: Context) -> None:
        """Only the person it is for; to anybody else it does not exist."""
        found = ctx.session.get(Message, self.message_id)
        ctx.require(found is not None and found.person_id == ctx.actor.person_id, UnknownMessage)

    def run(self, ctx: Context) -> str | None:
        """Note when; the first time counts."""
        found = ctx.session.get_one(Message, self.message_id)
        found.read_at = found.read_at or ctx.now
        return found.link


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAllMessages(Command[None]):
    """Mark every message of one's own as read."""

    recorded = False

    def authorise(self, ctx: Context) -> None:
        """Whoever is signed in."""
        ctx.require(ctx.actor.person_id is not None)

    def run(self, ctx: Context) -> None:
        """Note when, on those still unread."""
        ctx.session.execute(
            update(Message)
            .where(Message.person_id == ctx.actor.person_id, Message.read_at.is_(None))
            .values(read_at=ctx.now)
        )
