"""Signing in and out, passwords, tokens, and uncovering a sealed value."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app import scope
from app.organisation.models import CASEWORK, OFFICER_KINDS, Account
from app.security import factors, rules, sealing
from app.security.models import EarlierPassword, Token, WebSession
from app.security.passwords import Proof
from workflows.cases import Case
from workflows.commands import Command, Context
from workflows.errors import Invalid, NotAllowed

PASSWORD = "password"  # noqa: S105 (the name of a way in)
TOKEN_BYTES = 32
LEAST_REASON = 4


class SignInRefused(NotAllowed):
    """One sentence for every way signing in fails: it never tells whether the user name exists."""

    code = "sign_in.refused"
    sentence = "用户名或密码不正确，或账号已锁定（连续输错会暂时锁定）。请核对后再试。"


class PasswordChangedMeanwhile(NotAllowed):
    """The present password given does not open the account any more, or never did."""

    code = "password.wrong"
    sentence = "当前密码不正确。"


class NotSealed(Invalid):
    """There is nothing to uncover in that field."""

    code = "reveal.not_sealed"
    sentence = "该字段没有加密保存的内容。"


@dataclass(frozen=True, slots=True, kw_only=True)
class TryPage(Command[None]):
    """Somebody signed in asked for a page that is not theirs: refused, which is what stays on record."""

    endpoint: str

    def authorise(self, ctx: Context) -> None:
        """Never."""
        raise NotAllowed

    def run(self, ctx: Context) -> None:
        """Nothing is done."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that was opened, the epoch it is in, and the session that began."""

    account_id: int
    epoch: int
    session_id: int


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password was right; a code of the phone is still to come, for the account in this epoch."""

    account_id: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, readable this once."""

    token: str = field(repr=False)
    expires_at: datetime


def _open(ctx: Context, proof: Proof) -> Account | None:
    """Count the attempt and give the account if it may be opened.

    A failure is returned, not raised: its count has to outlive the transaction.
    """
    if proof.account_id is None:
        ctx.record("sign-in", opened=False, username=proof.username)
        return None
    account = ctx.session.get_one(Account, proof.account_id, with_for_update=True)
    in_force = rules.current(ctx.session)
    opened = bool(
        proof.matched
        and account.active
        and account.barred_at is None
        and (in_force.password_allowed or account.kind != CASEWORK)
        and account.password_hash == proof.against
        and (account.locked_until is None or account.locked_until <= ctx.now)
    )
    if opened:
        # Who knows the password only must not thereby get more tries at the code.
        _forgive(account, only_if=account.factor_at is None)
        account.must_change |= _outlived(account, in_force, ctx.now)
    elif account.locked_until is None or account.locked_until <= ctx.now:
        _count_failure(account, in_force, ctx.now)
    locked = account.locked_until.isoformat() if account.locked_until else None
    ctx.record(
        f"account:{account.id}",
        opened=opened,
        method=PASSWORD,
        username=account.username,
        person=account.person_id,
        failures=account.failed_count,
        locked_until=locked,
    )
    return account if opened else None


def _forgive(account: Account, *, only_if: bool = True) -> None:
    if only_if:
        account.failed_count, account.locked_until = 0, None


def _count_failure(account: Account, in_force: rules.Rules, now: datetime) -> None:
    account.locked_until = None
    account.failed_count += 1
    if account.failed_count >= in_force.failures_allowed:
        account.failed_count = 0
        account.locked_until = now + timedelta(minutes=in_force.locked_minutes)


def _outlived(account: Account, in_force: rules.Rules, now: datetime) -> bool:
    """Whether the password is older than it may get."""
    since = account.password_at or account.created_at
    days = in_force.password_days
    return days != rules.NEVER and now - since >= timedelta(days=days)


