"""Reads of a person's own messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app import scope
from app.messages.models import Message, MessageWish
from app.messages.sending import Wish, wish
from app.organisation.models import Account, Person
from workflows import handling, withholding
from workflows.cases import Case, UnknownCase
from workflows.work_items import WorkItem, may_act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

_ITEM = re.compile(r"/items/(\d{1,18})")
_CASE = re.compile(r"/cases/([^/]+)")


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


def message(session: Session, actor: Actor, message_id: int) -> Message | None:
    """One message of the actor's own; None for anybody else's."""
    found = session.get(Message, message_id)
    return found if found is not None and found.person_id == actor.person_id else None


def way(session: Session, actor: Actor, found: Message) -> str | None:
    """Where a message leads by now; None when there is nothing (any more) that the actor may open.

    An item that is done or somebody else's by now leads to its case; whoever may not open that is led to
    the page about it that is for them.
    """
    if found.link is None:
        return None
    of_item, of_case = _ITEM.fullmatch(found.link), _CASE.fullmatch(found.link)
    if of_item is None and of_case is None:
        return found.link
    if of_item is not None and _is_to_do(session, actor, int(of_item[1])):
        return found.link
    number = (of_case[1] if of_case else found.case_number) or ""
    try:
        return f"/cases/{scope.readable(session, actor, number).number}"
    except UnknownCase:
        return _beside(session, actor, number)


def _beside(session: Session, actor: Actor, number: str) -> str | None:
    """Where those go who may not open the case: its administrator, and a household somebody applied for."""
    case = session.scalar(select(Case).where(Case.number == number))
    if case is not None and handling.administers(session, actor, case):
        return f"/handling/{case.number}"
    return f"/progress?number={number}" if case is not None and actor.holds("household") else None


def _is_to_do(session: Session, actor: Actor, item_id: int) -> bool:
    item = session.get(WorkItem, item_id)
    if item is None or withholding.is_kept(session, actor, item.case_id):
        return False
    return may_act(item, actor)


def own_wish(session: Session, actor: Actor) -> tuple[Wish, str]:
    """What the actor wants to be told outside the system, and the mask of their phone, empty for none."""
    kind, phone, said = session.execute(
        select(Account.kind, Person.phone, MessageWish)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(MessageWish, MessageWish.person_id == Account.person_id)
        .where(Account.id == actor.account_id)
    ).one()
    return wish(kind, said), str(phone["mask"]) if phone else ""
