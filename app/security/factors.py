"""The second factor of the three officers: codes of a phone (TOTP, RFC 6238), and words for when it is lost.

Codes run by the machine's clock, as the phone's do; the clock of a demonstration does not turn them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import delete, select

from app.organisation.models import OFFICER_KINDS, Account
from app.security import sealing
from app.security.models import RecoveryCode, SecondFactor
from workflows.commands import Command, Context
from workflows.errors import Conflict, Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ISSUER = "乡审"
SEALED_AS = "totp"
CODES, CODE_LETTERS = 10, "ABCDEFGHJKMNPQRSTVWXYZ23456789"
NEARBY = (0, -1, 1)
"""A phone may be half a minute slow or fast."""


class FactorStands(Conflict):
    """There is a second factor; another one needs the old one taken away first."""

    code = "factor.stands"
    sentence = "已启用动态口令；手机遗失时，请在服务器控制台上取消后重新设置。"


class NoFactorBegun(Conflict):
    """Nothing was begun that a code could confirm."""

    code = "factor.none"
    sentence = "还没有开始设置动态口令，请先开始。"


def address(secret: str, username: str) -> str:
    """What the QR code says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def begun(session: Session, account_id: int) -> str | None:
    """The plain secret of a factor that was begun; None without one."""
    row = session.get(SecondFactor, account_id)
    return sealing.unseal(row.secret) if row is not None else None


def accepted(ctx: Context, account: Account, typed: str, at: datetime) -> str:
    """Spend a code of the phone or a recovery word: ``totp``, ``recovery``, or nothing where none fits."""
    word = "".join(typed.split()).replace("-", "").upper()
    if word.isascii() and word.isdecimal():
        return SEALED_AS if _spend_code(ctx, account.id, word, at) else ""
    return "recovery" if _spend_word(ctx, account.id, word, at) else ""


def _spend_code(ctx: Context, account_id: int, code: str, at: datetime) -> bool:
    row = ctx.session.get(SecondFactor, account_id, with_for_update=True)
    if row is None:
        return False
    maker = pyotp.TOTP(sealing.unseal(row.secret))
    now = maker.timecode(at)
    fits = [now + near for near in NEARBY if secrets.compare_digest(maker.generate_otp(now + near), code)]
    step = max(fits, default=0)
    # A code that was used, or an older one, was perhaps read over a shoulder.
    if step <= row.last_step:
        return False
    row.last_step = step
    return True


def _spend_word(ctx: Context, account_id: int, word: str, at: datetime) -> bool:
    kept = sealing.keyed_hash("recovery", word)
    query = select(RecoveryCode).where(
        RecoveryCode.account_id == account_id, RecoveryCode.hash == kept, RecoveryCode.used_at.is_(None)
    )
    row = ctx.session.scalars(query.with_for_update()).first()
    if row is None:
        return False
    row.used_at = at
    return True


def _own_account(ctx: Context) -> Account:
    """The officer's own account, locked for the transaction; raises NotAllowed for everybody else."""
    ctx.require(ctx.actor.account_id is not None)
    account = ctx.session.get_one(Account, ctx.actor.account_id, with_for_update=True)
    ctx.require(account.kind in OFFICER_KINDS)
    ctx.require(account.factor_at is None, FactorStands)
    return account


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginFactor(Command[None]):
    """Make a secret for one's phone; it counts for nothing until a code of it is typed."""

    def authorise(self, ctx: Context) -> None:
        """An officer, for themselves, who has none yet."""
        ctx.memory["account"] = _own_account(ctx)

    def run(self, ctx: Context) -> None:
        """Replace whatever was begun before."""
        account: Account = ctx.memory["account"]
        ctx.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
        secret = sealing.seal(SEALED_AS, pyotp.random_base32())
        ctx.session.add(SecondFactor(account_id=account.id, secret=secret))
        ctx.record(f"account:{account.id}", username=account.username)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmFactor(Command[tuple[str, ...]]):
    """Show that the phone has the secret; from now on codes are asked for. Gives the recovery words, once."""

    code: str = field(repr=False)
    at: datetime

    def authorise(self, ctx: Context) -> None:
        """An officer, for themselves, who began."""
        account = ctx.memory["account"] = _own_account(ctx)
        ctx.require(ctx.session.get(SecondFactor, account.id) is not None, NoFactorBegun)

    def run(self, ctx: Context) -> tuple[str, ...]:
        """Put it in force; other sessions of the account go on until they end by themselves."""
        account: Account = ctx.memory["account"]
        if not _spend_code(ctx, account.id, self.code.replace(" ", ""), self.at):
            raise Invalid({"code": "验证码不对或已过期，请输入手机上现在显示的 6 位数字。"})
        account.factor_at = ctx.now
        words = tuple(_word() for _ in range(CODES))
        ctx.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
        ctx.session.add_all(
            RecoveryCode(account_id=account.id, hash=sealing.keyed_hash("recovery", word.replace("-", "")))
            for word in words
        )
        ctx.record(f"account:{account.id}", username=account.username, recovery_codes=len(words))
        return words


def _word() -> str:
    """Two times five signs, none of which is easily taken for another; always with a letter in it."""
    letters = secrets.choice(CODE_LETTERS[:22]) + "".join(secrets.choice(CODE_LETTERS) for _ in range(9))
    return f"{letters[:5]}-{letters[5:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFactor(Command[None]):
    """Take the second factor of a lost phone away, on the machine; sessions and tokens end."""

    account_id: int

    def authorise(self, ctx: Context) -> None:
        """The console: whoever could take it away over the network would need no phone."""
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx: Context) -> None:
        """Take away the secret and the words."""
        account = ctx.session.get_one(Account, self.account_id, with_for_update=True)
        for table in (SecondFactor, RecoveryCode):
            ctx.session.execute(delete(table).where(table.account_id == account.id))
        account.factor_at = None
        account.session_epoch += 1
        ctx.record(f"account:{account.id}", username=account.username)