def begin_session(ctx: Context, account: Account, method: str, at: datetime) -> SignedIn:
    """Let a browser in: a row that can be ended alone. ``at`` is the machine's time."""
    row = WebSession(
        account_id=account.id,
        epoch=account.session_epoch,
        method=method,
        device=ctx.actor.device[:160],
        began_at=at,
    )
    ctx.session.add(row)
    ctx.session.flush()
    return SignedIn(account.id, account.session_epoch, row.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Command[SignedIn | NeedsCode | None]):
    """Open a session for whoever knows the password; None when refused, which is counted and recorded.

    Where the account has a second factor, a code is asked first. ``at`` is the machine's time, by which
    sessions run.
    """

    proof: Proof
    at: datetime | None = None

    def authorise(self, ctx: Context) -> None:
        """Anyone may try."""

    def run(self, ctx: Context) -> SignedIn | NeedsCode | None:
        account = _open(ctx, self.proof)
        if account is not None and account.factor_at is not None:
            ctx.record(ctx.stream, code_to_come=True)
            return NeedsCode(account.id, account.session_epoch)
        return begin_session(ctx, account, PASSWORD, self.at or ctx.now) if account else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInByCode(Command[SignedIn | None]):
    """Open the session of an account whose password was right, by a code; None when refused, and counted."""

    account_id: int
    epoch: int
    code: str = field(repr=False)
    at: datetime

    def authorise(self, ctx: Context) -> None:
        """Whoever's password was right a moment ago, which the signed cookie says."""

    def run(self, ctx: Context) -> SignedIn | None:
        account = ctx.session.get_one(Account, self.account_id, with_for_update=True)
        in_force = account.active and account.barred_at is None and account.session_epoch == self.epoch
        free = account.locked_until is None or account.locked_until <= ctx.now
        way = factors.accepted(ctx, account, self.code, self.at) if in_force and free else ""
        _forgive(account, only_if=bool(way))
        if not way and free:
            _count_failure(account, rules.current(ctx.session), ctx.now)
        ctx.record(f"account:{account.id}", opened=bool(way), username=account.username, way=way)
        return begin_session(ctx, account, f"{PASSWORD}+{way}", self.at) if way else None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken(Command[Issued | None]):
    """Give a program a bearer token; None when refused. ``issued_at`` is the machine's time."""

    proof: Proof
    issued_at: datetime
    hours: int = 12
    code: str = field(default="", repr=False)
    factor_needed: bool = False
    """Whether an officer without a second factor gets none."""

    def authorise(self, ctx: Context) -> None:
        """Anyone may try."""

    def run(self, ctx: Context) -> Issued | None:
        account = _open(ctx, self.proof)
        if account is None or not self._factor_shown(ctx, account):
            return None
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires = self.issued_at + timedelta(hours=self.hours)
        ctx.session.add(
            Token(
                account_id=account.id,
                hash=token_hash(token),
                epoch=account.session_epoch,
                created_at=self.issued_at,
                expires_at=expires,
            )
        )
        return Issued(token, expires)

    def _factor_shown(self, ctx: Context, account: Account) -> bool:
        if account.factor_at is None:
            missing = self.factor_needed and account.kind in OFFICER_KINDS
            ctx.record(ctx.stream, opened=not missing)
            return not missing
        way = factors.accepted(ctx, account, self.code, self.issued_at)
        _forgive(account, only_if=bool(way))
        if not way:
            _count_failure(account, rules.current(ctx.session), ctx.now)
        ctx.record(ctx.stream, opened=bool(way), way=way)
        return bool(way)


