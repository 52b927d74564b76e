"""A request answered once (Idempotency-Key): the same key again gets the same answer and no second effect."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, Text, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, UtcDateTime
from workflows.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from workflows.commands import Actor, Context


class OnceRecord(Base):
    """A request already answered: the same key again gets the same answer and no second effect."""

    __tablename__ = "once_record"

    actor: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key with the fingerprint of its request and how to keep the answer."""

    key: str
    request: bytes
    render: Callable[[Any], str]

    @property
    def stored_key(self) -> str:
        """The key as it is kept: its digest, however long it is."""
        return hashlib.sha256(self.key.encode()).hexdigest()

    @property
    def fingerprint(self) -> str:
        """What tells this request from another under the same key.

        Keyed by the key itself, which is not kept: a bare digest would let whoever reads the table guess
        the sealed numbers of a form whose other answers are known.
        """
        return hmac.new(self.key.encode(), self.request, hashlib.sha256).hexdigest()


class Replayed(Exception):
    """Raised instead of running twice; ``answer`` is what the first run answered."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


class KeyReused(Conflict):
    """An idempotency key came back with a different request."""

    code = "idempotency.key_reused"
    sentence = "该幂等键（Idempotency-Key）已用于另一个请求，请换用新的键。"


def _who(actor: Actor) -> str:
    device = hashlib.sha256(actor.device.encode()).hexdigest()[:40]
    return f"{actor.kind}:{actor.account_id or actor.person_id or device}"


def answered(session: Session, actor: Actor, once: Once) -> Row[str, str] | None:
    """Fingerprint and answer of the request this actor sent under this key before."""
    return session.execute(
        select(OnceRecord.fingerprint, OnceRecord.answer).where(
            OnceRecord.actor == _who(actor), OnceRecord.key == once.stored_key
        )
    ).one_or_none()


def refuse_replay(ctx: Context, once: Once) -> None:
    """Raise Replayed for a request already answered, KeyReused for another under the same key."""
    row = answered(ctx.session, ctx.actor, once)
    if row is None:
        return
    if row.fingerprint != once.fingerprint:
        raise KeyReused
    raise Replayed(row.answer)


def keep_answer(ctx: Context, once: Once, result: object) -> None:
    """Keep what was answered, in the transaction that brought it about."""
    ctx.session.execute(
        insert(OnceRecord).values(
            actor=_who(ctx.actor),
            key=once.stored_key,
            fingerprint=once.fingerprint,
            answer=once.render(result),
            at=ctx.now,
        )
    )
