"""Tables of security: the tokens programs sign in with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId, UtcDateTime


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
