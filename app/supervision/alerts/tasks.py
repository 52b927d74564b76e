"""What happens by itself: when a relative is declared, what was decided before is looked at once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.organisation.models import Relative
from app.supervision.alerts import finding
from workflows.cases import Case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.commands import Context

MOST_CASES = 500
"""So many cases of one household are looked at, the newest first."""


def declared(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Let the rule about one's own and relatives' cases see the cases of that household."""
    row = ctx.session.get_one(Relative, int(payload["relative"]))
    keys = [key for key in (row.identity_hash, row.household_key) if key]
    asked = select(Case.id).where(Case.subject_key.in_(keys)).order_by(Case.id.desc()).limit(MOST_CASES)
    finding.find(ctx.session, list(ctx.session.scalars(asked)), ctx.now, names=("own",))
