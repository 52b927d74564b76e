"""Reads of a person's own messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.messages.models import Message

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor


def messages(
    session: Session, actor: Actor, *, unread: bool = False, before: int | None = None, limit: int = 20
) -> list[Message]:
    """The actor's messages, newest first; only unread ones when asked."""
    asked = (
        select(Message).where(Message.person_id == actor.person_id).order_by(Message.id.desc()).limit(limit)
    )
    if unread:
        asked = asked.where(Message.read_at.is_(None))
    if before is not None:
        asked = asked.where(Message.id < before)
    return list(session.scalars(asked))


def count_unread(session: Session, actor: Actor) -> int:
    """How many messages the actor has not read."""
    if actor.person_id is None:
        return 0
    unread = select(func.count()).where(Message.person_id == actor.person_id, Message.read_at.is_(None))
    return session.scalar(unread) or 0
