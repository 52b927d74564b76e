"""Messages are written when a promise is kept, and read by the person they are for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from app.messages.channels import EMAIL, NAMES, SMS
from app.messages.models import Message, MessageWish
from app.messages.occasions import GROUPS
from app.messages.sending import wish
from app.organisation.models import Account, Person
from app.outside import is_address
from app.security import sealing
from workflows import outbox
from workflows.commands import Command
from workflows.errors import Conflict, Invalid, NotFound
from workflows.outbox import OutboxEffect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement

    from workflows.commands import Context

LEAST_REASON = 4


class UnknownMessage(NotFound):
    """No such message, or somebody else's."""

    code = "message.unknown"
    sentence = "没有找到该消息。"


def write(
    ctx: Context, people: Iterable[int], text: str, *, link: str | None = None, case_number: str | None = None
) -> dict[int, int]:
    """Write one message to each of ``people``; gives person → message."""
    rows = [
        {"person_id": person, "text": text, "link": link, "case_number": case_number, "created_at": ctx.now}
        for person in dict.fromkeys(people)
    ]
    if not rows:
        return {}
    written = ctx.session.execute(insert(Message).returning(Message.person_id, Message.id), rows)
    return {row.person_id: row.id for row in written}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage(Command[str | None]):
    """Mark a message of one's own as read. Gives its link."""

    message_id: int

    def authorise(self, ctx: Context) -> None:
        """Only the person it is for; to anybody else it does not exist."""
        found = ctx.session.get(Message, self.message_id)
        ctx.require(found is not None and found.person_id == ctx.actor.person_id, UnknownMessage)

    def run(self, ctx: Context) -> str | None:
        """Note when; the first time counts."""
        found = ctx.session.get_one(Message, self.message_id)
        found.read_at = found.read_at or ctx.now
        ctx.record(f"person:{ctx.actor.person_id}", message=found.id)
        return found.link


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAllMessages(Command[None]):
    """Mark every message of one's own as read."""

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
        ctx.record(f"person:{ctx.actor.person_id}", messages="all")


@dataclass(frozen=True, slots=True, kw_only=True)
class WishMessages(Command[None]):
    """Say by which channels one wants to be told outside the system, and of what.

    ``offered`` are the channels one was asked about; what was said of others stays. ``email`` replaces the
    address on file; empty keeps it.
    """

    offered: frozenset[str]
    channels: frozenset[str]
    groups: frozenset[str]
    email: str = field(default="", repr=False)
    forget_email: bool = False

    def authorise(self, ctx: Context) -> None:
        """Whoever is signed in, for themselves."""
        ctx.require(ctx.actor.account_id is not None)

    def run(self, ctx: Context) -> None:
        """Keep it; the address sealed."""
        account = ctx.session.get_one(Account, ctx.actor.account_id)
        said = ctx.session.get(MessageWish, account.person_id)
        before = wish(account.kind, said)
        address = self._address(before.email)
        channels = (before.channels - self.offered) | (self.channels & self.offered & NAMES.keys())
        _require_reachable(ctx, account.person_id, channels & self.offered, address)
        if said is None:
            said = MessageWish(person_id=account.person_id)
            ctx.session.add(said)
        said.channels, said.groups = sorted(channels), sorted(self.groups & GROUPS.keys())
        said.email, said.changed_at = address, ctx.now
        ctx.record(
            f"account:{account.id}",
            channels=said.channels,
            groups=said.groups,
            email="changed" if address != before.email else "kept",
        )

    def _address(self, before: Any) -> Any:
        typed = self.email.strip()
        if not typed:
            return None if self.forget_email else before
        if not is_address(typed):
            raise Invalid({"email": "邮箱写法不对，应如 name@example.cn。"})
        return sealing.seal("email", typed)


def _require_reachable(ctx: Context, person_id: int, channels: Iterable[str], address: Any) -> None:
    """Nobody waits for letters that have no address."""
    if EMAIL in channels and not address:
        raise Invalid({"email": "要用电子邮件接收，请填写邮箱。"})
    if SMS in channels and not ctx.session.get_one(Person, person_id).phone:
        raise Invalid({"sms": "系统中没有您的手机号，请先联系管理员登记，再选短信。"})


class UnknownEffect(NotFound):
    """No such promise."""

    code = "effect.unknown"
    sentence = "没有找到该发送任务。"


class NothingWaits(Conflict):
    """It was delivered or given up meanwhile."""

    code = "effect.nothing_waits"
    sentence = "没有需要处理的发送任务：可能已经送出，或已被放弃。请刷新后再看。"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryEffects(Command[int]):
    """Try one open effect again at once, or all of a kind that failed. Gives how many."""

    effect_id: int | None = None
    kind: str = ""

    def authorise(self, ctx: Context) -> None:
        """The system officer."""
        ctx.require(ctx.actor.holds("system_officer"))

    def run(self, ctx: Context) -> int:
        """They are due now and have all their attempts before them."""
        chosen = _chosen(ctx, self.effect_id, self.kind)
        count = outbox.try_again(ctx, *chosen)
        ctx.require(count > 0, NothingWaits)
        ctx.record("sending", effect=self.effect_id, kind=self.kind, count=count)
        return count


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpEffects(Command[int]):
    """Let one open effect, or all of a kind that failed, go undelivered, with the reason. Gives how many."""

    effect_id: int | None = None
    kind: str = ""
    reason: str

    def authorise(self, ctx: Context) -> None:
        """The system officer."""
        ctx.require(ctx.actor.holds("system_officer"))

    def run(self, ctx: Context) -> int:
        """They stay in the table, marked."""
        reason = self.reason.strip()
        if len(reason) < LEAST_REASON:
            raise Invalid({"reason": f"请写明放弃的原因，至少 {LEAST_REASON} 个字。"})
        chosen = _chosen(ctx, self.effect_id, self.kind)
        count = outbox.give_up(ctx, *chosen)
        ctx.require(count > 0, NothingWaits)
        ctx.record("sending", effect=self.effect_id, kind=self.kind, count=count, reason=reason)
        return count


def _chosen(ctx: Context, effect_id: int | None, kind: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions of one effect, or of a kind's troubled ones."""
    if effect_id is None:
        deliverers = ctx.host.deliverers
        return outbox.troubled(kind, deliverers.ways, deliverers.outside)
    ctx.require(ctx.session.get(OutboxEffect, effect_id) is not None, UnknownEffect)
    return (OutboxEffect.id == effect_id,)
