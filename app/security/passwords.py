"""Passwords: argon2 hashes, and the proof that one was known.

Hashing is slow on purpose, so it happens before the transaction: guessing never holds up writers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from app.organisation.models import Account
from app.security import rules
from app.security.models import EarlierPassword
from workflows.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_LENGTH = 128

# "standard" follows OWASP's argon2id minimum; "cheap" is for tests and for seeding demonstrations.
_HASHERS = {
    "standard": PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1),
    "cheap": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a password matched the hash an account had; made by ``prove``, spent by a command."""

    username: str
    account_id: int | None
    matched: bool
    against: str = field(repr=False)
    """The hash it was checked against: a proof is void once the password has changed."""


class UnfitPassword(Invalid):
    """A new password breaks the rules."""

    code = "password.unfit"
    sentence = "新密码不符合要求。"


def hashed(password: str, cost: str = "standard") -> str:
    """The argon2id hash to keep."""
    return _HASHERS[cost].hash(password)


def matches(against: str, password: str) -> bool:
    """Whether ``password`` gave this hash; the hash itself carries its cost."""
    try:
        return _HASHERS["standard"].verify(against, password[:MOST_LENGTH])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody(cost: str) -> str:
    return hashed("a password nobody has", cost)


def prove(session: Session, username: str, password: str, cost: str = "standard") -> Proof:
    """Check a password; an unknown user name takes as long as a known one."""
    name = username.strip()
    row = session.execute(
        select(Account.id, Account.password_hash).where(Account.username == name)
    ).one_or_none()
    if row is None:
        matches(_nobody(cost), password)
        return Proof(name[:40], None, matched=False, against="")
    return Proof(name, row.id, matched=matches(row.password_hash, password), against=row.password_hash)


def faults(
    password: str, username: str, repeated: str | None = None, in_force: rules.Rules | None = None
) -> dict[str, str]:
    """What keeps ``password`` from being used, a sentence per field; empty when nothing does."""
    asked = in_force or rules.Rules()
    errors: dict[str, str] = {}
    if not asked.password_length <= len(password) <= MOST_LENGTH:
        errors["new"] = f"密码至少 {asked.password_length} 位，不超过 {MOST_LENGTH} 位。"
    elif _sorts(password) < asked.password_sorts:
        errors["new"] = f"密码须至少包含字母、数字、符号中的{'三' if asked.password_sorts > 2 else '两'}类。"
    elif username and username.lower() in password.lower():
        errors["new"] = "密码中不能含有用户名。"
    if repeated is not None and repeated != password:
        errors["repeated"] = "两次输入的新密码不一致。"
    return errors


def used_before(session: Session, account_id: int, password: str, last: int) -> bool:
    """Whether ``password`` is the present one or among the ``last`` of the account."""
    if last == rules.NEVER:
        return False
    present = session.scalar(select(Account.password_hash).where(Account.id == account_id))
    earlier = select(EarlierPassword.hash).where(EarlierPassword.account_id == account_id)
    hashes = session.scalars(earlier.order_by(EarlierPassword.id.desc()).limit(last - 1)).all()
    return any(matches(each, password) for each in [*([present] if present else []), *hashes])


def check_new(password: str, username: str) -> None:
    """Raise UnfitPassword with a sentence per field unless ``password`` may be used."""
    errors = faults(password, username)
    if errors:
        raise UnfitPassword(errors)


def _sorts(password: str) -> int:
    """How many of letters, digits and signs occur."""
    return sum(
        (
            any(sign.isalpha() for sign in password),
            any(sign.isdigit() for sign in password),
            any(not sign.isalnum() for sign in password),
        )
    )