def token_hash(token: str) -> str:
    """What is kept of a token: it has 256 random bits, so a plain digest cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(Command[None]):
    """End every session and token of one's own account; ``everywhere`` False only notes the leaving."""

    everywhere: bool = False
    session_id: int | None = None
    at: datetime | None = None

    def authorise(self, ctx: Context) -> None:
        ctx.require(ctx.actor.account_id is not None)

    def run(self, ctx: Context) -> None:
        row = ctx.session.get(WebSession, self.session_id) if self.session_id else None
        if row is not None and row.account_id == ctx.actor.account_id:
            row.ended_at = row.ended_at or self.at or ctx.now
        if self.everywhere:
            account = ctx.session.get_one(Account, ctx.actor.account_id, with_for_update=True)
            account.session_epoch += 1
        ctx.record(f"account:{ctx.actor.account_id}", everywhere=self.everywhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword(Command[SignedIn]):
    """Replace one's own password; every other session ends, the new epoch is given back."""

    proof: Proof
    password_hash: str = field(repr=False)
    at: datetime | None = None

    def authorise(self, ctx: Context) -> None:
        ctx.require(ctx.actor.account_id is not None and self.proof.account_id == ctx.actor.account_id)
        ctx.require(self.proof.matched, PasswordChangedMeanwhile)

    def run(self, ctx: Context) -> SignedIn:
        account = ctx.session.get_one(Account, ctx.actor.account_id, with_for_update=True)
        ctx.require(account.password_hash == self.proof.against, PasswordChangedMeanwhile)
        left = EarlierPassword(account_id=account.id, hash=account.password_hash, until=ctx.now)
        ctx.session.add(left)
        account.password_hash, account.password_at = self.password_hash, ctx.now
        account.must_change = False
        account.session_epoch += 1
        ctx.record(f"account:{account.id}", epoch=account.session_epoch)
        return begin_session(ctx, account, PASSWORD, self.at or ctx.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword(Command[None]):
    """Set a first password for someone who lost theirs; they change it when they sign in."""

    account_id: int
    password_hash: str = field(repr=False)
    reason: str

    def authorise(self, ctx: Context) -> None:
        console = ctx.actor.kind == "console"
        account = ctx.session.get(Account, self.account_id, with_for_update=True)
        ctx.require(account is not None)
        # Whoever could reset an officer's password could become that officer.
        officer = account is not None and account.kind in OFFICER_KINDS
        ctx.require(console or (ctx.actor.holds("system_officer") and not officer))

    def run(self, ctx: Context) -> None:
        if len(self.reason.strip()) < LEAST_REASON:
            raise Invalid({"reason": f"请写明原因，至少 {LEAST_REASON} 个字。"})
        account = ctx.session.get_one(Account, self.account_id)
        account.password_hash = self.password_hash
        account.must_change = True
        account.failed_count, account.locked_until = 0, None
        account.session_epoch += 1
        ctx.record(f"account:{account.id}", reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealField(Command[str]):
    """Uncover one sealed value of a case for someone who may read it, with a reason; gives the plain text.

    ``path`` leads from the case's variables or its subject to the value: ``apply.members.0.id_number``,
    ``subject.identity``. Who, which field and why stay in the audit, the value itself does not.
    """

    case_id: int
    path: str
    reason: str

    def authorise(self, ctx: Context) -> None:
        ctx.require(ctx.actor.kind == "person" and scope.readable_id(ctx.session, ctx.actor, self.case_id))

    def run(self, ctx: Context) -> str:
        reason = self.reason.strip()
        if len(reason) < LEAST_REASON:
            raise Invalid({"reason": f"请写明查看原因，至少 {LEAST_REASON} 个字。"})
        case = ctx.session.get_one(Case, self.case_id)
        value = _at({**case.variables, "subject": case.subject}, self.path)
        ctx.require(sealing.is_sealed(value), NotSealed)
        ctx.record(f"reveal:{case.number}", case=case.number, field=self.path, reason=reason)
        return sealing.unseal(value)


def _at(tree: Any, path: str) -> Any:
    """What ``path`` leads to, None when it leads nowhere."""
    for part in path.split("."):
        if isinstance(tree, list) and part.isdecimal() and int(part) < len(tree):
            tree = tree[int(part)]
        elif isinstance(tree, dict):
            tree = tree.get(part)
        else:
            return None
    return tree
