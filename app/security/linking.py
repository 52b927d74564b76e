"""Which account a provider vouches for, and letting its person in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.organisation.models import OFFICER_KINDS, Account
from app.security import rules
from app.security.commands import NeedsCode, SignedIn, begin_session
from workflows.commands import Command, Context

OIDC = "oidc"


def linked(issuer: str, subject: str) -> str:
    """How a subject is kept: another provider's subject of the same spelling is somebody else."""
    return f"{issuer.replace('#', '')}#{subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInByOidc(Command[SignedIn | NeedsCode | None]):
    """Open the session of whom the provider vouched for; None when refused, which is recorded.

    ``failure`` says why what came back was not trusted; ``at`` is the machine's time.
    """

    subject: str
    failure: str = ""
    at: datetime

    def authorise(self, ctx: Context) -> None:
        """Anyone may try."""

    def run(self, ctx: Context) -> SignedIn | NeedsCode | None:
        """Find the account by the subject, never by a name."""
        query = select(Account).where(Account.oidc_subject == self.subject).with_for_update()
        account = ctx.session.scalars(query).one_or_none() if not self.failure else None
        if account is None:
            why = self.failure or "unknown subject"
            ctx.record("sign-in", opened=False, method=OIDC, subject=self.subject[:400], why=why)
            return None
        why = _hindrance(ctx, account)
        ctx.record(
            f"account:{account.id}",
            opened=not why,
            method=OIDC,
            username=account.username,
            person=account.person_id,
            why=why,
        )
        if why:
            return None
        if account.factor_at is not None:
            ctx.record(ctx.stream, code_to_come=True)
            return NeedsCode(account.id, account.session_epoch)
        return begin_session(ctx, account, OIDC, self.at)


def _hindrance(ctx: Context, account: Account) -> str:
    """Why the account is not opened, for the trail; empty where it is."""
    in_force = rules.current(ctx.session)
    locked = account.locked_until is not None and account.locked_until > ctx.now
    reasons = {
        "stopped": not account.active,
        "locked": account.barred_at is not None or locked,
        "not allowed": not in_force.oidc_allowed,
        "officer": account.kind in OFFICER_KINDS and not in_force.oidc_officers,
    }
    return next((why for why, stands in reasons.items() if stands), "")
