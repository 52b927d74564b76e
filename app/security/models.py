"""Tables of security: tokens of programs, sessions of pages, earlier passwords, the rules of signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, JsonText, UtcDateTime


class Token(Base):
    """A bearer token of the JSON interface; only its hash is kept, so the table opens no door."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("hash", name="uq_token_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64))
    epoch: Mapped[int] = mapped_column()
    """The account's session epoch when it was issued; raising that voids the token."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebSession(Base):
    """A browser that was let in: the cookie names this row, so that one session can be ended alone.

    Its times are the machine's, as those of tokens are.
    """

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    epoch: Mapped[int] = mapped_column()
    method: Mapped[str] = mapped_column(String(20))
    """How the person proved who they are: password, oidc."""
    device: Mapped[str] = mapped_column(String(160))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EarlierPassword(Base):
    """The hash of a password that is no longer used, so that it is not taken again too soon."""

    __tablename__ = "earlier_password"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[str] = mapped_column(String(200))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class SecondFactor(Base):
    """What a phone shares with us to make codes that change every half minute (TOTP, RFC 6238)."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    secret: Mapped[dict[str, Any]] = mapped_column(JsonText)
    """Sealed; it counts once a code of it was typed."""
    last_step: Mapped[int] = mapped_column(BigId, default=0)
    """The half minute of the newest code used: neither it nor an earlier one opens anything again."""


class RecoveryCode(Base):
    """A word that replaces a code of the phone, once; only its keyed hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInRule(Base):
    """The rules of signing in as they were set once; the newest row is in force, none is ever changed."""

    __tablename__ = "sign_in_rule"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(JsonText)
    """Every rule by its name."""
    why: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column()
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
