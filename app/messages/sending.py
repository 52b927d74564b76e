"""Messages on their way outside: who wants them by which channel, and what a letter carries.

A letter says the occasion, the step, the case's number and where to read on. It never says whom the case is
about, and never repeats a text that a diagram wrote: whoever sees a phone lying about learns of nobody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.messages import occasions
from app.messages.channels import EMAIL, NAMES, SMS, WEBHOOK, Letter
from app.messages.models import Message, MessageWish
from app.organisation.models import CASEWORK, Account, Person
from app.security import sealing
from workflows import outbox, withholding
from workflows.cases import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from app.messages.channels import Channels
    from workflows.commands import Context
    from workflows.ports import Effect
    from workflows.work_items import WorkItem

PREFIX = "message."

KINDS = {channel: f"{PREFIX}{channel}" for channel in NAMES}
"""The kind of effect that a letter by each channel is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants: by which channels, of which groups of occasions, to which address."""

    channels: frozenset[str]
    groups: frozenset[str]
    email: Mapping[str, Any] | None = None


def wish(kind: str, said: MessageWish | None) -> Wish:
    """What someone wants who has said so, or has not.

    Unasked, staff are told by the office's own platform; mail and short messages are for who wants them.
    """
    if said is None:
        unasked = {WEBHOOK} if kind == CASEWORK else set()
        return Wish(frozenset(unasked), frozenset(occasions.GROUPS))
    return Wish(frozenset(said.channels), frozenset(said.groups), said.email)


def may_learn(session: Session, number: object, people: Sequence[int]) -> list[int]:
    """Those of the people who may learn of the case: never whom it complains of, save who handed it in."""
    asked = select(Case.id, Case.started_by_id).where(Case.number == number, Case.kept)
    kept = session.execute(asked).one_or_none()
    if kept is None:
        return list(people)
    withheld = withholding.people(session, kept.id) - {kept.started_by_id}
    return [person for person in people if person not in withheld]


def promise(
    ctx: Context,
    payload: Mapping[str, Any],
    item: WorkItem | None,
    written: Mapping[int, int],
    channels: Collection[str],
) -> None:
    """Promise a letter for each person and channel, so that each is tried again on its own."""
    if not written or not channels:
        return
    group, text = occasions.of(payload).group, occasions.outside(payload, item)
    for row in _reached(ctx.session, written):
        wanted = wish(row.kind, row.MessageWish)
        if group not in wanted.groups:
            continue
        for channel in sorted(wanted.channels.intersection(channels)):
            if _address(channel, row, wanted) is not None:
                outbox.promise(
                    ctx,
                    KINDS[channel],
                    key=secrets.token_hex(16),
                    message=written[row.person_id],
                    group=group,
                    text=text,
                )


def prepare(session: Session, channels: Channels, effect: Effect) -> Callable[[], None] | None:
    """What sends the letter; None when the person has read the message, or no longer wants or may have it."""
    message = session.get(Message, effect.payload["message"])
    if message is None or message.read_at is not None:
        return None
    person = next(iter(_reached(session, may_learn(session, message.case_number, [message.person_id]))), None)
    channel = effect.kind.removeprefix(PREFIX)
    if person is None:
        return None
    wanted = wish(person.kind, person.MessageWish)
    if channel not in wanted.channels or effect.payload["group"] not in wanted.groups:
        return None
    to = _address(channel, person, wanted)
    if to is None:
        return None
    letter = Letter(
        key=effect.payload["key"],
        to=to if isinstance(to, str) else sealing.unseal(to),
        text=effect.payload["text"],
        link=f"{channels.public_url}/messages/{message.id}",
        case_number=message.case_number,
        promised_at=message.created_at,
    )
    return partial(channels.open[channel].send, letter)


def _reached(session: Session, people: Iterable[int]) -> Sequence[Row[Any]]:
    """The people who can sign in, each with what they wish."""
    query = (
        select(Account.person_id, Account.kind, Account.username, Person.phone, MessageWish)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(MessageWish, MessageWish.person_id == Account.person_id)
        .where(Account.person_id.in_(list(people)), Account.active)
        .order_by(Account.person_id)
    )
    return session.execute(query).all()


def _address(channel: str, person: Row[Any], wanted: Wish) -> Mapping[str, Any] | str | None:
    """Where the channel finds the person, sealed where it is personal; None when unknown."""
    if channel == EMAIL:
        return wanted.email
    phone: Mapping[str, Any] | None = person.phone
    return phone if channel == SMS else str(person.username)
