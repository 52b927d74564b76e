"""What officers do with accounts: enter and stop them, lock and free them, end sessions, set the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from app.organisation.commands import CreateAccount, CreatePerson, OnlySecurityOfficer
from app.organisation.models import AUDIT_OFFICER, WORKING_KINDS, Account
from app.security import rules
from app.security.linking import linked
from app.security.models import SignInRule, Token, WebSession
from workflows.commands import Command, Context
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_SUBJECT = 200
LEAST_REASON, LONGEST_REASON = 4, 500


class WatchedByNobody(NotAllowed):
    """Whoever watches the officers is locked on the machine only."""

    code = "account.audit_officer"
    sentence = "审计管理员的账号只能在服务器控制台上停用或锁定。"


class NotOneself(NotAllowed):
    """Nobody locks the account they are signed in with."""

    code = "account.oneself"
    sentence = "不能锁定或解锁自己的账号。"


class NoSuchAccount(NotFound):
    """No account has this number."""

    code = "account.none"
    sentence = "没有找到这个账号。"


class NotLocked(Conflict):
    """There is nothing to free, or somebody was quicker."""

    code = "account.not_locked"
    sentence = "这个账号没有锁定，无需解锁。"


class LockedAlready(Conflict):
    """Locked is locked."""

    code = "account.locked_already"
    sentence = "这个账号已经锁定。"


class SessionOver(Conflict):
    """The session or token is not in use any more."""

    code = "session.over"
    sentence = "这个登录已经结束。"


def require_reason(reason: str) -> str:
    """The reason without its margins; raises Invalid."""
    found = reason.strip()
    if not LEAST_REASON <= len(found) <= LONGEST_REASON:
        raise Invalid({"reason": f"请写明原因，{LEAST_REASON} 至 {LONGEST_REASON} 字。"})
    return found


def _require_security_officer(ctx: Context) -> None:
    ctx.require(ctx.actor.kind == "console" or ctx.actor.holds("security_officer"), OnlySecurityOfficer)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterStaff(Command[int]):
    """Enter a person together with their account, both or neither; gives the account's id."""

    name: str
    username: str
    kind: str
    password_hash: str = field(repr=False)
    phone: dict[str, str] | None = field(default=None, repr=False)
    identity: dict[str, str] | None = field(default=None, repr=False)

    def authorise(self, ctx: Context) -> None:
        """The system officer, for accounts that work; an officer's account comes from the console."""
        self._account(0).authorise(ctx)

    def run(self, ctx: Context) -> int:
        """Both in one transaction, in one entry."""
        if self.kind not in WORKING_KINDS:
            raise Invalid({"kind": "请选择工作人员或农牧户。"})
        person = CreatePerson(name=self.name, phone=self.phone, identity=self.identity).run(ctx)
        return self._account(person).run(ctx)

    def _account(self, person_id: int) -> CreateAccount:
        return CreateAccount(
            person_id=person_id, username=self.username, kind=self.kind, password_hash=self.password_hash
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnAccount(Command[None]):
    """The security officer's act on one account, never on their own."""

    account_id: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        """The security officer; whoever watches them is out of reach."""
        _require_security_officer(ctx)
        ctx.require(self.account_id != ctx.actor.account_id, NotOneself)
        account = ctx.session.get(Account, self.account_id, with_for_update=True)
        if account is None:
            raise NoSuchAccount
        ctx.require(ctx.actor.kind == "console" or account.kind != AUDIT_OFFICER, WatchedByNobody)
        ctx.memory["account"] = account


@dataclass(frozen=True, slots=True, kw_only=True)
class LockAccount(_OnAccount):
    """Keep an account from being used until it is freed; its sessions and tokens end at once."""

    def run(self, ctx: Context) -> None:
        """Lock."""
        account: Account = ctx.memory["account"]
        reason = require_reason(self.reason)
        if account.barred_at is not None:
            raise LockedAlready
        account.barred_at = ctx.now
        account.session_epoch += 1
        ctx.record(f"account:{account.id}", account=account.id, username=account.username, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockAccount(_OnAccount):
    """Free an account, from the officer's lock and from that of wrong passwords."""

    def run(self, ctx: Context) -> None:
        """Free."""
        account: Account = ctx.memory["account"]
        reason = require_reason(self.reason)
        waits = account.locked_until is not None and account.locked_until > ctx.now
        if account.barred_at is None and not waits:
            raise NotLocked
        account.barred_at = account.locked_until = None
        account.failed_count = 0
        ctx.record(f"account:{account.id}", account=account.id, username=account.username, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSubject(_OnAccount):
    """Say by which subject the provider vouches for this account; an empty one takes the link away."""

    issuer: str
    subject: str

    def run(self, ctx: Context) -> None:
        """Link; sessions that are open go on, by whatever they were opened."""
        account: Account = ctx.memory["account"]
        reason, subject = require_reason(self.reason), self.subject.strip()
        if len(subject) > LONGEST_SUBJECT or any(sign.isspace() for sign in subject):
            raise Invalid({"subject": f"标识不超过 {LONGEST_SUBJECT} 个字符，不含空格。"})
        account.oidc_subject = linked(self.issuer, subject) if subject else None
        ctx.record(
            f"account:{account.id}",
            account=account.id,
            username=account.username,
            subject=account.oidc_subject,
            reason=reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Command[int]):
    """End one session of a page, or void one token of a program; ``at`` is the machine's time.

    Gives the account it was of.
    """

    session_id: int
    token: bool = False
    at: datetime

    def authorise(self, ctx: Context) -> None:
        """The security officer; whoever watches them is out of reach."""
        _require_security_officer(ctx)
        row: Token | WebSession | None
        if self.token:
            row = ctx.session.get(Token, self.session_id, with_for_update=True)
        else:
            row = ctx.session.get(WebSession, self.session_id, with_for_update=True)
        if row is None:
            raise SessionOver
        account = ctx.session.get_one(Account, row.account_id)
        ctx.require(ctx.actor.kind == "console" or account.kind != AUDIT_OFFICER, WatchedByNobody)
        ctx.memory["row"], ctx.memory["account"] = row, account

    def run(self, ctx: Context) -> int:
        """End it, once."""
        row: Token | WebSession = ctx.memory["row"]
        account: Account = ctx.memory["account"]
        if isinstance(row, Token):
            ctx.require(row.expires_at > self.at, SessionOver)
            row.expires_at = self.at
        else:
            ctx.require(row.ended_at is None, SessionOver)
            row.ended_at = self.at
        ctx.record(
            f"account:{account.id}",
            account=account.id,
            username=account.username,
            ended=row.id,
            token=self.token,
        )
        return account.id


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSignInRules(Command[None]):
    """Put other rules of signing in in force, at once and for everybody."""

    said: Mapping[str, int]
    reason: str

    def authorise(self, ctx: Context) -> None:
        """The security officer."""
        _require_security_officer(ctx)

    def run(self, ctx: Context) -> None:
        """Keep them beside the earlier ones, with who, when and why."""
        errors = rules.faults(self.said)
        if not LEAST_REASON <= len(self.reason.strip()) <= LONGEST_REASON:
            errors["reason"] = f"请写明原因，{LEAST_REASON} 至 {LONGEST_REASON} 字。"
        if errors:
            raise Invalid(errors)
        before = rules.current(ctx.session).said()
        row = SignInRule(
            said=rules.of(self.said).said(),
            why=self.reason.strip(),
            by_id=ctx.actor.person_id,
            by=ctx.actor.name,
            at=ctx.now,
        )
        ctx.session.add(row)
        changed = {name: value for name, value in row.said.items() if value != before.get(name)}
        ctx.record("sign-in-rules", changed=changed, reason=row.why)
